// What comes first: what threatens life before what is urgent, what nobody has taken before what is under way, and who
// has waited longest first.
import type { Incident } from '../api/types';
import { severityOf } from './card';

export function byUrgency(a: Incident, b: Incident): number {
  return rank(a) - rank(b) || a.opened_at.localeCompare(b.opened_at) || a.id.localeCompare(b.id);
}

function rank(incident: Incident): number {
  const severity = Number(severityOf(incident)?.slice(1) ?? 3);
  const waits = incident.status === 'open' ? 0 : 1;
  return waits * 10 + severity;
}
