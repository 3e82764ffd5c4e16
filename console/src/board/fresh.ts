// Keeps a reading fresh: soon after something changed, and now and then for what no event tells.

/** How soon after a change. */
const SOON_MS = 400;

export class Fresh {
  readonly #load: () => Promise<void>;
  readonly #every: ReturnType<typeof setInterval>;
  #soon: ReturnType<typeof setTimeout> | null = null;

  constructor(load: () => Promise<void>, everyMs: number) {
    this.#load = load;
    this.#every = setInterval(() => void load(), everyMs);
    void load();
  }

  /** Many changes within a moment are one reading. */
  touch(): void {
    this.#soon ??= setTimeout(() => {
      this.#soon = null;
      void this.#load();
    }, SOON_MS);
  }

  stop(): void {
    clearInterval(this.#every);
    if (this.#soon !== null) clearTimeout(this.#soon);
  }
}
