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

export interface Inside {
  services: ServiceInside[];
  units: number;
  /** Open cards, the most urgent first. */
  incidents: Incident[];
  /** People that those cards speak of. */
  people: { dead: number; injured: number; affected: number };
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
  const people = { dead: 0, injured: 0, affected: 0 };
  for (const incident of within) {
    const figures = incident.consequences.at(-1)?.figures;
    people.dead += figures?.dead ?? 0;
    people.injured += figures?.injured ?? 0;
    people.affected += figures?.affected ?? 0;
  }
  return {
    services: [...services.values()].sort((a, b) => b.free + b.busy - a.free - a.busy || a.service.localeCompare(b.service)),
    units: count,
    incidents: within.sort(byUrgency),
    people,
    facilities: sources.filter((one) => one.kind === 'dangerous_facility' && one.point && holds(one.point)),
    unplaced: points.filter(({ point }) => point === undefined).length,
  };
}
