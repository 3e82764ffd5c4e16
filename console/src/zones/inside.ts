// What lies in a zone, as far as the hub knows it now.
import type { Incident, Source, Unit } from '../api/types';
import { byUrgency } from '../state/urgency';
import { place } from '../state/card';
import { within as lies, type Corner } from './ring';

export interface ServiceInside {
  service: string;
  /** Free to be sent. */
  free: number;
  /** Held, on the way or at work. */
  busy: number;
}

/** Sums of what cards state; null where none states it. */
type People = Record<'dead' | 'injured' | 'affected', number | null>;

export interface Inside {
  services: ServiceInside[];
  units: number;
  /** Open cards, the most urgent first. */
  incidents: Incident[];
  /** People that those cards speak of. */
  people: People;
  /** How many those are at least: the dead and the injured are among the affected. */
  hurt: number;
  /** Potentially dangerous facilities that are registered as sources. */
  facilities: Source[];
  /** Open cards without a point: they may lie inside. */
  unplaced: number;
}

export function inside(
  ring: readonly Corner[],
  incidents: readonly Incident[],
  units: readonly Unit[],
  sources: readonly Source[],
  holes: readonly (readonly Corner[])[] = [],
): Inside {
  const holds = (point: { lat: number; lon: number }) => lies(ring, holes, point);
  const services = new Map<string, ServiceInside>();
  let count = 0;
  for (const unit of units) {
    if (!holds(unit.position.point)) continue;
    const state = unit.status?.state ?? 'available';
    if (state === 'out_of_service') continue;
    const row = services.get(unit.service) ?? { service: unit.service, free: 0, busy: 0 };
    if (state === 'available' || state === 'returning') row.free += 1;
    else row.busy += 1;
    services.set(unit.service, row);
    count += 1;
  }
  const points = incidents.map((incident) => ({ incident, point: place(incident)?.location.fix?.point }));
  const within = points.filter(({ point }) => point !== undefined && holds(point)).map(({ incident }) => incident);
  const people: People = { dead: null, injured: null, affected: null };
  let hurt = 0;
  for (const incident of within) {
    const figures = incident.consequences.at(-1)?.figures;
    for (const one of ['dead', 'injured', 'affected'] as const) {
      const stated = figures?.[one] ?? null;
      if (stated !== null) people[one] = (people[one] ?? 0) + stated;
    }
    hurt += figures?.affected ?? (figures?.dead ?? 0) + (figures?.injured ?? 0);
  }
  return {
    services: [...services.values()].sort((a, b) => b.free + b.busy - a.free - a.busy || a.service.localeCompare(b.service)),
    units: count,
    incidents: within.sort(byUrgency),
    people,
    hurt,
    facilities: sources.filter((one) => one.kind === 'dangerous_facility' && one.point && holds(one.point)),
    unplaced: points.filter(({ point }) => point === undefined).length,
  };
}
