// What the hub says of coverage, in numbers that can be read.
import type { Schemas } from '../api/types';
import { t } from '../i18n';
import { numbersOf } from '../i18n/bundle';
import { preferences } from './preferences.svelte';

export type Coverage = Schemas['Coverage'];
export type CoverageLeft = Schemas['CoverageLeft'];

/** Where no normative time is set the wave on a card is looked at within so many minutes. */
export const USUAL_MINUTES = 10;

/** A share with one decimal, and none where it says nothing. */
export function percent(share: number): string {
  // A difference of shares may fall a hair below nought, and would be written −0.
  const n = Math.max(0, share) * 100;
  return new Intl.NumberFormat(numbersOf(preferences.language), { maximumFractionDigits: n > 0 && n < 99.95 ? 1 : 0 }).format(n);
}

export const many = (n: number) => new Intl.NumberFormat(numbersOf(preferences.language)).format(n);

export function placeName({ names }: Schemas['UncoveredPlace']): string {
  return names[preferences.language] ?? names.name ?? names.ru ?? names.kk ?? t('coverage-place');
}
