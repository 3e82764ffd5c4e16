// On what additional forces rest: that the card goes on, of what event and where it is, and what that service was asked for
// already. What other services answer meanwhile is no reason to ask anew.
import type { Incident } from '../api/types';
import { categoryOf, place, requestsOf } from './card';

export interface Basis {
  status: string;
  category: string;
  address: string;
  point: string;
  /** What each service was asked for, how many and where that stands, in its order: `2 open, 1 refused`. */
  requests: Record<string, string>;
}

export function basisOf(card: Incident): Basis {
  const { address, fix } = place(card)?.location ?? {};
  const requests: Record<string, string> = {};
  for (const { service, count, state } of requestsOf(card)) {
    const before = requests[service];
    requests[service] = `${before === undefined ? '' : `${before}, `}${count} ${state}`;
  }
  return {
    status: card.status,
    category: categoryOf(card)?.code ?? '',
    address: address ?? '',
    point: fix?.point === undefined ? '' : `${fix.point.lat.toFixed(5)}, ${fix.point.lon.toFixed(5)}`,
    requests,
  };
}

/** Whether what was decided for these services is decided on the same. */
export function restsTheSame(seen: Incident, now: Incident, services: readonly string[]): boolean {
  const of = (card: Incident) => {
    const { requests, ...all } = basisOf(card);
    return JSON.stringify([all, services.map((service) => requests[service] ?? '')]);
  };
  return of(seen) === of(now);
}

/** Whether a changed field is of a decision for this service. */
export const concerns = (field: string, service: string): boolean => !field.startsWith('requests.') || field === `requests.${service}`;
