// What somebody has written and not sent yet, by what it is for: an alarm, another card or a reload take nothing away.
// It lives in this tab alone, as the sign-in does.

const PREFIX = 'hub112.unsent.';

export class Unsent {
  readonly #key: string;
  #text = $state('');

  /** `otherwise`: what the field begins with when nothing was written. */
  constructor(key: string, otherwise = '') {
    this.#key = PREFIX + key;
    this.#text = sessionStorage.getItem(this.#key) ?? otherwise;
  }

  get text(): string {
    return this.#text;
  }

  set text(text: string) {
    this.#text = text;
    if (text === '') sessionStorage.removeItem(this.#key);
    else sessionStorage.setItem(this.#key, text);
  }

  /** It has been sent. */
  letGo(): void {
    this.text = '';
  }
}

/** Whoever signs out takes it along. */
export function forgetUnsent(): void {
  for (const key of Object.keys(sessionStorage)) if (key.startsWith(PREFIX)) sessionStorage.removeItem(key);
}
