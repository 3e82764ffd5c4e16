// Words in the language of the person at the desk.
import type { Names } from '../api/types';
import { preferences } from '../state/preferences.svelte';
import { tIn, type Variables } from './bundles';
import { wordKey } from './vocabulary';

export { tIn, type Variables };

/** A message of the translations. A key that is missing shows itself; a test sees to it that none is. */
export const t = (key: string, variables?: Variables): string => tIn(preferences.language, key, variables);

/** The word for a value of the interface: `word('mode', 'emergency')`. `vocabulary.ts` lists what has words. */
export function word(kind: string, value: string): string {
  return t(wordKey(kind, value));
}

/** The names that the hub's own tables carry. */
export function named(names: Names | null | undefined, otherwise = ''): string {
  return names?.[preferences.language] ?? otherwise;
}
