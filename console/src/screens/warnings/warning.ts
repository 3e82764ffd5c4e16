// Cases of warning people (112-R c.6(4)): which waits, which runs, in which order they are shown.
import type { Language, Schemas, Warning } from '../../api/types';
import type { Tone } from '../../parts/Status.svelte';

export type Command = Schemas['WarningCommand'];
export type About = Schemas['WarningAbout'];
export type Authority = Schemas['Authority'];
export type Words = Schemas['Words'];

/** Who may order one, from the smallest reach on (Order 945 c.21, c.22). */
export const AUTHORITIES: readonly Authority[] = [
  'head_of_organisation',
  'organisation_dispatcher',
  'akim',
  'commandant',
  'head_of_territorial_body',
  'head_of_authorised_body',
  'prime_minister',
];
export const DANGERS: readonly Schemas['Danger'][] = ['life', 'health', 'life_and_health'];
/** The order in which they are given: Kazakh and Russian always, English besides (Order 945 c.26). */
export const LANGUAGES: readonly Language[] = ['kk', 'ru', 'en'];
/** What five minutes of speech hold (Order 945 c.26). */
export const LONGEST = 4000;

export const TONES: Record<Warning['status'], Tone> = {
  undecided: 'danger',
  awaits_confirmation: 'caution',
  ordered: 'info',
  declined: 'quiet',
  ended: 'quiet',
};

export const isRunning = (one: Warning) => one.status === 'ordered' || one.status === 'awaits_confirmation';

/** What waits for a decision first, then what runs, then what is over; the newest of each first. */
export function inOrder(warnings: Iterable<Warning>): Warning[] {
  const rank = (one: Warning) => (one.status === 'undecided' ? 0 : isRunning(one) ? 1 : 2);
  return [...warnings].sort((a, b) => rank(a) - rank(b) || b.number - a.number);
}

/** The case about this, while it may still be decided or runs; the newest. */
export function caseOf(warnings: Iterable<Warning>, about: About): Warning | null {
  const same = (one: Warning) => (about.about === 'incident' ? one.about === 'incident' && one.incident === about.incident : one.about === 'report' && one.report === about.report);
  return inOrder([...warnings].filter(same)).find((one) => one.status === 'undecided' || isRunning(one)) ?? null;
}
