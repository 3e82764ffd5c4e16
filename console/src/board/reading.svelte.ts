// Something that a screen reads and reads again: what came, whether it is under way, and why it failed.

import { untrack } from 'svelte';
import { Problem } from '../api/problem';

/** Pause before what could not be read is read again. */
const AGAIN_MS = 3_000;

/** How long to wait before it is read again: as long as the hub asks for; null where another try brings the same. */
export function pauseMs(problem: unknown): number | null {
  if (!(problem instanceof Problem)) return AGAIN_MS;
  if (problem.status !== 0 && problem.status !== 429 && problem.status < 500) return null;
  return Math.max(AGAIN_MS, (problem.retryAfter ?? 0) * 1000);
}

export class Reading<T> {
  data = $state.raw<T | null>(null);
  problem = $state.raw<unknown>(null);
  busy = $state(false);
  readonly #read: () => Promise<T>;
  #again = false;

  constructor(read: () => Promise<T>) {
    this.#read = read;
  }

  /** Reads; asked for while it reads, it reads once more after that. What came before stays until then. */
  load(): Promise<void> {
    // An effect that begins a reading does not depend on how far it is.
    return untrack(() => this.#load());
  }

  async #load(): Promise<void> {
    if (this.busy) {
      this.#again = true;
      return;
    }
    this.busy = true;
    try {
      do {
        this.#again = false;
        this.data = await this.#read();
        this.problem = null;
      } while (this.#again);
    } catch (problem) {
      this.problem = problem;
    } finally {
      this.busy = false;
    }
  }
}
