// Where units are now. Positions are not in the feed: every second the console asks for what has moved since, and gets
// each unit once. They are kept in columns, for there may be fifty thousand of them.
import { asked, hub } from '../api/client';
import type { Schemas, Unit } from '../api/types';
import { connection } from '../live/connection.svelte';
import { eastOf, southOf, type Tracks } from '../map/fleet';

/** Pause between two questions. */
const EVERY_MS = 1_000;

export interface Seen {
  lon: number;
  lat: number;
  /** When the unit was there, by the hub's clock, milliseconds since 1970. */
  at: number;
}

export class Whereabouts {
  /** Grows with every answer that brought something. */
  version = $state(0);
  /** Reports that the hub does not believe, and units that have left where they belong; by unit. */
  doubtful = $state.raw<ReadonlyMap<string, Schemas['DoubtedUnit']>>(new Map());
  outside = $state.raw<ReadonlyMap<string, Schemas['UnitOutside']>>(new Map());
  #slots = new Map<string, number>();
  #lon = new Float64Array(256);
  #lat = new Float64Array(256);
  #at = new Float64Array(256);
  #east = new Float64Array(256);
  #south = new Float64Array(256);
  #told = new Uint32Array(256);
  #answers = 0;
  #mark: string | null = null;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #watching = 0;

  /** Keeps those of a region, or of all that the account may see, fresh, as long as `live` says so, until what is returned
   * is called. */
  watch(region: string | null, live: () => boolean): () => void {
    const turn = ++this.#watching;
    this.#mark = null;
    const again = () => {
      if (turn === this.#watching) this.#timer = setTimeout(() => void ask(), EVERY_MS);
    };
    const ask = async () => {
      if (live()) {
        connection.reads('positions');
        try {
          const since = this.#mark === null ? {} : { since: this.#mark };
          const answer = await asked(hub.GET('/api/v1/positions', { params: { query: { ...(region === null ? {} : { region }), ...since } } }));
          if (turn === this.#watching) {
            this.take(answer);
            connection.hasRead('positions');
          }
        } catch {
          // The next question brings all that has moved meanwhile.
        }
      }
      again();
    };
    void ask();
    return () => {
      this.#watching++;
      connection.hasRead('positions');
      if (this.#timer !== null) clearTimeout(this.#timer);
      this.#mark = null;
      this.#slots.clear();
      this.doubtful = new Map();
      this.outside = new Map();
    };
  }

  take(answer: Schemas['Whereabouts']): void {
    this.#mark = answer.mark;
    const now = Date.parse(answer.now);
    if (answer.units.length > 0) this.#answers++;
    answer.units.forEach((unit, place) => {
      const slot = this.#slot(unit);
      this.#lon[slot] = answer.lon[place]!;
      this.#lat[slot] = answer.lat[place]!;
      this.#at[slot] = now - answer.age[place]! * 1000;
      this.#east[slot] = eastOf(answer.lon[place]!);
      this.#south[slot] = southOf(answer.lat[place]!);
      this.#told[slot] = this.#answers;
    });
    if (answer.units.length > 0) this.version++;
    this.doubtful = kept(this.doubtful, answer.doubtful);
    this.outside = kept(this.outside, answer.outside);
  }

  /** The columns themselves, for who draws many; to be read at once and not kept. */
  get tracks(): Tracks {
    return { count: this.#slots.size, answers: this.#answers, slot: (unit) => this.#slots.get(unit), east: this.#east, south: this.#south, at: this.#at, told: this.#told };
  }

  /** Where a unit was last seen: what was told since its record was read, or what the record says. */
  of(unit: Unit): Seen {
    void this.version;
    return this.peek(unit);
  }

  /** The same without becoming dependent on it. */
  peek(unit: Unit): Seen {
    const slot = this.#slots.get(unit.id);
    if (slot !== undefined) return { lon: this.#lon[slot]!, lat: this.#lat[slot]!, at: this.#at[slot]! };
    const { point, at } = unit.position;
    return { lon: point.lon, lat: point.lat, at: Date.parse(at) };
  }

  #slot(unit: string): number {
    const held = this.#slots.get(unit);
    if (held !== undefined) return held;
    const slot = this.#slots.size;
    this.#slots.set(unit, slot);
    if (slot >= this.#lon.length) {
      this.#lon = longer(this.#lon);
      this.#lat = longer(this.#lat);
      this.#at = longer(this.#at);
      this.#east = longer(this.#east);
      this.#south = longer(this.#south);
      this.#told = more(this.#told);
    }
    return slot;
  }
}

/** What was told by unit; the same as before when nothing has changed, so that nothing is drawn anew. */
function kept<T extends { unit: string }>(before: ReadonlyMap<string, T>, told: readonly T[]): ReadonlyMap<string, T> {
  const same = told.length === before.size && told.every((one) => JSON.stringify(before.get(one.unit)) === JSON.stringify(one));
  return same ? before : new Map(told.map((one) => [one.unit, one]));
}

function longer(column: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  const made = new Float64Array(column.length * 2);
  made.set(column);
  return made;
}

function more(column: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const made = new Uint32Array(column.length * 2);
  made.set(column);
  return made;
}

export const whereabouts = new Whereabouts();
