// What is owed, in the order in which it falls due, and how the row is to be read.
import type { Obligation } from '../../api/types';
import type { Tone } from '../../parts/Status.svelte';

/** Warned from so long before it is due. */
const SOON_MS = 120_000;

export type Standing = 'late' | 'soon' | 'open';

export function standing(obligation: Obligation, now: number): Standing {
  const left = Date.parse(obligation.due) - now;
  if (obligation.status === 'late' || left < 0) return 'late';
  return left < SOON_MS ? 'soon' : 'open';
}

export const TONES: Record<Standing, Tone> = { late: 'danger', soon: 'caution', open: 'info' };

/** The first due first; who of two comes first does not change from one drawing to the next. */
export function byDue(obligations: Iterable<Obligation>): Obligation[] {
  return [...obligations].sort((a, b) => a.due.localeCompare(b.due) || a.id.localeCompare(b.id));
}

/** Who owes: a service's key, or null for the duty officer. */
export const debtorOf = (obligation: Obligation): string | null => (obligation.debtor === 'service' ? obligation.service : null);

/** The card that it is about. */
export const incidentOf = (obligation: Obligation): string | null =>
  obligation.subject === 'incident' || obligation.subject === 'request' ? obligation.incident : null;

interface Counted {
  n: number;
  late: number;
}

/** How many and how many of them late; an exercise's apart, as everywhere: nobody takes them for real ones. */
export function counted(obligations: readonly Obligation[], now: number): { real: Counted; exercise: Counted } {
  const count = (some: readonly Obligation[]): Counted => ({ n: some.length, late: some.filter((one) => standing(one, now) === 'late').length });
  return { real: count(obligations.filter((one) => !one.exercise)), exercise: count(obligations.filter((one) => one.exercise)) };
}
