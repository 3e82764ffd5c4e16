// Everything that the desk shows of its region, kept fresh by the feed: an event says what is stale, and that is read
// again in batches, so that a wave of messages costs few requests.
import { asked, hub } from '../api/client';
import { Problem } from '../api/problem';
import type { Directive, Forwarding, Incident, ModeState, NeighbourCard, Notice, Obligation, RegionSettings, Report, Shift, Unit, Warning, ZoneRecord } from '../api/types';
import { clock } from '../live/clock.svelte';
import { connection } from '../live/connection.svelte';
import { Feed, type FeedEvent } from '../live/feed';
import { stirs, subjectOf, subjectsOf } from '../live/stirs';
import { isTouched, merge, nothing, regionOf, touch, type List, type Touched } from '../live/touched';
import { account } from './account.svelte';
import { Collection } from './collection.svelte';
import { batches, everyPage } from './pages';
import { tables } from './tables.svelte';
import { readRegister } from './unit-register';
import { whereabouts } from './whereabouts.svelte';

/** How long events gather before what they touched is read again. */
const GATHER_MS = 120;

/** Pause before everything is read again that could not be read. */
const AGAIN_MS = 5_000;

/** Who looks at the whole country over the region's line. */
export interface Overlooker {
  /** The line is open; `resumed` says whether nothing can be missing. */
  opened(resumed: boolean): void;
  events(events: FeedEvent[]): void;
}

class Region {
  readonly incidents = new Collection<Incident>((incident) => incident.id);
  readonly units = new Collection<Unit>((unit) => unit.id);
  readonly obligations = new Collection<Obligation>((obligation) => obligation.id);
  readonly shifts = new Collection<Shift>((shift) => shift.id);
  readonly directives = new Collection<Directive>((directive) => directive.id);
  readonly reports = new Collection<Report>((report) => report.id);
  readonly zones = new Collection<ZoneRecord>((zone) => zone.id);
  /** Cases of warning the public, decided or not. */
  readonly warnings = new Collection<Warning>((warning) => String(warning.number));
  /** Emergencies that services passed on. */
  readonly forwardings = new Collection<Forwarding>((forwarding) => forwarding.message);
  /** Open cards of neighbouring regions near the border. */
  readonly neighbours = new Collection<NeighbourCard>((card) => `${card.from} ${card.incident}`);
  /** Of which nobody has taken note yet. */
  readonly notices = new Collection<Notice>((notice) => notice.id);
  /** Null until it has been read: an unread mode is no everyday one. */
  mode = $state.raw<ModeState | null>(null);
  /** Null until they have been read. */
  settings = $state.raw<RegionSettings | null>(null);
  /** Whether everything has been read once. */
  ready = $state(false);
  /** Why it could not be read. */
  failed = $state.raw<unknown>(null);
  /** Cards that have just been opened, for the alarm: told once each. */
  onOpened: (incident: Incident) => void = () => {};
  /** Cards that another message has joined. */
  onJoined: (incident: Incident) => void = () => {};
  /** Cards whose history changed: what shows one reads it again. */
  changed = $state.raw<{ ids: ReadonlySet<string> }>({ ids: new Set() });

  #code: string | null = null;
  #feed: Feed | null = null;
  #touched: Touched = nothing();
  #opened = new Set<string>();
  /** New cards that are being read by themselves. */
  #announcing: Promise<unknown> = Promise.resolve();
  #joined = new Set<string>();
  #timer: ReturnType<typeof setTimeout> | null = null;
  /** Each with whether it follows positions of the whole country. */
  readonly #overlookers = new Map<Overlooker, boolean>();
  /** When what could not be read is read again. */
  #again: ReturnType<typeof setTimeout> | null = null;
  /** Ends the watch over positions. */
  #unwatch: () => void = () => {};

  get code(): string | null {
    return this.#code;
  }

