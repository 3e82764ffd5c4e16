// Keeps a reading fresh: soon after something changed, and now and then for what nobody tells.
import { stirs, type Subject } from '../live/stirs';

/** How soon after a change. */
const SOON_MS = 250;

export class Fresh {
  readonly #load: () => Promise<void>;
  readonly #every: ReturnType<typeof setInterval>;
  readonly #ends: (() => void)[];
  #soon: ReturnType<typeof setTimeout> | null = null;
  #reading = false;
  #again = false;

  /** `subjects`: what it shows, so that it is read again when the hub says that it has changed. */
  constructor(load: () => Promise<void>, everyMs: number, ...subjects: Subject[]) {
    this.#load = load;
    this.#every = setInterval(() => void this.now(), everyMs);
    this.#ends = subjects.map((subject) => stirs.on(subject, () => this.touch()));
    void this.now();
  }

  /** Many changes within a moment are one reading. */
  touch(): void {
    this.#soon ??= setTimeout(() => {
      this.#soon = null;
      void this.now();
    }, SOON_MS);
  }

  /** At once; asked for while it is being read, it is read once more after that, so that no older answer comes last. */
  async now(): Promise<void> {
    if (this.#reading) {
      this.#again = true;
      return;
    }
    this.#reading = true;
    try {
      do {
        this.#again = false;
        await this.#load();
      } while (this.#again);
    } finally {
      this.#reading = false;
    }
  }

  stop(): void {
    clearInterval(this.#every);
    for (const end of this.#ends) end();
    if (this.#soon !== null) clearTimeout(this.#soon);
  }
}

/** Something that several parts of a screen show, kept fresh as long as one of them is there. */
export class SharedFresh {
  readonly #make: () => Fresh;
  #fresh: Fresh | null = null;
  #watchers = 0;

  constructor(load: () => Promise<void>, everyMs: number, ...subjects: Subject[]) {
    this.#make = () => new Fresh(load, everyMs, ...subjects);
  }

  /** Keeps it fresh until what is returned is called. */
  watch(): () => void {
    this.#watchers++;
    this.#fresh ??= this.#make();
    return () => {
      if (--this.#watchers > 0) return;
      this.#fresh?.stop();
      this.#fresh = null;
    };
  }
}
