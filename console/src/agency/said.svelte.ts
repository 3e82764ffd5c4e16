// What was decided, read and done: the hub's word, and until it comes back what was just done on this device.
import { inbox } from './inbox.svelte';
import { account } from '../state/account.svelte';
import type { Letter } from './letters';

export type Decision = 'accept' | 'change' | 'refuse';

class Said {
  #decisions = $state.raw<Record<string, { decision: Decision; at: string }>>({});
  #read = $state.raw<ReadonlySet<string>>(new Set());
  /** The hub keeps how far a directive got, but tells it to the desk alone: this device remembers what it sent. */
  #done = $state.raw<ReadonlySet<string>>(new Set());

  load(): void {
    this.#decisions = {};
    this.#read = new Set();
    try {
      this.#done = new Set(JSON.parse(localStorage.getItem(this.#name()) ?? '[]') as string[]);
    } catch {
      this.#done = new Set();
    }
  }

  /** What was decided about the request of this letter. */
  decision(letter: Letter): { decision: Decision; at: string } | null {
    const known = inbox.letters.get(letter.distribution_id) ?? letter;
    if (known.decision && known.answered_at) return { decision: known.decision, at: known.answered_at };
    return this.#decisions[letter.distribution_id] ?? null;
  }

  isRead(letter: Letter): boolean {
    return Boolean(inbox.letters.get(letter.distribution_id)?.read_at) || this.#read.has(letter.distribution_id);
  }

  isDone(directive: string): boolean {
    return this.#done.has(directive);
  }

  decided(letter: Letter, decision: Decision): void {
    this.#decisions = { ...this.#decisions, [letter.distribution_id]: { decision, at: new Date().toISOString() } };
  }

  read(letter: Letter): void {
    this.#read = new Set([...this.#read, letter.distribution_id]);
  }

  done(directive: string): void {
    this.#done = new Set([...this.#done, directive].slice(-MOST));
    localStorage.setItem(this.#name(), JSON.stringify([...this.#done]));
  }

  #name(): string {
    return `hub112.done.${account.me?.name ?? ''}`;
  }
}

/** The oldest are forgotten: letters live a week. */
const MOST = 500;

export const said = new Said();
