// From when on a service is cut off: no answer is an outage at once, answers that are none soon after.

/** So long the hub may say that it cannot, and be asked again, before nobody relies on the line. */
const HOLDS_MS = 3_000;

export class Outage {
  #since: number | null = null;

  /** It was asked and did not tell; `status` is 0 when no answer came. Whether the line counts as broken. */
  failed(status: number, now: number): boolean {
    this.#since ??= now;
    return status === 0 || now - this.#since >= HOLDS_MS;
  }

  over(): void {
    this.#since = null;
  }
}
