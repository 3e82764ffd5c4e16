// What a card says now: the last version of each of its parts.
import type { CategoryVersion, ForcesRequest, Incident, LocationVersion, MessageBrief, Severity } from '../api/types';

export const categoryOf = (incident: Incident): CategoryVersion | null => incident.categories.at(-1) ?? null;
export const severityOf = (incident: Incident): Severity | null => categoryOf(incident)?.severity ?? null;
export const place = (incident: Incident): LocationVersion | null => incident.locations.at(-1) ?? null;
export const scaleOf = (incident: Incident) => incident.scales.at(-1) ?? null;
export const standingOf = (incident: Incident) => incident.legal.at(-1) ?? null;

/** Whether it is an emergency whose scale no person has stated: so long it is not identified (112-R c.5(3)¶1). */
export const lacksScale = (incident: Incident): boolean => standingOf(incident)?.standing === 'emergency' && scaleOf(incident)?.by.who !== 'person';

/** What is missing for an emergency to be identified, by nature, type and scale: the name of the words for it. */
export function missing(incident: Incident): 'missing-standing' | 'missing-scale' | 'missing-confirmation' | null {
  if (standingOf(incident)?.standing !== 'emergency') return 'missing-standing';
  if (!lacksScale(incident)) return null;
  return scaleOf(incident) === null ? 'missing-scale' : 'missing-confirmation';
}

/** So many of its first messages a card shows; of many the newest follow, and those between are read apart. */
const FIRST_ON_CARD = 10;

/** How many messages speak of it. */
export const messageCount = (incident: Incident): number => incident.messages.length + (incident.messages_between ?? 0);

/** The messages that a card shows: its first and its newest, with a gap between when there are many. */
export function shown(incident: Incident): { first: MessageBrief[]; newest: MessageBrief[] } {
  const gap = (incident.messages_between ?? 0) > 0 ? FIRST_ON_CARD : incident.messages.length;
  return { first: incident.messages.slice(0, gap), newest: incident.messages.slice(gap) };
}

export const isLive = (incident: Incident) => incident.status === 'open' || incident.status === 'responding';

/** Requests for forces, the first first. */
export function requestsOf(incident: Incident): ForcesRequest[] {
  const all: ForcesRequest[] = Object.values(incident.requests);
  return all.sort((a, b) => a.requested_at.localeCompare(b.requested_at));
}

/** Whether a unit came to it; where none did, whether forces are asked for. What was taken back or refused asks nobody. */
export function comeTo(incident: Incident): 'came' | 'asked' | 'nobody' {
  const requests = requestsOf(incident);
  if (requests.some((one) => Object.values(one.engagements).some(({ reached }) => reached.some(([stage]) => stage === 'arrived')))) return 'came';
  return requests.some((one) => one.state !== 'cancelled' && one.state !== 'refused') ? 'asked' : 'nobody';
}

/** Metres within which the place lies; null when nothing is known. */
export function doubt(version: LocationVersion | null): number | null {
  const uncertainty = version?.location.fix?.uncertainty;
  if (uncertainty === null || uncertainty === undefined) return null;
  if (uncertainty.shape === 'circle') return uncertainty.radius_m;
  return uncertainty.shape === 'ellipse' ? uncertainty.semi_major_m : null;
}

/** Everything answered to the structured questions; of several to one question the last. */
export const answersOf = (incident: Incident): Record<string, unknown> =>
  Object.assign({}, ...incident.messages.map((message) => message.answers ?? {}), ...(incident.answers ?? []).map((version) => version.answers ?? {})) as Record<string, unknown>;

/** Services that have been told of it. */
export const toldOf = (incident: Incident): Set<string> => new Set(incident.told.map((one) => one.service));
