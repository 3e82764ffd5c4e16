// Stations: the places where units stand, as the register of units knows them.
import type { Unit } from '../../api/types';

export interface Station {
  name: string;
  units: Unit[];
  home: { lat: number; lon: number };
  /** Whether its units agree on where it stands. */
  one: boolean;
}

/** By name; a unit without one stands alone under its call sign. */
export function stations(units: Iterable<Unit>): Station[] {
  const all = new Map<string, Station>();
  for (const unit of units) {
    const name = unit.station.trim();
    if (name === '') continue;
    const held = all.get(name);
    if (held === undefined) all.set(name, { name, units: [unit], home: unit.home, one: true });
    else {
      held.units.push(unit);
      held.one &&= unit.home.lat === held.home.lat && unit.home.lon === held.home.lon;
    }
  }
  return [...all.values()].sort((a, b) => a.name.localeCompare(b.name, undefined, { numeric: true }));
}

/** A unit that belongs to the station as it is from now on; where it was last seen stays. */
export function at(unit: Unit, station: { name: string; home: { lat: number; lon: number } }, now: Date): Unit {
  const waits = unit.position.source === 'station';
  return {
    ...unit,
    station: station.name,
    home: station.home,
    ...(waits ? { position: { ...unit.position, point: station.home, at: now.toISOString() } } : {}),
  };
}
