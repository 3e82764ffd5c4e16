// The region at a moment that has passed: asked of the hub, one question at a time, the last one wanted wins.
import { asked, hub } from '../../api/client';
import type { Mode, Schemas, Unit } from '../../api/types';
import { placesThen, type PlaceThen } from './place-then';
import { fromPast, type Shown } from './shown';

/** Pause between two minutes while it plays. */
const STEP_MS = 400;

class Past {
  /** What was open then; null while nothing has come yet. */
  incidents = $state.raw<Shown[] | null>(null);
  /** The moment that is shown, milliseconds since 1970. */
  shownAt = $state<number | null>(null);
  more = $state(false);
  mode = $state<Mode | null>(null);
  /** The mode of each region that was asked about. */
  modes = $state.raw<ReadonlyMap<string, Mode>>(new Map());
  zones = $state.raw<Schemas['ZoneThen'][]>([]);
  /** Every unit of then, where it had last been seen, or at its station while nothing had been heard of it. */
  units = $state.raw<ReadonlyMap<string, PlaceThen>>(new Map());
  /** Those of them that are on the register no more. */
  removed = $state.raw<readonly Unit[]>([]);
  /** Units that were under way, and how far. */
  engaged = $state.raw<ReadonlyMap<string, { incident: string; stage: Schemas['Stage'] }>>(new Map());
  problem = $state.raw<unknown>(null);
  #wanted: number | null = null;
  #region: string | null = null;
  #busy = false;

  /** A region at a moment; with none all that the account may see. */
  want(at: Date, region: string | null): void {
    if (region !== this.#region) this.shownAt = null;
    this.#region = region;
    this.#wanted = at.getTime();
    if (!this.#busy) void this.#ask();
  }

  leave(): void {
    this.#wanted = null;
    this.incidents = null;
    this.mode = null;
    this.shownAt = null;
    this.problem = null;
  }

  async #ask(): Promise<void> {
    this.#busy = true;
    try {
      while (this.#wanted !== null && this.#wanted !== this.shownAt) {
        const [at, of] = [this.#wanted, this.#region];
        const query = { at: new Date(at).toISOString(), ...(of === null ? {} : { region: of }) };
        const then = await asked(hub.GET('/api/v1/situation-at', { params: { query } }));
        if (this.#wanted === null) return;
        if (of !== this.#region) continue;
        this.incidents = then.incidents.map(fromPast);
        this.mode = then.mode ?? null;
        this.modes = new Map(Object.entries(then.modes));
        this.zones = then.zones;
        this.units = placesThen(then.units, at);
        this.removed = then.units.flatMap((unit) => unit.removed ?? []);
        this.engaged = new Map(then.incidents.flatMap((one) => Object.entries(one.units).map(([unit, stage]) => [unit, { incident: one.id, stage }])));
        this.more = then.more;
        this.shownAt = at;
        this.problem = null;
      }
    } catch (problem) {
      this.problem = problem;
    } finally {
      this.#busy = false;
    }
  }
}

export const past = new Past();
export { STEP_MS };
