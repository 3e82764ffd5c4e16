// How a service is reached, in one of the four tones that every state has.
import type { Schemas } from '../../api/types';
import type { Tone } from '../../parts/Status.svelte';

type LinkView = Schemas['LinkView'];

export interface LinkState {
  tone: Tone;
  /** Key of its word. */
  word: string;
}

/** Of a service that has a telephone alone nobody can tell whether it is there. */
export function linkState(link: LinkView | null | undefined): LinkState {
  if (link === null || link === undefined) return { tone: 'quiet', word: 'link-state-own' };
  if (link.way === 'phone') return { tone: 'info', word: 'link-state-phone' };
  return link.connected ? { tone: 'safe', word: 'link-state-there' } : { tone: 'danger', word: 'link-state-away' };
}

/** What wants attention first: away, late, undecided, then the rest in the order of the rules. */
export function attention(row: Schemas['ServiceView']): number {
  const away = linkState(row.link).tone === 'danger';
  return (away ? 4 : 0) + (row.late > 0 ? 2 : 0) + (row.undecided > 0 ? 1 : 0);
}
