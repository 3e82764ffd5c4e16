// Threats to life that are new to who looks on, of every region that the account answers for: the cards of the region are held
// already; of the others those alone are read that the line says are threats.
import { asked, hub, hubTime } from '../api/client';
import type { Incident } from '../api/types';
import type { FeedEvent } from '../live/feed';
import { nothing, regionOf, touch } from '../live/touched';
import { isLive, severityOf } from '../state/card';
import { Collection } from '../state/collection.svelte';
import { batches } from '../state/pages';
import { region } from '../state/region.svelte';
import { begin, newcomers as newIn, putAway, readLook, sounded, threatened, unheard, type Look } from './onlooker';

const KEPT = 'hub112.newcomers';
/** What the clock of an answer may be behind, and what signing in may take: rather told of one that is a little older. */
const SLACK_MS = 10_000;
const AGAIN_MS = 1_000;
/** Pages of threats of other regions that are read after a broken line: as many as anybody looks at. */
const MOST_PAGES = 5;
const PAGE = 200;

class Newcomers {
  readonly #abroad = new Collection<Incident>((one) => one.id);
  #look = $state.raw<Look | null>(null);
  /** Cards of other regions to be read. */
  #stale = new Set<string>();
  #reading = false;
  #turn = 0;

  /** What is real first, then the latest. */
  readonly all: Incident[] = $derived.by(() => {
    const look = this.#look;
    return look === null ? [] : newIn([...region.incidents.all, ...this.#abroad.all.filter((one) => one.region !== region.code)], look);
  });
  readonly unheard: Incident[] = $derived.by(() => (this.#look === null ? [] : unheard(this.all, this.#look)));

  /** Looks on for this person until what is returned is called. To be called once the region has been read. `several`: also at
   * the regions beside the one in view. */
  watch(who: string, several: boolean): () => void {
    const turn = ++this.#turn;
    const kept = readLook(sessionStorage.getItem(KEPT), who);
    this.#look = kept ?? begin(who, hubTime() - SLACK_MS);
    if (kept === null) this.#keep();
    // Who looks for the first time has missed only what came while the screen was made.
    if (several) void this.#readMissed(turn, kept === null ? new Date(this.#look.since).toISOString() : undefined);
    const end = several ? region.overlook({ opened: (resumed) => resumed || void this.#readMissed(turn), events: (events) => this.#take(events) }, false) : () => {};
    return () => {
      end();
      this.#turn++;
      this.#stale = new Set();
      this.#abroad.replace([]);
      this.#look = null;
    };
  }

  putAway(cards: readonly Incident[]): void {
    if (this.#look === null || cards.length === 0) return;
    this.#look = putAway(this.#look, cards);
    this.#keep();
  }

  sounded(cards: readonly Incident[]): void {
    if (this.#look === null) return;
    this.#look = sounded(this.#look, cards);
    this.#keep();
  }

  #keep(): void {
    sessionStorage.setItem(KEPT, JSON.stringify(this.#look));
  }

  #take(events: FeedEvent[]): void {
    const touched = nothing();
    for (const one of events) {
      if (regionOf(one.stream) === region.code) continue;
      touch(touched, one);
      const risen = threatened(one);
      if (risen !== null) this.#stale.add(risen);
    }
    for (const id of touched.incidents) if (this.#abroad.peek(id) !== undefined) this.#stale.add(id);
    void this.#read();
  }

  /** At once, and one question at a time. */
  async #read(): Promise<void> {
    if (this.#reading) return;
    this.#reading = true;
    while (this.#stale.size > 0) {
      const turn = this.#turn;
      const ids = [...this.#stale];
      this.#stale = new Set();
      try {
        for (const some of batches(ids)) {
          const page = await asked(hub.GET('/api/v1/incidents', { params: { query: { ids: some.join(','), limit: some.length } } }));
          if (turn === this.#turn) this.#hold(page.items);
        }
      } catch {
        if (turn === this.#turn) for (const id of ids) this.#stale.add(id);
        await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
      }
    }
    this.#reading = false;
  }

  #hold(cards: readonly Incident[]): void {
    const threats = cards.filter((one) => severityOf(one) === 'p1' && isLive(one));
    this.#abroad.put(threats.filter((one) => (this.#abroad.peek(one.id)?.version ?? 0) <= one.version));
    this.#abroad.remove(cards.filter((one) => !threats.includes(one)).map((one) => one.id));
  }

  /** What became a threat elsewhere while nobody listened, and what of it has ended. */
  async #readMissed(turn: number, opened_from?: string): Promise<void> {
    for (const one of this.#abroad.peekAll()) this.#stale.add(one.id);
    void this.#read();
    try {
      let after: string | undefined;
      for (let read = 0; read < MOST_PAGES; read++) {
        const page = await asked(hub.GET('/api/v1/incidents', { params: { query: { open: true, severity: 'p1', limit: PAGE, ...(opened_from === undefined ? {} : { opened_from }), ...(after === undefined ? {} : { after }) } } }));
        if (turn !== this.#turn) return;
        this.#hold(page.items);
        if ((page.next ?? null) === null) return;
        after = page.next ?? undefined;
      }
    } catch {
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
      if (turn === this.#turn) void this.#readMissed(turn, opened_from);
    }
  }
}

export const newcomers = new Newcomers();
