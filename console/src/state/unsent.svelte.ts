// What somebody has written and not sent yet, by what it is for: an alarm, another card or a reload take nothing away.
// It lives in this tab alone, as the sign-in does.

const PREFIX = 'hub112.unsent.';
const OWNER = 'hub112.unsent-of';

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

/** The same of what is more than one line: a figure that is being drawn, a whole form. */
export class UnsentWork<T extends object> {
  readonly #key: string;

  constructor(key: string) {
    this.#key = PREFIX + key;
  }

  /** What was kept; null when nothing was, or when it cannot be read. */
  get kept(): T | null {
    try {
      return JSON.parse(sessionStorage.getItem(this.#key) ?? 'null') as T | null;
    } catch {
      return null;
    }
  }

  keep(work: T): void {
    sessionStorage.setItem(this.#key, JSON.stringify(work));
  }

  /** It has been sent, or thrown away. */
  letGo(): void {
    sessionStorage.removeItem(this.#key);
  }
}

/** The fields of a form that is put away and taken up again: another tab, an alarm or a reload take nothing of it. To be made
 * in a component. */
export class UnsentForm<T extends object> {
  /** Bind the form to them. */
  fields = $state() as T;
  readonly #otherwise: string;
  readonly #work: UnsentWork<T>;

  /** `otherwise`: what the form begins with. */
  constructor(key: string, otherwise: T) {
    this.#otherwise = JSON.stringify(otherwise);
    this.#work = new UnsentWork(key);
    this.fields = { ...otherwise, ...this.#work.kept };
    $effect(() => {
      const now = JSON.stringify(this.fields);
      if (now === this.#otherwise) this.#work.letGo();
      else this.#work.keep(JSON.parse(now) as T);
    });
  }

  /** It has been sent: it begins anew. */
  letGo(): void {
    this.#work.letGo();
    this.fields = JSON.parse(this.#otherwise) as T;
  }
}

/** The cards of a list in which something is changed: which of them is open, and which hold what is not sent yet. Whoever left
 * the screen with something written in the open one finds it open. To be made in a component. */
export class Cards {
  /** The key of the open one; empty for one that is not there yet. */
  open = $state<string | null>(null);
  readonly #list: string;

  constructor(list: string) {
    this.#list = list;
    const work = new UnsentWork<{ key: string }>(`${list}.open`);
    const left = work.kept?.key;
    if (left !== undefined && this.has(left)) this.open = left;
    $effect(() => {
      if (this.open === null) work.letGo();
      else work.keep({ key: this.open });
    });
  }

  /** The name under which a card keeps what is written in it. */
  named(key: string): string {
    return `${this.#list}.card.${key}`;
  }

  /** Whether it holds something that is not sent; looked at whenever a card is opened or closed. */
  has(key: string): boolean {
    void this.open;
    return new UnsentWork(this.named(key)).kept !== null;
  }
}

/** Whoever works here now: what somebody else has written in this tab is not theirs to see. */
export function unsentOf(name: string): void {
  const before = sessionStorage.getItem(OWNER);
  if (before !== null && before !== name) forgetUnsent();
  sessionStorage.setItem(OWNER, name);
}

/** Whoever signs out takes it along. */
export function forgetUnsent(): void {
  for (const key of Object.keys(sessionStorage)) if (key.startsWith(PREFIX)) sessionStorage.removeItem(key);
}
