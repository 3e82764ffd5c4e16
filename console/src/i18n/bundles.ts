// The languages that have come from the hub. The first screen waits for one of them alone; the others come with the other
// screens, or when something is said in them.
import type { FluentBundle, FluentVariable } from '@fluent/bundle';
import { SvelteMap } from 'svelte/reactivity';
import type { Language } from '../api/types';

const sources: Record<Language, () => Promise<{ default: FluentBundle }>> = {
  kk: () => import('./languages/kk'),
  ru: () => import('./languages/ru'),
  en: () => import('./languages/en'),
};

const there = new SvelteMap<Language, FluentBundle>();

export type Variables = Record<string, FluentVariable>;

/** A message in a language that is perhaps not that of the person at the desk: what is read out to a caller. Until a
 * language has come, the one that is there speaks for it. A key that is missing shows itself. */
export function tIn(language: Language, key: string, variables?: Variables): string {
  const bundle = there.get(language) ?? [...there.values()][0];
  const pattern = bundle?.getMessage(key)?.value;
  return bundle === undefined || pattern === undefined || pattern === null ? key : bundle.formatPattern(pattern, variables);
}

export async function loadLanguage(language: Language): Promise<void> {
  if (!there.has(language)) there.set(language, (await sources[language]()).default);
}

/** What says a thing in every language at once waits for this. */
export async function loadEveryLanguage(): Promise<void> {
  await Promise.all((Object.keys(sources) as Language[]).map(loadLanguage));
}
