// One of several suggestions below a field is marked: the arrows mark another, Enter takes it.

export class Marked<T> {
  #at = $state<number | null>(null);
  readonly #all: () => readonly T[];
  readonly #sure: () => T | null;

  /** `sure`: what is marked before anybody chose another. */
  constructor(all: () => readonly T[], sure: () => T | null) {
    this.#all = all;
    this.#sure = sure;
  }

  /** What Enter would take; null when it takes nothing. */
  get one(): T | null {
    const all = this.#all();
    if (this.#at !== null) return all[Math.min(this.#at, all.length - 1)] ?? null;
    return this.#sure();
  }

  /** Something else was typed: what was marked of other suggestions is marked no more. */
  again(): void {
    this.#at = null;
  }

  /** Enter where nothing is sure: the first is marked, and the next Enter takes it. */
  begin(): void {
    this.#at = 0;
  }

  /** For the field's keys. */
  press(event: KeyboardEvent): void {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const all = this.#all();
    if (step === undefined || all.length === 0 || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const one = this.one;
    this.#at = one === null ? (step > 0 ? 0 : all.length - 1) : (all.indexOf(one) + step + all.length) % all.length;
  }
}

/** For `{@attach …}` on what is marked: it is scrolled into sight. */
export function inSight(row: HTMLElement): void {
  row.scrollIntoView({ block: 'nearest' });
}
