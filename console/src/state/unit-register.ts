// The register of units, whole: columns on the wire, in which what recurs is named once, and units again here.
import { asked, hub } from '../api/client';
import type { Schemas, Unit } from '../api/types';

/** Every unit of a region, or of all that the account may see. */
export async function readRegister(region: string | null): Promise<Unit[]> {
  return unitsOf(await asked(hub.GET('/api/v1/unit-register', { params: { query: region === null ? {} : { region } } })));
}

/** What recurs is one object for all units that have it. */
export function unitsOf({ units, ...named }: Schemas['UnitRegister']): Unit[] {
  return units.id.map((id, n) => {
    const station = named.stations[units.station[n]!]!;
    return {
      id,
      call_sign: units.call_sign[n]!,
      version: units.version[n]!,
      region: named.regions[units.region[n]!]!,
      service: named.services[units.service[n]!]!,
      kind: named.kinds[units.kind[n]!]!,
      capabilities: named.capabilities[units.capabilities[n]!]!,
      station: station.name,
      home: station.home,
      status: named.statuses[units.status[n]!]!,
      position: {
        point: { lat: units.lat[n]!, lon: units.lon[n]! },
        at: new Date(units.at[n]!).toISOString(),
        source: named.sources[units.source[n]!]!,
        accuracy: units.accuracy[n] ?? null,
      },
    };
  });
}
