// A form over what others may change too: what the person saw, what they wrote, and the version that it is for. Nobody
// overwrites another unseen: who is second gets what the first one saved into the form, keeps what they wrote
// themselves, is shown both, and saves again when they have looked.
import { forVersion, type ForVersion } from '../api/client';
import { Problem } from '../api/problem';
import { changedFields } from '../format/changed';
import { UnsentWork } from './unsent.svelte';

/** A field that another person saved differently meanwhile. */
export interface Overtaken {
  field: string;
  seen: string;
  now: string;
  /** What this person wrote into the same field; none where they left it alone. */
  mine: string | null;
}

/** What a thing says, and its version; no version for what is not there yet. */
export interface Held<T> {
  value: T;
  version: number | null;
}

const plain = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);
const same = (one: unknown, other: unknown) => JSON.stringify(one ?? null) === JSON.stringify(other ?? null);

/** What it is now, with what this person wrote. */
export function merged<T>(seen: T, mine: T, now: T): T {
  if (plain(seen) && plain(mine) && plain(now)) {
    const fields = new Set([...Object.keys(now), ...Object.keys(mine)]);
    return Object.fromEntries([...fields].map((field) => [field, merged(seen[field], mine[field], now[field])])) as T;
  }
  return same(seen, mine) ? now : mine;
}

/** What another person changed meanwhile, field by field. */
export function overtaken(seen: unknown, mine: unknown, now: unknown): Overtaken[] {
  const own = new Map(changedFields(seen, mine).map(({ field, after }) => [field, after]));
  return changedFields(seen, now)
    .filter(({ field, after }) => own.get(field) !== after)
    .map(({ field, before, after }) => ({ field, seen: before, now: after, mine: own.get(field) ?? null }));
}

export class Edit<T> {
  /** What is written: bind the form to it. */
  mine: T;
  /** What another saved while this was written; until it is saved. */
  theirs = $state.raw<Overtaken[]>([]);
  /** Whether it was begun before, left, and is taken up again. */
  takenUp = $state(false);
  #seen: T;
  #version: number | null;
  readonly #unsent: UnsentWork<{ seen: T; mine: T }> | null;

  /** `unsent`: under which name what is written is kept while the screen is left; whoever takes it up again has it over what
   * is saved now, and is shown what another changed meanwhile. Kept by `keep`, in an effect. */
  constructor({ value, version }: Held<T>, unsent: string | null = null) {
    this.#seen = value;
    this.#version = version;
    this.#unsent = unsent === null ? null : new UnsentWork(unsent);
    const kept = this.#unsent?.kept ?? null;
    this.mine = $state(kept === null ? structuredClone(value) : merged(kept.seen, kept.mine, value));
    if (kept === null) return;
    this.takenUp = true;
    this.theirs = overtaken(kept.seen, kept.mine, value);
  }

  /** Keeps what is written and not saved. */
  keep(): void {
    const mine = this.written;
    if (same(mine, this.#seen)) this.#unsent?.letGo();
    else this.#unsent?.keep({ seen: this.#seen, mine });
  }

  /** Throws away what was written. */
  forget(): void {
    this.#unsent?.letGo();
    this.mine = structuredClone(this.#seen);
    this.theirs = [];
    this.takenUp = false;
  }

  /** What is written, to be sent. */
  get written(): T {
    return $state.snapshot(this.mine) as T;
  }

  /** What it is now, of which this person knows. */
  protected knows({ value, version }: Held<T>): void {
    this.#seen = value;
    this.#version = version;
  }

  /** Sends what is written; when another was quicker, takes theirs in, and the problem says so. */
  async save(send: (mine: T, header: ForVersion) => Promise<unknown>, newest: () => Promise<Held<T>>): Promise<void> {
    try {
      const mine = this.written;
      await send(mine, forVersion(this.#version));
      this.theirs = [];
      this.takenUp = false;
      // What has been saved is no draft.
      this.#seen = mine;
      this.keep();
    } catch (problem) {
      if (!(problem instanceof Problem) || problem.kind !== 'stale') throw problem;
      const { value, version } = await newest();
      const mine = this.written;
      this.theirs = overtaken(this.#seen, mine, value);
      this.mine = merged(this.#seen, mine, value);
      this.knows({ value, version });
      throw problem;
    }
  }
}
