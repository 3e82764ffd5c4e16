// An incident as the situation map shows it, now or at a moment that has passed.
import type { Incident, Scale, Schemas, Severity } from '../../api/types';
import { categoryOf, place, requestsOf, scaleOf, severityOf } from '../../state/card';
import type { View } from './view';

export interface Shown {
  id: string;
  region: string;
  number: string;
  category: string | null;
  severity: Severity | null;
  scale: Scale | null;
  point: { lat: number; lon: number } | null;
  district: string | null;
  services: string[];
  status: 'open' | 'responding';
  exercise: boolean;
  opened_at: string;
}

const held = new WeakMap<Incident, Shown>();

/** Kept with the card: of thousands few change at a time. */
export function fromCard(incident: Incident): Shown {
  let shown = held.get(incident);
  if (shown === undefined) held.set(incident, (shown = ofCard(incident)));
  return shown;
}

function ofCard(incident: Incident): Shown {
  const where = place(incident);
  return {
    id: incident.id,
    region: incident.region,
    number: incident.number,
    category: categoryOf(incident)?.code ?? null,
    severity: severityOf(incident),
    scale: scaleOf(incident)?.scale ?? null,
    point: where?.location.fix?.point ?? null,
    district: where?.district ?? null,
    services: [...new Set(requestsOf(incident).map((request) => request.service))],
    status: incident.status === 'responding' ? 'responding' : 'open',
    exercise: incident.exercise,
    opened_at: incident.opened_at,
  };
}

export function fromPast(then: Schemas['IncidentThen']): Shown {
  return {
    id: then.id,
    region: then.region,
    number: then.number,
    category: then.category ?? null,
    severity: then.severity,
    scale: then.scale ?? null,
    point: then.point ?? null,
    district: then.district ?? null,
    services: then.services,
    status: then.status === 'responding' ? 'responding' : 'open',
    exercise: then.exercise,
    opened_at: then.opened_at,
  };
}

/** Whether the filters let it through. */
export function passes(shown: Shown, view: Pick<View, 'category' | 'severity' | 'scale' | 'service' | 'district' | 'of'>): boolean {
  return (
    (view.category === null || shown.category === view.category) &&
    (view.severity === null || shown.severity === view.severity) &&
    (view.scale === null || shown.scale === view.scale) &&
    (view.service === null || shown.services.includes(view.service)) &&
    (view.of === null || shown.region === view.of) &&
    (view.district === null || shown.district === view.district)
  );
}

/** The gravest first, then the oldest. */
export function gravestFirst(all: Iterable<Shown>): Shown[] {
  const rank = (one: Shown) => one.severity ?? 'p5';
  // Compared as they are written: thousands of cards are put in order again whenever one changes.
  const order = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
  return [...all].sort((a, b) => order(rank(a), rank(b)) || order(a.opened_at, b.opened_at));
}

/** How often each value occurs, the most frequent first. */
export function tally<T>(all: Iterable<T>): { value: T; count: number }[] {
  const counts = new Map<T, number>();
  for (const one of all) counts.set(one, (counts.get(one) ?? 0) + 1);
  return [...counts].map(([value, count]) => ({ value, count })).sort((a, b) => b.count - a.count);
}
