// What the imported land says of a border that is being drawn: asked for once the border has stood still, and again where no
// answer came. What it says, and why it says nothing, is of this border: the next one begins without either.
import type { Schemas } from '../api/types';
import { pauseMs } from '../board/reading.svelte';
import type { Border } from './zone';

type Inside = Schemas['Inside'];

/** A border that has not changed for so long is asked about. */
const STILL_MS = 500;

const same = (one: Border | null, other: Border | null) => one?.ring === other?.ring && one?.holes === other?.holes;

export class Counted {
  /** Null while it is not known. */
  land = $state.raw<Inside | null>(null);
  /** Why it is not known. */
  problem = $state.raw<unknown>(null);
  #border: Border | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #count: (border: Border) => Promise<Inside>;

  constructor(count: (border: Border) => Promise<Inside>) {
    this.#count = count;
  }

  /** The border as it is drawn now; null while it bounds nothing. */
  of(border: Border | null): void {
    if (same(border, this.#border)) return;
    this.#begin(border, null);
    if (border !== null) this.#askIn(STILL_MS, border);
  }

  /** What lies in it was told with the border. */
  told(border: Border, land: Inside): void {
    this.#begin(border, land);
  }

  again(): void {
    if (this.#border !== null && this.land === null) this.#askIn(0, this.#border);
  }

  end(): void {
    this.#begin(null, null);
  }

  #begin(border: Border | null, land: Inside | null): void {
    clearTimeout(this.#timer);
    this.#border = border;
    this.land = land;
    this.problem = null;
  }

  #askIn(ms: number, border: Border): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#ask(border), ms);
  }

  async #ask(border: Border): Promise<void> {
    let told: { land: Inside } | { problem: unknown };
    try {
      told = { land: await this.#count(border) };
    } catch (problem) {
      told = { problem };
    }
    // Of a border that is another by now nothing is said.
    if (!same(border, this.#border) || this.land !== null) return;
    if ('land' in told) {
      this.land = told.land;
      this.problem = null;
      return;
    }
    this.problem = told.problem;
    const pause = pauseMs(told.problem);
    if (pause !== null) this.#askIn(pause, border);
  }
}
