// The whole country, for who answers for several regions: every region's incidents, units, zones and modes, kept fresh by
// the line that the region has. Incidents are held as the map shows them and not as whole cards, for there may be thousands.
import { asked, hub } from '../../api/client';
import type { Mode, Schemas, Unit } from '../../api/types';
import type { FeedEvent } from '../../live/feed';
import { isTouched, merge, nothing, regionOf, touch, type Touched } from '../../live/touched';
import { Collection } from '../../state/collection.svelte';
import { gravest } from '../../state/mode';
import { batches, everyPage } from '../../state/pages';
import { region } from '../../state/region.svelte';
import { readRegister } from '../../state/unit-register';
import type { DrawnZone } from '../../map/features';
import { fromCard, fromPast, type Shown } from './shown';

/** How long events gather: a country says more than a region. */
const GATHER_MS = 250;
const AGAIN_MS = 1_000;
/** More units than this are read with the whole register, which is one question. */
const MOST_UNITS = 400;

export interface CountryZone extends DrawnZone {
  region: string;
}

class Country {
  readonly incidents = new Collection<Shown>((one) => one.id);
  readonly units = new Collection<Unit>((unit) => unit.id);
  zones = $state.raw<readonly CountryZone[]>([]);
  /** The gravest mode in force in each region. */
  modes = $state.raw<ReadonlyMap<string, Mode>>(new Map());
  ready = $state(false);
  /** Whether there are more incidents than one answer holds: the oldest are not shown. */
  more = $state(false);
  failed = $state.raw<unknown>(null);
  #touched: Touched = nothing();
  #modesOf = new Set<string>();
  #zonesOf = new Set<string>();
  #timer: ReturnType<typeof setTimeout> | null = null;
  #watching = 0;

  /** Keeps it fresh until what is returned is called. */
  watch(): () => void {
    const turn = ++this.#watching;
    const end = region.overlook({
      opened: (resumed) => {
        if (!resumed || !this.ready) void this.load();
      },
      events: (events) => this.#take(events),
    });
    void this.load();
    return () => {
      end();
      if (turn !== this.#watching) return;
      this.#watching++;
      if (this.#timer !== null) clearTimeout(this.#timer);
      this.#timer = null;
      this.#forget();
      this.ready = false;
      this.incidents.replace([]);
      this.units.replace([]);
      this.zones = [];
      this.modes = new Map();
    };
  }

  async load(): Promise<void> {
    const turn = this.#watching;
    this.failed = null;
    try {
      const situation = asked(hub.GET('/api/v1/situation-at', { params: { query: {} } }));
      await Promise.all([this.incidents.readAll(async () => (await situation).incidents.map(fromPast)), this.units.readAll(() => readRegister(null))]);
      const now = await situation;
      if (turn !== this.#watching) return;
      this.more = now.more;
      this.zones = now.zones;
      this.modes = new Map(Object.entries(now.modes));
      this.ready = true;
      // What happened while it was read is read again.
      this.#soon();
    } catch (problem) {
      if (turn === this.#watching) this.failed = problem;
    }
  }

  #take(events: FeedEvent[]): void {
    for (const event of events) {
      touch(this.#touched, event);
      const of = regionOf(event.stream);
      if (of === undefined) continue;
      if (this.#touched.lists.delete('mode')) this.#modesOf.add(of);
      if (this.#touched.lists.delete('zones')) this.#zonesOf.add(of);
      // What the map does not show need not be read.
      this.#touched.lists.clear();
      this.#touched.obligations.clear();
    }
    this.#soon();
  }

  get #stale(): boolean {
    return isTouched(this.#touched) || this.#modesOf.size + this.#zonesOf.size > 0;
  }

  #soon(): void {
    if (this.ready && this.#stale) this.#timer ??= setTimeout(() => void this.#refresh(), GATHER_MS);
  }

  #forget(): void {
    this.#touched = nothing();
    this.#modesOf = new Set();
    this.#zonesOf = new Set();
  }

  async #refresh(): Promise<void> {
    const turn = this.#watching;
    const [touched, modesOf, zonesOf] = [this.#touched, this.#modesOf, this.#zonesOf];
    this.#forget();
    for (const unit of this.units.peekAll()) {
      const status = unit.status;
      if (status !== undefined && 'request' in status && status.request != null && touched.requests.has(status.request)) touched.units.add(unit.id);
    }
    try {
      await Promise.all([
        this.#readIncidents([...touched.incidents], turn),
        this.#readUnits([...touched.units], turn),
        ...[...modesOf].map((of) => this.#readMode(of, turn)),
        ...[...zonesOf].map((of) => this.#readZones(of, turn)),
      ]);
    } catch {
      if (turn !== this.#watching) return;
      merge(this.#touched, touched);
      for (const of of modesOf) this.#modesOf.add(of);
      for (const of of zonesOf) this.#zonesOf.add(of);
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    }
    if (turn !== this.#watching) return;
    this.#timer = null;
    this.#soon();
  }

  async #readIncidents(ids: string[], turn: number): Promise<void> {
    for (const some of batches(ids)) {
      const page = await asked(hub.GET('/api/v1/incidents', { params: { query: { ids: some.join(','), limit: some.length } } }));
      if (turn !== this.#watching) return;
      const live = page.items.filter((card) => card.status === 'open' || card.status === 'responding');
      this.incidents.put(live.map(fromCard));
      this.incidents.remove(page.items.filter((card) => !live.includes(card)).map((card) => card.id));
    }
  }

  async #readUnits(ids: string[], turn: number): Promise<void> {
    if (ids.length > MOST_UNITS) {
      await this.units.readAll(() => readRegister(null));
      return;
    }
    for (const some of batches(ids)) {
      const page = await asked(hub.GET('/api/v1/units', { params: { query: { ids: some.join(','), limit: some.length } } }));
      if (turn !== this.#watching) return;
      this.units.put(page.items);
      const there = new Set(page.items.map((unit) => unit.id));
      this.units.remove(some.filter((id) => !there.has(id)));
    }
  }

  async #readMode(of: string, turn: number): Promise<void> {
    const mode = await asked(hub.GET('/api/v1/mode', { params: { query: { region: of } } }));
    if (turn === this.#watching) this.modes = new Map([...this.modes, [of, gravest(mode)]]);
  }

  async #readZones(of: string, turn: number): Promise<void> {
    const own = await everyPage<Schemas['ZoneRecord']>((page) => asked(hub.GET('/api/v1/zones', { params: { query: { region: of, open: true, ...page } } })));
    if (turn === this.#watching) this.zones = [...this.zones.filter((zone) => zone.region !== of), ...own.map((zone) => ({ ...zone, region: of }))];
  }
}

export const country = new Country();
