// When a card became a threat to life, by whom, and whether somebody has it in hand: by what the hub records of it.
import type { Incident, Schemas } from '../api/types';
import { categoryOf, requestsOf } from '../state/card';

/** The version with which it became a threat: of a card that was always one the first. */
function rise(incident: Incident) {
  const milder = incident.categories.findLastIndex((version) => version.severity !== 'p1');
  return { milder, version: incident.categories[milder + 1] ?? categoryOf(incident) };
}

function sinceOf(incident: Incident): string {
  const { milder, version } = rise(incident);
  return milder < 0 ? incident.opened_at : (version?.at ?? incident.opened_at);
}

/** Since when it has been a threat to life, by the hub's clock, milliseconds since 1970: a reload of the page or another desk
 * makes nobody wait less. */
export const threatSince = (incident: Incident): number => Date.parse(sinceOf(incident));

/** What is acknowledged: a card that was milder in between is another threat. */
export const threatOf = (incident: Incident): string => `${incident.id}@${sinceOf(incident)}`;

/** Whether this person made it a threat, by the category or by what was answered: who did that knows. */
export function raisedBy(incident: Incident, who: string): boolean {
  const is = (by: Schemas['By'] | undefined) => by?.who === 'person' && by.account === who;
  const { milder, version } = rise(incident);
  return milder >= 0 && (is(version?.by) || (incident.answers ?? []).some((one) => one.at === version?.at && is(one.by)));
}

/** Whether a person has done something about it, or a crew has come to it, since it has been a threat: what rules do by
 * themselves shows that nobody has looked. */
export function isInHand(incident: Incident): boolean {
  const since = threatSince(incident);
  const later = (at: string) => Date.parse(at) > since;
  const requests = requestsOf(incident);
  return (
    [...incident.categories, ...incident.locations, ...incident.consequences, ...incident.notes, ...(incident.answers ?? [])].some((one) => one.by.who === 'person' && later(one.at)) ||
    incident.legal.some((one) => later(one.at)) ||
    requests.some((one) => one.by.who === 'person' && later(one.requested_at)) ||
    requests.some((one) => Object.values(one.engagements).some(({ reached }) => reached.some(([stage, at]) => stage === 'arrived' && typeof at === 'string' && later(at))))
  );
}
