// A shift of duty: what its check list still lacks, and the orders about it (112-R c.5(1)¶1).
import { asked, hub } from '../../api/client';
import type { Schemas, Shift } from '../../api/types';
import { region } from '../../state/region.svelte';

export type Check = Shift['checks'][number];

export async function order(command: Schemas['ShiftCommand']): Promise<void> {
  const code = region.code;
  if (code === null) return;
  await asked(hub.POST('/api/v1/shifts', { params: { query: { region: code } }, body: command }));
}

/** The last result of a line; null while nobody has looked. */
export const result = (check: Check) => check.results?.at(-1) ?? null;

export const unchecked = (shift: Shift): number => shift.checks.filter((check) => result(check) === null).length;

/** The line of the list that a person would look at next; `told`: what was just said and has not come back yet. */
export function nextUnchecked(checks: readonly Check[], told: (item: Check['item']) => boolean): number {
  return checks.findIndex((check) => result(check) === null && !told(check.item));
}

export function itemKey(item: Check['item']): string {
  return item.item === 'channel' ? `channel ${item.service} ${item.means} ${item.number}` : `${item.item} ${item.service}`;
}

/** Means of communication that have words; the hub takes others too. */
export const MEANS = ['telephone', 'mobile', 'radio', 'satellite', 'messenger'] as const;

export const isKnownMeans = (means: string): boolean => (MEANS as readonly string[]).includes(means);

/** Where contacts of a service that are written and not recorded are kept. */
export const contactsOf = (service: string): string => `contacts.${region.code}.${service}`;

/** Numbers of a service that the check list names. */
export function known(service: string, checks: readonly Check[]): { means: string; number: string }[] {
  return checks.flatMap(({ item }) => (item.item === 'channel' && item.service === service ? [{ means: item.means, number: item.number }] : []));
}
