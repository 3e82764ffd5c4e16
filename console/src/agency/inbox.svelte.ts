// The letters of this service, fetched as long as somebody is signed in: each is acknowledged as soon as it is here,
// and a channel check is answered at once.
import { untrack } from 'svelte';
import { asked, hub } from '../api/client';
import { Problem } from '../api/problem';
import type { Schemas, Unit } from '../api/types';
import { connection } from '../live/connection.svelte';
import { account } from '../state/account.svelte';
import { Collection } from '../state/collection.svelte';
import { ownMode } from '../state/own-mode.svelte';
import { everyPage } from '../state/pages';
import type { About, AgencyContent } from './envelope';
import { says, type Letter } from './letters';
import { Outage } from './outage';
import { Outgoing } from './outgoing';

/** How long one question waits at the hub, seconds. */
const WAIT_S = 25;
/** A question that is out for longer is taken for lost: the line is dead without saying so. */
const LOST_MS = (WAIT_S + 10) * 1000;
/** How long the hub has for taking note of an acknowledgement: the next letters wait for it. */
const ANSWER_MS = 10_000;
const UNITS_MS = 5_000;
const MODE_MS = 15_000;
const LONGEST_PAUSE_MS = 10_000;

class Inbox {
  readonly letters = new Collection<Letter>((letter) => letter.distribution_id);
  readonly units = new Collection<Unit>((unit) => unit.id);
  /** How the hub reaches the service: over AMQP its requests go to a system of its own, and not here. */
  way = $state<Schemas['LetterPage']['way']>(null);
  ready = $state(false);
  problem = $state.raw<unknown>(null);
  /** When the hub last answered, milliseconds since 1970; how stale what is shown may be. */
  heardAt = $state(0);
  broken = $state(false);
  readonly #outage = new Outage();
  readonly #outgoing = new Outgoing();

  start(): () => void {
    const stop = new AbortController();
    connection.line = 'connecting';
    // Whoever starts it in an effect does not depend on what it reads.
    untrack(() => void this.#run(stop.signal));
    const every = setInterval(() => void this.readUnits().catch(() => {}), UNITS_MS);
    const modes = setInterval(() => void this.readMode().catch(() => {}), MODE_MS);
    return () => {
      clearInterval(every);
      clearInterval(modes);
      stop.abort();
      this.ready = false;
      connection.reset();
      this.letters.replace([]);
      this.units.replace([]);
      ownMode.state = null;
    };
  }

  async readUnits(): Promise<void> {
    connection.reads('units');
    await this.units.readAll(() => everyPage((page) => asked(hub.GET('/api/v1/units', { params: { query: page } }))));
    this.heardAt = Date.now();
    connection.hasRead('units');
    connection.heard();
  }

  async readMode(): Promise<void> {
    connection.reads('mode');
    ownMode.state = await asked(hub.GET('/api/v1/mode', { params: { query: {} } }));
    connection.hasRead('mode');
  }

  /** Says something to the hub; what it answers to, where it answers something. */
  async say(said: AgencyContent, about: About | null = null, exercise = false): Promise<void> {
    const { region, service } = account.me ?? {};
    if (!region || !service) throw new Problem('forbidden', 403, 'the account speaks for no service of a region');
    await this.#outgoing.say({ region, service }, said, about, (body) => asked(hub.POST('/api/v1/agency/reports', { body })), { exercise });
  }

  /** A person has read it. */
  async read(letter: Letter): Promise<void> {
    await asked(
      hub.POST('/api/v1/agency/inbox/{id}/read', { params: { path: { id: letter.distribution_id } }, body: { by: account.me?.name ?? '' } }),
    );
  }

  async #run(signal: AbortSignal): Promise<void> {
    let pause = 500;
    while (!signal.aborted) {
      try {
        if (!this.ready) {
          await this.#begin();
          this.ready = true;
        }
        await this.#wait(signal);
        this.#heard();
        pause = 500;
      } catch (problem) {
        if (signal.aborted) return;
        this.problem = problem;
        this.broken = this.#outage.failed(problem instanceof Problem ? problem.status : 0, Date.now());
        if (this.broken) connection.broke();
        await new Promise((resolve) => setTimeout(resolve, pause));
        pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
      }
    }
  }

  #heard(): void {
    this.heardAt = Date.now();
    this.broken = false;
    this.#outage.over();
    this.problem = null;
    connection.opened();
  }

  async #begin(): Promise<void> {
    const query = { acknowledged: true };
    const known = await everyPage(async (page) => {
      const letters = await asked(hub.GET('/api/v1/agency/inbox', { params: { query: { ...query, ...page } } }));
      this.way = letters.way;
      return letters;
    });
    this.letters.replace(known);
    await Promise.all([this.readUnits(), this.readMode()]);
    this.#heard();
  }

  async #wait(signal: AbortSignal): Promise<void> {
    const lost = new AbortController();
    const end = () => lost.abort();
    const timer = setTimeout(end, LOST_MS);
    signal.addEventListener('abort', end, { once: true });
    const page = await asked(hub.GET('/api/v1/agency/inbox', { params: { query: { limit: 200, wait: WAIT_S } }, signal: lost.signal })).finally(() => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
    });
    this.way = page.way;
    if (page.items.length === 0) return;
    const now = new Date().toISOString();
    const ids = page.items.map((letter) => letter.distribution_id);
    await asked(hub.POST('/api/v1/agency/inbox/acknowledgements', { body: { messages: ids }, signal: AbortSignal.timeout(ANSWER_MS) }));
    this.letters.put(page.items.map((letter) => ({ ...letter, acknowledged_at: now })));
    for (const letter of page.items) {
      const check = says(letter, 'heartbeat');
      if (check !== null) {
        await this.say({ content_type: 'heartbeat_reply', content: { check_id: check.check_id, duty_officer: account.me?.name ?? null } }, letter);
      }
    }
    // What comes with a change of the mode is there with the mode.
    await Promise.all([this.readUnits(), this.readMode()]);
  }
}

export const inbox = new Inbox();
