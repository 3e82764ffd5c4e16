// Cases of warning people (112-R c.6(4)): which waits, which runs, in which order they are shown.
import type { Language, Schemas, Warning } from '../../api/types';
import { localOf } from '../../format/time';
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

/** The means of warning, in the order of Order 945 c.24. */
export const CHANNELS: readonly Schemas['contract.WarningChannel'][] = ['tv_radio', 'sms', 'cell_broadcast', 'mobile_app', 'sirens', 'terminals', 'internet'];
export const REFUSALS: readonly Schemas['contract.WarningRefusalCode'][] = ['no_coverage', 'breakdown', 'unfit_text', 'not_authorised', 'not_competent', 'other'];

type Reach = Warning['services'][number];

/** Since when nobody is warned by it any more, though nobody has ended it: the hub has said that its time has passed. */
export function expiredAt(warning: Warning): string | null {
  return isRunning(warning) && warning.expired && warning.expired === warning.until ? warning.expired : null;
}

/** How it stands at a service: what it reports counts before how far the message got. */
export function reachOf(one: Reach): { tone: Tone } {
  if (one.outcome) return { tone: one.outcome === 'transmitted' ? 'safe' : 'danger' };
  switch (one.reached) {
    case 'rejected':
    case 'unroutable':
    case 'dead_lettered':
      return { tone: 'danger' };
    case 'sent':
    case 'in_broker':
      return { tone: 'caution' };
    default:
      return { tone: 'info' };
  }
}

/** What an operator reported, the newest version's first. */
export function reportsOf(warning: Warning, service: string) {
  const own = (warning.reports ?? []).filter((one) => one.service === service);
  return own.sort((a, b) => b.version - a.version || a.at.localeCompare(b.at));
}

/** Whether some message about it is not with the broker yet, as far as is known. */
export const waitsForBroker = (warning: Warning) => warning.services.some((one) => one.messages.some((message) => message.reached === 'sent'));

/** What a warning says, for whom and until when, as a form has it. */
export function told({ text, audience, until }: Warning) {
  const words = (one: Words | null | undefined): Words => ({ event: one?.event ?? '', instruction: one?.instruction ?? '' });
  return {
    texts: { kk: words(text?.kk), ru: words(text?.ru), en: words(text?.en) },
    audience: {
      persons: audience?.persons ?? false,
      organisations: audience?.organisations ?? false,
      zone: audience?.zone ?? null,
      districts: [...(audience?.districts ?? [])],
      whole_region: audience?.whole_region ?? false,
    },
    until: until ? localOf(until) : '',
  };
}

export const isRunning = (one: Warning) => one.status === 'ordered' || one.status === 'awaits_confirmation';

/** What waits for a decision first, then what runs, then what is over; the newest of each first. */
export function inOrder(warnings: Iterable<Warning>): Warning[] {
  const rank = (one: Warning) => (one.status === 'undecided' || expiredAt(one) !== null ? 0 : isRunning(one) ? 1 : 2);
  return [...warnings].sort((a, b) => rank(a) - rank(b) || b.number - a.number);
}

/** The case about this, while it may still be decided or runs; the newest. */
export function caseOf(warnings: Iterable<Warning>, about: About): Warning | null {
  const same = (one: Warning) => (about.about === 'incident' ? one.about === 'incident' && one.incident === about.incident : one.about === 'report' && one.report === about.report);
  return inOrder([...warnings].filter(same)).find((one) => one.status === 'undecided' || isRunning(one)) ?? null;
}
