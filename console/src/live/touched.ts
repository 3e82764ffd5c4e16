// What an event of the feed makes stale: which cards, units and obligations have to be read again, and which lists.
import type { FeedEvent } from './feed';

export type List = 'mode' | 'settings' | 'shifts' | 'directives' | 'reports' | 'zones' | 'warnings' | 'forwardings' | 'neighbours' | 'desks' | 'notices';

export interface Touched {
  incidents: Set<string>;
  units: Set<string>;
  /** Requests whose units have to be looked up: the event names the request alone. */
  requests: Set<string>;
  obligations: Set<string>;
  lists: Set<List>;
}

export function nothing(): Touched {
  return { incidents: new Set(), units: new Set(), requests: new Set(), obligations: new Set(), lists: new Set() };
}

/** Which region a stream is of: the feed of who answers for several brings all of them. */
export const regionOf = (stream: string): string | undefined => stream.split('/')[1];

/** Adds what the event touches. */
export function touch(into: Touched, { stream, event }: FeedEvent): void {
  if (stream.startsWith('service/')) touchService(into, event);
  else touchRegion(into, event);
}

function touchService(into: Touched, event: FeedEvent['event']): void {
  const unit = event['unit'];
  if (typeof unit === 'string') into.units.add(unit);
  else if (typeof unit === 'object' && unit !== null && 'id' in unit) into.units.add(String(unit.id));
  if (Array.isArray(event['units'])) for (const id of event['units']) into.units.add(String(id));
  if (typeof event['request'] === 'string') into.requests.add(event['request']);
}

/** Fields of a region's events that name a card. */
const CARDS = ['incident', 'into', 'from', 'to', 'one', 'other'] as const;

const LISTS: Record<string, List> = {
  mode: 'mode',
  settings_set: 'settings',
  shift: 'shifts',
  directive: 'directives',
  situation: 'reports',
  zone_set: 'zones',
  warning: 'warnings',
  neighbour_notice_taken: 'neighbours',
  service_desk: 'desks',
  notice: 'notices',
};

/** What a change of the situation touches besides its reports. */
const FORWARDING = new Set(['forwarded', 'forwarding_acknowledged']);

function touchRegion(into: Touched, event: FeedEvent['event']): void {
  if (event.event === 'obligation') {
    into.obligations.add(String(event['obligation']));
    return;
  }
  const list = LISTS[event.event];
  if (list !== undefined) {
    into.lists.add(event.event === 'situation' && FORWARDING.has(String(event['kind'])) ? 'forwardings' : list);
    return;
  }
  for (const field of CARDS) {
    const id = event[field];
    if (typeof id === 'string' && id.length === 36) into.incidents.add(id);
  }
  const request = event['request'];
  if (typeof request === 'object' && request !== null && 'incident' in request) into.incidents.add(String(request.incident));
}

/** Adds what the other has. */
export function merge(into: Touched, more: Touched): void {
  for (const id of more.incidents) into.incidents.add(id);
  for (const id of more.units) into.units.add(id);
  for (const id of more.requests) into.requests.add(id);
  for (const id of more.obligations) into.obligations.add(id);
  for (const list of more.lists) into.lists.add(list);
}

export function isTouched(t: Touched): boolean {
  return t.incidents.size + t.units.size + t.requests.size + t.obligations.size + t.lists.size > 0;
}
