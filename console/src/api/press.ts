// What a form says is one thing however often it is pressed: its identity is made once, and its moment is that of the
// first press with these words. The hub knows it again, and it is not done twice.
import { uuid } from './uuid';

export class Press {
  #id = uuid();
  #words = '';
  #at = 0;

  /** Identity and moment (milliseconds since 1970) of what is said now. */
  of(words: unknown, now: number): { id: string; at: number } {
    const said = JSON.stringify(words);
    if (said !== this.#words) [this.#words, this.#at] = [said, now];
    return { id: this.#id, at: this.#at };
  }

  /** It was done: what comes next is another. */
  done(): void {
    this.#id = uuid();
    this.#words = '';
  }
}
