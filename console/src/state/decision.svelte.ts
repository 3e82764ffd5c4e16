// What a person decides about a card that others change too: the card as it was looked at, what is written, and what
// others changed of it meanwhile. A decision that the hub refuses for that is made anew over the newest card, with
// everything that was written.
import type { Incident } from '../api/types';
import { Edit, type Held } from './edit.svelte';
import { read } from './incident';
import { region } from './region.svelte';

export class Decision<T> extends Edit<T> {
  /** The card on which it is decided. */
  #card = $state.raw() as Incident;
  readonly #of: (card: Incident) => T;

  /** `of`: what of a card is decided about, or what the decision rests on. `unsent`: under which name what is written is kept
   * while another card is looked at; then it is to be made in a component. */
  constructor(card: Incident, of: (card: Incident) => T, unsent: string | null = null) {
    super({ value: of(card), version: card.version }, unsent === null ? null : `${unsent}.${card.id}`);
    this.#card = card;
    this.#of = of;
    if (unsent !== null) $effect(() => this.keep());
  }

  get seen(): Incident {
    return this.#card;
  }

  /** What was written is thrown away: it is decided anew, over the card as it is. */
  anew(card: Incident): void {
    this.knows(this.#take(card));
    this.theirs = [];
  }

  /** Sends it; after a change by others `seen` is the newest card, and the problem says so. */
  async send(how: (seen: Incident, mine: T) => Promise<unknown>): Promise<void> {
    await this.save((mine) => how(this.#card, mine), async () => this.#take(await read(this.#card.id)));
    // The next decision is made over what this one has made of it.
    this.knows(this.#take(region.incidents.peek(this.#card.id) ?? this.#card));
  }

  #take(card: Incident): Held<T> {
    this.#card = card;
    return { value: this.#of(card), version: card.version };
  }
}
