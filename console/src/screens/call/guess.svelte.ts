// What the hub would take the call for, while it is being written: which questions to ask does not wait until it is sent.
import { asked, hub } from '../../api/client';
import type { Schemas } from '../../api/types';
import type { Answers } from './questions';

export type Guess = Schemas['CategoryGuess'];

/** Nobody types faster than this without wanting to see something. */
const PAUSE_MS = 250;

interface Heard {
  /** The call: what was guessed of one says nothing of another. */
  id: string;
  text: string;
  answers: Answers;
}

const same = (one: Guess | null, other: Guess | null) => one?.category === other?.category && one?.clear === other?.clear;

/** The hub's guess from what `read` gives; while somebody is `asking` the questions it stays as it is. To be made in a component. */
export function guessed(read: () => Heard, asking: () => boolean): { readonly guess: Guess | null } {
  let latest = $state.raw<Guess | null>(null);
  let guess = $state.raw<Guess | null>(null);
  let of = '';
  let timer: ReturnType<typeof setTimeout> | undefined;
  let turn = 0;

  async function ask(text: string, answers: Answers): Promise<void> {
    turn += 1;
    const own = turn;
    try {
      const now = await asked(hub.POST('/api/v1/category-guess', { body: { text, answers } }));
      // An answer that was overtaken by a later question says nothing any more.
      if (own === turn && !same(latest, now)) latest = now;
    } catch {
      // Without the hub the last guess stands: it is no more than one.
    }
  }

  $effect(() => {
    const { id, text, answers } = read();
    const said = { text: text.trim(), answers: { ...answers } };
    clearTimeout(timer);
    if (id !== of || (said.text === '' && Object.keys(said.answers).length === 0)) {
      of = id;
      turn += 1;
      latest = null;
    }
    if (said.text !== '' || Object.keys(said.answers).length > 0) timer = setTimeout(() => void ask(said.text, said.answers), PAUSE_MS);
  });
  $effect(() => {
    if (latest === null || !asking()) guess = latest;
  });
  $effect(() => () => clearTimeout(timer));
  return {
    get guess() {
      return guess;
    },
  };
}
