// Which request a unit is told about by its call sign alone: the one that it is on now.
import type { Incident, Unit } from '../../api/types';
import { requestsOf } from '../../state/card';

/** The request that holds the unit or that it works on; for a unit that is on none, the last that named it and has not ended. */
export function taskOf(unit: string, status: Unit['status'], incidents: readonly Incident[]): { incident: string; request: string } | null {
  const now = status !== undefined && 'request' in status ? (status.request ?? null) : null;
  const found = incidents.flatMap((incident) => requestsOf(incident).map((request) => ({ incident: incident.id, request })));
  const own = found.find(({ request }) => request.id === now);
  const last = found
    .filter(({ request }) => request.state !== 'cancelled' && (unit in request.engagements || request.recommended.some((held) => held.unit === unit)))
    .filter(({ request }) => request.engagements[unit]?.stage !== 'released')
    .sort((a, b) => a.request.requested_at.localeCompare(b.request.requested_at))
    .at(-1);
  const task = own ?? last;
  return task === undefined ? null : { incident: task.incident, request: task.request.id };
}
