// What is new to who looks on and has no duty in it: a manager, an administrator. They are told of a threat to life once; it
// is theirs to see and not to answer.
import type { Incident } from '../api/types';
import type { FeedEvent } from '../live/feed';
import { isLive, severityOf } from '../state/card';
import { raisedBy, threatOf, threatSince } from './threats';

/** What a person has seen of it in this tab; kept with it, a reload included. */
export interface Look {
  who: string;
  /** Since when they look, by the hub's clock, milliseconds since 1970: what was a threat before is no news. */
  since: number;
  /** Threats that they put away, and those that sounded. */
  put: readonly string[];
  heard: readonly string[];
}

/** What is kept of each: enough for a day of a country, and bounded. */
const MOST = 2_000;

export const begin = (who: string, since: number): Look => ({ who, since, put: [], heard: [] });

/** As it was kept; null where it is somebody else's or cannot be read. */
export function readLook(text: string | null, who: string): Look | null {
  try {
    const { who: whose, since, put, heard } = JSON.parse(text ?? 'null') as Look;
    return whose === who && Number.isFinite(since) && Array.isArray(put) && Array.isArray(heard) ? { who, since, put, heard } : null;
  } catch {
    return null;
  }
}

/** Threats to life that are new to this person and that they have not put away: what is real before an exercise, then the latest first. */
export function newcomers(cards: Iterable<Incident>, look: Look): Incident[] {
  const put = new Set(look.put);
  return [...cards]
    .filter((one) => severityOf(one) === 'p1' && isLive(one) && threatSince(one) >= look.since && !put.has(threatOf(one)) && !raisedBy(one, look.who))
    .sort((a, b) => Number(a.exercise) - Number(b.exercise) || threatSince(b) - threatSince(a));
}

/** Of those the ones that have not sounded. */
export function unheard(cards: readonly Incident[], look: Look): Incident[] {
  const heard = new Set(look.heard);
  return cards.filter((one) => !heard.has(threatOf(one)));
}

const added = (to: readonly string[], cards: readonly Incident[]) => [...new Set([...to, ...cards.map(threatOf)])].slice(-MOST);

export const putAway = (look: Look, cards: readonly Incident[]): Look => ({ ...look, put: added(look.put, cards) });
export const sounded = (look: Look, cards: readonly Incident[]): Look => ({ ...look, heard: added(look.heard, cards) });

/** The card that an event makes a threat to life. */
export function threatened({ event }: FeedEvent): string | null {
  if (event.event !== 'category_set') return null;
  const { incident, category } = event as unknown as { incident: string; category?: { severity?: string } };
  return category?.severity === 'p1' ? incident : null;
}

/** Where who looks on reads it: on the map, which stays one for the wall, and that of its region where that is in view. */
export function onMap({ id, region }: Pick<Incident, 'id' | 'region'>, path: string, search: string): string {
  const from = new URLSearchParams(path === '/map' ? search : '');
  const to = new URLSearchParams();
  if (from.get('region') === region) to.set('region', region);
  to.set('incident', id);
  if (from.get('wall') === '1') to.set('wall', '1');
  return `/map?${to.toString()}`;
}