  start(code: string): void {
    this.stop();
    this.#code = code;
    connection.line = 'connecting';
    this.#feed = new Feed({
      opened: (resumed) => {
        connection.opened();
        if (!resumed || !this.ready) void this.load();
        // What no event tells is told once.
        stirs.tellAll();
        for (const one of this.#overlookers.keys()) one.opened(resumed);
      },
      heard: (hubTime) => {
        connection.heard();
        if (hubTime !== null) clock.set(hubTime);
      },
      events: (events) => {
        this.#take(events);
        for (const one of this.#overlookers.keys()) one.events(events);
      },
      stirred: (what) => {
        const subject = subjectOf(what);
        if (subject !== null && (what.region === this.#code || subject === 'hazard_layers')) stirs.tell(subject);
      },
      broken: () => connection.broke(),
      refused: () => account.over(),
    });
    this.#feed.start();
    this.#watchPositions();
  }

  stop(): void {
    this.#feed?.stop();
    this.#feed = null;
    if (this.#timer !== null) clearTimeout(this.#timer);
    if (this.#again !== null) clearTimeout(this.#again);
    this.#unwatch();
    this.#timer = this.#again = null;
    this.#touched = nothing();
    connection.reset();
    this.ready = false;
    this.failed = null;
    for (const list of [this.incidents, this.units, this.obligations, this.shifts, this.directives, this.reports, this.zones, this.warnings, this.forwardings, this.neighbours, this.notices]) {
      list.replace([]);
    }
    this.mode = null;
    this.settings = null;
  }

  /** The feed need not wait for its next try: a sign-in was renewed. */
  hurry(): void {
    this.#feed?.hurry();
  }

  /** Who answers for several regions hears of all of them on the one line: events of every region go to `overlooker`, and,
   * unless `positions` says no, positions are those of the whole country, until what is returned is called. */
  overlook(overlooker: Overlooker, positions = true): () => void {
    this.#overlookers.set(overlooker, positions);
    if (positions) this.#watchPositions();
    return () => {
      this.#overlookers.delete(overlooker);
      if (positions) this.#watchPositions();
    };
  }

  #watchPositions(): void {
    this.#unwatch();
    if (this.#feed !== null) this.#unwatch = whereabouts.watch([...this.#overlookers.values()].some(Boolean) ? null : this.#code, () => connection.line === 'live');
  }

  /** Reads everything: at start, and when the feed cannot say what was missed. */
  async load(): Promise<void> {
    const code = this.#code;
    if (this.#again !== null) clearTimeout(this.#again);
    this.#again = null;
    connection.reads('all');
    try {
      const lists: List[] = ['mode', 'settings', 'shifts', 'directives', 'reports', 'zones', 'warnings', 'forwardings', 'neighbours', 'desks', 'notices'];
      await Promise.all([
        this.#readIncidents(),
        this.#readUnits(),
        this.#readObligations(),
        ...lists.map((list) => this.#readList(list)),
      ]);
      if (code === this.#code) connection.hasRead('all');
      this.ready = true;
      this.failed = null;
    } catch (problem) {
      if (code !== this.#code || this.#feed === null) return;
      this.failed = problem;
      // Nobody has to press anything for a hub that has just started; who is refused is refused again.
      if (problem instanceof Problem && problem.status === 403) connection.hasRead('all');
      else this.#again = setTimeout(() => void this.load(), AGAIN_MS);
    }
  }

  /** A card as an answer of the hub shows it: newer than what the feed has brought so far. */
  show(incident: Incident): void {
    const held = this.incidents.peek(incident.id);
    if (held === undefined || held.version <= incident.version) this.incidents.put([incident]);
  }

  #take(events: FeedEvent[]): void {
    const opened: string[] = [];
    for (const event of events) {
      if (regionOf(event.stream) !== this.#code) continue;
      touch(this.#touched, event);
      subjectsOf(event).forEach((subject) => stirs.tell(subject));
      if (event.event.event === 'incident_opened') opened.push(String(event.event['incident']));
      if (event.event.event === 'message_joined') this.#joined.add(String(event.event['incident']));
    }
    if (isTouched(this.#touched)) {
      connection.reads('changes');
      this.#timer ??= setTimeout(() => void this.#refresh(), GATHER_MS);
    }
    if (opened.length > 0) this.#announcing = Promise.all([this.#announcing, this.#announce(opened)]);
  }

  /** What is new waits for nothing else: an alarm must not stand behind lists that are slow to come. */
  async #announce(ids: string[]): Promise<void> {
    const code = this.#code;
    try {
      await this.#readCards(ids);
    } catch {
      // Told with the next round.
      for (const id of ids) this.#opened.add(id);
      return;
    }
    if (code !== this.#code) return;
    for (const id of ids) {
      const incident = this.incidents.peek(id);
      if (incident !== undefined) this.onOpened(incident);
    }
  }

  async #refresh(): Promise<void> {
    // What these bring must not come after newer answers: a card that has been closed meanwhile would stand open again.
    await this.#announcing;
    const touched = this.#touched;
    const opened = this.#opened;
    this.#touched = nothing();
    this.#opened = new Set();
    const joined = this.#joined;
    this.#joined = new Set();
    for (const unit of this.units.peekAll()) {
      const status = unit.status;
      if (status !== undefined && 'request' in status && status.request != null && touched.requests.has(status.request)) {
        touched.units.add(unit.id);
      }
    }
    try {
      await Promise.all([
        this.#readCards([...touched.incidents]),
        this.#readNamedUnits([...touched.units]),
        this.#readNamedObligations([...touched.obligations]),
        ...[...touched.lists].map((list) => this.#readList(list)),
      ]);
      for (const id of opened) {
        const incident = this.incidents.peek(id);
        if (incident !== undefined) this.onOpened(incident);
      }
      for (const id of joined) {
        const incident = this.incidents.peek(id);
        if (incident !== undefined) this.onJoined(incident);
      }
      connection.hasRead('changes');
      if (isTouched(this.#touched)) connection.reads('changes');
      if (touched.incidents.size > 0) this.changed = { ids: touched.incidents };
    } catch {
      // Not reached, or asked to wait: what is stale stays so until the next round.
      merge(this.#touched, touched);
      for (const id of opened) this.#opened.add(id);
      for (const id of joined) this.#joined.add(id);
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
    this.#timer = null;
    if (isTouched(this.#touched)) this.#timer = setTimeout(() => void this.#refresh(), GATHER_MS);
  }

  #query() {
    return this.#code === null ? {} : { region: this.#code };
  }

  async #readIncidents(): Promise<void> {
    const query = { ...this.#query(), open: true };
    await this.incidents.readAll(() => everyPage((page) => asked(hub.GET('/api/v1/incidents', { params: { query: { ...query, ...page } } }))));
  }

  async #readUnits(): Promise<void> {
    const code = this.#code;
    await this.units.readAll(() => readRegister(code));
  }

  async #readObligations(): Promise<void> {
    const query = { ...this.#query(), open: true };
    await this.obligations.readAll(() => everyPage((page) => asked(hub.GET('/api/v1/obligations', { params: { query: { ...query, ...page } } }))));
  }

  async #readCards(ids: string[]): Promise<void> {
    for (const some of batches(ids)) {
      const page = await asked(hub.GET('/api/v1/incidents', { params: { query: { ids: some.join(','), limit: some.length } } }));
      const live = page.items.filter((card) => card.status === 'open' || card.status === 'responding');
      // Two questions may be under way: the older answer never takes the place of the newer.
      this.incidents.put(live.filter((card) => (this.incidents.peek(card.id)?.version ?? 0) <= card.version));
      this.incidents.remove(page.items.filter((card) => !live.includes(card)).map((card) => card.id));
    }
  }

  async #readNamedUnits(ids: string[]): Promise<void> {
    for (const some of batches(ids)) {
      const page = await asked(hub.GET('/api/v1/units', { params: { query: { ids: some.join(','), limit: some.length } } }));
      this.units.put(page.items);
      const there = new Set(page.items.map((unit) => unit.id));
      this.units.remove(some.filter((id) => !there.has(id)));
    }
  }

  async #readNamedObligations(ids: string[]): Promise<void> {
    for (const some of batches(ids)) {
      const page = await asked(hub.GET('/api/v1/obligations', { params: { query: { ids: some.join(','), limit: some.length } } }));
      const owed = page.items.filter((one) => one.status === 'open' || one.status === 'late');
      this.obligations.put(owed);
      this.obligations.remove(page.items.filter((one) => !owed.includes(one)).map((one) => one.id));
    }
  }

  async #readList(list: List): Promise<void> {
    const query = this.#query();
    const open = { ...query, open: true };
    switch (list) {
      case 'mode':
        this.mode = await asked(hub.GET('/api/v1/mode', { params: { query } }));
        break;
      case 'settings':
        this.settings = await asked(hub.GET('/api/v1/settings', { params: { query } }));
        break;
      case 'shifts':
        this.shifts.replace(await everyPage((page) => asked(hub.GET('/api/v1/shifts', { params: { query: { ...open, ...page } } }))));
        break;
      case 'directives':
        this.directives.replace(await everyPage((page) => asked(hub.GET('/api/v1/directives', { params: { query: { ...open, ...page } } }))));
        break;
      case 'reports':
        this.reports.replace(await everyPage((page) => asked(hub.GET('/api/v1/reports', { params: { query: { ...open, ...page } } }))));
        break;
      case 'zones':
        this.zones.replace(await everyPage((page) => asked(hub.GET('/api/v1/zones', { params: { query: { ...open, ...page } } }))));
        break;
      case 'warnings':
        this.warnings.replace(await asked(hub.GET('/api/v1/warnings', { params: { query } })));
        break;
      case 'neighbours':
        this.neighbours.replace(await everyPage((page) => asked(hub.GET('/api/v1/neighbour-incidents', { params: { query: { ...open, ...page } } }))));
        break;
      case 'desks':
        if (this.#code !== null) await tables.readDesks(this.#code);
        break;
      case 'notices':
        this.notices.replace(await everyPage((page) => asked(hub.GET('/api/v1/notices', { params: { query: { ...open, ...page } } }))));
        break;
      case 'forwardings':
        this.forwardings.replace(await asked(hub.GET('/api/v1/forwarded-emergencies', { params: { query } })));
        break;
    }
  }
}

export const region = new Region();
