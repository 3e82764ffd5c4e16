// A list that is ranked anew under the hand: a digit that was on its way means what stood there before. For a while after a
// change a place that now holds another answers nothing.

/** How long a hand takes from what it has read to the key. */
const HAND_MS = 1_000;
/** The same where the person's own choice has ranked it anew: they look for what comes of it, and only a key that bounced is on its way. */
const OWN_MS = 300;

export class Settled {
  #shown: readonly string[] = [];
  #before: readonly string[] = [];
  /** From when on every place means what is shown there. */
  #sureFrom = -Infinity;

  /** What is shown from now on; `own`: by the person's own choice. Milliseconds until every place answers. */
  show(list: readonly string[], now: number, own = false): number {
    if (list.join() !== this.#shown.join()) {
      // Changed again before the hand could follow: what it read is still the first.
      if (now >= this.#sureFrom) this.#before = this.#shown;
      this.#sureFrom = this.#shown.length === 0 ? -Infinity : now + (own ? OWN_MS : HAND_MS);
      this.#shown = list;
    }
    return Math.max(0, this.#sureFrom - now);
  }

  /** What a press on a place means; null when it is not sure. */
  at(place: number, now: number): string | null {
    const shown = this.#shown[place] ?? null;
    return now >= this.#sureFrom || this.#before[place] === shown ? shown : null;
  }
}
