// Where a unit was at a moment that has passed: where it had last been seen, or at its station.
import type { Schemas, Unit } from '../../api/types';

export interface PlaceThen {
  lon: number;
  lat: number;
  /** When it was seen there, milliseconds since 1970; at its station the moment itself, for there it is held to be. */
  at: number;
  /** Nothing had been heard of it by then. */
  atStation: boolean;
}

export const placesThen = (units: readonly Schemas['UnitThen'][], at: number): Map<string, PlaceThen> =>
  new Map(
    units.map(({ id, point, seen_at }) => {
      const seen = seen_at ?? null;
      return [id, { ...point, at: seen === null ? at : Date.parse(seen), atStation: seen === null }];
    }),
  );

/** A unit as the cards say that it was then: under way for one of them, or free. One that was not there yet is none. */
export function unitThen(unit: Unit, place: PlaceThen | undefined, under: { incident: string; stage: Schemas['Stage'] } | undefined, at: Date): Unit[] {
  if (place === undefined) return [];
  const status: Unit['status'] =
    under === undefined
      ? { state: 'available' }
      : { state: 'engaged', incident: under.incident, stage: under.stage === 'requested' ? 'accepted' : (under.stage as 'accepted' | 'departed' | 'arrived'), since: at.toISOString() };
  return [{ ...unit, status, position: { point: { lat: place.lat, lon: place.lon }, at: new Date(place.at).toISOString(), source: place.atStation ? 'station' : 'avl', accuracy: null } }];
}
