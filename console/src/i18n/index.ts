// Words in the language of the person at the desk.
import type { FluentVariable } from '@fluent/bundle';
import type { By, Language, Names } from '../api/types';
import { preferences } from '../state/preferences.svelte';
import { bundles } from './bundles';

export type Variables = Record<string, FluentVariable>;

/** A message of the translations. A key that is missing shows itself; a test sees to it that none is. */
export function t(key: string, variables?: Variables): string {
  const bundle = bundles[preferences.language];
  const pattern = bundle.getMessage(key)?.value;
  if (pattern === undefined || pattern === null) return key;
  return bundle.formatPattern(pattern, variables);
}

/** The same in another language: what is read out to a caller. */
export function tIn(language: Language, key: string): string {
  const pattern = bundles[language].getMessage(key)?.value;
  return pattern === undefined || pattern === null ? key : bundles[language].formatPattern(pattern);
}

/** The word for a value of the interface: `word('mode', 'emergency')`. `vocabulary.ts` lists what has words. */
export function word(kind: string, value: string): string {
  return t(`${kind}-${value.replaceAll('_', '-').toLowerCase()}`);
}

/** The names that the hub's own tables carry. */
export function named(names: Names | null | undefined, otherwise = ''): string {
  return names?.[preferences.language] ?? otherwise;
}

/** Who did something. */
export function byName(by: By): string {
  if (by.who === 'person') return by.account;
  if (by.who === 'service') return by.service;
  return t('by-rule', { rule: by.rule });
}
