// Cards near another one: who may speak of the same, or belong to the same major incident.
import type { Incident, Point } from '../../api/types';
import { place } from '../../state/card';

export interface Near {
  incident: Incident;
  /** Metres between the places; null when one of them has none. */
  metres: number | null;
}

const EARTH_M = 6_371_008.8;
const radians = (degrees: number) => (degrees * Math.PI) / 180;

/** Great-circle distance in metres. */
export function metres(a: Point, b: Point): number {
  const half = (from: number, to: number) => Math.sin(radians(to - from) / 2) ** 2;
  const chord = half(a.lat, b.lat) + Math.cos(radians(a.lat)) * Math.cos(radians(b.lat)) * half(a.lon, b.lon);
  return 2 * EARTH_M * Math.asin(Math.sqrt(chord));
}

/** The others, the nearest first; those without a place last, the newest first. An exercise and the real never meet. */
export function nearby(of: Incident, all: readonly Incident[]): Near[] {
  const here = place(of)?.location.fix?.point;
  return all
    .filter((one) => one.id !== of.id && one.exercise === of.exercise)
    .map((incident): Near => {
      const there = place(incident)?.location.fix?.point;
      return { incident, metres: here === undefined || there === undefined ? null : metres(here, there) };
    })
    .sort((a, b) => (a.metres ?? Infinity) - (b.metres ?? Infinity) || b.incident.opened_at.localeCompare(a.incident.opened_at));
}
