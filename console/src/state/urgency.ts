// What comes first: what threatens life before what is urgent, what nobody has taken before what is under way, and who
// has waited longest first.
import type { Incident } from '../api/types';
import { severityOf } from './card';

export function byUrgency(a: Incident, b: Incident): number {
  return rank(a) - rank(b) || inOrder(a.opened_at, b.opened_at) || inOrder(a.id, b.id);
}

/** As they are written: thousands are put in order whenever one changes. */
const inOrder = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

function rank(incident: Incident): number {
  const severity = Number(severityOf(incident)?.slice(1) ?? 3);
  const waits = incident.status === 'open' ? 0 : 1;
  return waits * 10 + severity;
}
