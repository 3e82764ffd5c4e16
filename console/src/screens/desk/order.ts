// The queue of the desk: what waits for a decision, then what is under way, each by urgency.
import type { Incident } from '../../api/types';
import { byUrgency } from '../../state/urgency';

export interface Queue {
  /** Nobody has been asked to go yet. */
  waiting: Incident[];
  /** Forces are asked for or on their way. */
  underWay: Incident[];
}

export function queueOf(incidents: Iterable<Incident>): Queue {
  const sorted = [...incidents].sort(byUrgency);
  return { waiting: sorted.filter((one) => one.status === 'open'), underWay: sorted.filter((one) => one.status !== 'open') };
}
