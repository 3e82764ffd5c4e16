// Places that the region knows by name: of the cards that are open, and of the stations.
import type { Incident, Unit } from '../../api/types';
import { plain } from '../../format/plain';
import { place } from '../../state/card';

export interface Known {
  name: string;
  point: { lat: number; lon: number };
}

/** Places whose name holds every word, at most six. */
export function suggested(written: string, incidents: readonly Incident[], units: readonly Unit[]): Known[] {
  const words = plain(written).split(' ').filter((word) => word.length > 1 || /\d/.test(word));
  if (words.length === 0) return [];
  const found = new Map<string, Known>();
  const offer = (name: string | null | undefined, point: Known['point'] | undefined) => {
    if (name === null || name === undefined || point === undefined || found.has(name)) return;
    const text = plain(name);
    if (words.every((word) => text.includes(word))) found.set(name, { name, point });
  };
  for (const incident of incidents) offer(place(incident)?.location.address, place(incident)?.location.fix?.point);
  for (const [station, home] of stations(units)) offer(station, home);
  return [...found.values()].slice(0, 6);
}

let known: { units: readonly Unit[]; stations: ReadonlyMap<string, Known['point']> } = { units: [], stations: new Map() };

/** Where the stations are: of tens of thousands of units gone through once, and not at every key. */
function stations(units: readonly Unit[]): ReadonlyMap<string, Known['point']> {
  if (known.units !== units) {
    const found = new Map<string, Known['point']>();
    for (const { station, home } of units) if (!found.has(station)) found.set(station, home);
    known = { units, stations: found };
  }
  return known.stations;
}
