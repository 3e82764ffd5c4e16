// Whether what is shown is live, and how old it is.
import { untrack } from 'svelte';
import { clock } from './clock.svelte';

export type Line = 'off' | 'connecting' | 'live' | 'broken';

/** What is read anew for longer than this is not live, however well the line sounds. */
const BEHIND_MS = 6_000;

export class Connection {
  line = $state<Line>('off');
  /** When something last came from the hub, by this machine's clock, milliseconds since 1970. */
  heardAt = $state(0);
  /** Since when the line is broken. */
  brokenSince = $state<number | null>(null);

  /** What is being read anew, and since when what is shown of it may be old. */
  #reading = $state.raw<ReadonlyMap<string, number>>(new Map());

  /** When what is shown was as the hub has it, by this machine's clock. */
  get freshAt(): number {
    return Math.min(this.heardAt, ...this.#reading.values());
  }

  /** The line as it is to be shown: a line that brings news which cannot be read is of no use. */
  get shown(): Line {
    void clock.now;
    return this.line === 'live' && this.#behind() ? 'broken' : this.line;
  }

  /** Since when it is broken. */
  get shownSince(): number | null {
    return this.brokenSince ?? (this.shown === 'broken' ? this.freshAt : null);
  }

  /** Something has to be read anew. Whoever says so in an effect does not become dependent on what others read: it would run
   * again with every answer, and ask again. */
  reads(what: string): void {
    const reading = untrack(() => this.#reading);
    if (!reading.has(what)) this.#reading = new Map(reading).set(what, Date.now());
  }

  /** It has been read. */
  hasRead(what: string): void {
    const reading = untrack(() => this.#reading);
    if (reading.has(what)) this.#reading = new Map([...reading].filter(([one]) => one !== what));
  }

  #behind(): boolean {
    return Math.min(...this.#reading.values()) < Date.now() - BEHIND_MS;
  }

  heard(): void {
    this.heardAt = Date.now();
  }

  opened(): void {
    this.line = 'live';
    this.brokenSince = null;
    this.heard();
  }

  broke(): void {
    this.line = 'broken';
    this.brokenSince ??= this.heardAt || Date.now();
  }

  reset(): void {
    this.#reading = new Map();
    this.line = 'off';
    this.heardAt = 0;
    this.brokenSince = null;
  }
}

export const connection = new Connection();
