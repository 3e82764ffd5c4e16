// A list that is ranked anew under the hand: a digit that was on its way means what stood there before. For a while after a
// change a place that now holds another answers nothing.

/** How long a hand takes from what it has read to the key. */
const HAND_MS = 1_000;

export class Settled {
  #shown: readonly string[] = [];
  #before: readonly string[] = [];
  #since = -Infinity;

  /** What is shown from now on. */
  show(list: readonly string[], now: number): void {
    if (list.join() === this.#shown.join()) return;
    // Changed again before the hand could follow: what it read is still the first.
    if (now - this.#since >= HAND_MS) this.#before = this.#shown;
    this.#since = this.#shown.length === 0 ? -Infinity : now;
    this.#shown = list;
  }

  /** What a press on a place means; null when it is not sure. */
  at(place: number, now: number): string | null {
    const shown = this.#shown[place] ?? null;
    return now - this.#since >= HAND_MS || this.#before[place] === shown ? shown : null;
  }
}
