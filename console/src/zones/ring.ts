// The border of a zone while it is drawn: its corners in order, the first not said twice.
import { ValidateNotSelfIntersecting } from 'terra-draw';
import type { Schemas, ZoneRecord } from '../api/types';

/** Longitude and latitude, degrees, as GeoJSON has them. */
export type Corner = readonly [number, number];

export type Fault = 'too-few' | 'crossing' | null;

const EARTH_M = 6_371_008.8;
const CIRCLE_CORNERS = 32;
/** About a decimetre: nobody draws finer. */
const round = (degrees: number) => Number(degrees.toFixed(6));
const radians = (degrees: number) => (degrees * Math.PI) / 180;

export const corner = (lon: number, lat: number): Corner => [round(lon), round(lat)];

/** Why the corners enclose no zone yet. The hub checks it again, and more. */
export function fault(ring: readonly Corner[]): Fault {
  if (ring.length < 3) return 'too-few';
  const feature = { type: 'Feature' as const, geometry: closed(ring), properties: {} };
  return ValidateNotSelfIntersecting(feature).valid ? null : 'crossing';
}

/** As GeoJSON wants it: the first corner again at the end. */
export function closed(ring: readonly Corner[], holes: readonly (readonly Corner[])[] = []): { type: 'Polygon'; coordinates: [number, number][][] } {
  const back = (open: readonly Corner[]) => {
    const corners = open.map(([lon, lat]): [number, number] => [lon, lat]);
    return corners.length === 0 ? [] : [...corners, corners[0]!];
  };
  return { type: 'Polygon', coordinates: [back(ring), ...holes.map(back)] };
}

/** The outer border of a zone as it is now. */
export function ringOf(zone: ZoneRecord): Corner[] {
  return ringsOf(zone.versions.at(-1)?.polygon)[0] ?? [];
}

/** The rings of a polygon, the outer one first, none closed. */
export function ringsOf(polygon: { coordinates: number[][][] } | undefined): Corner[][] {
  return (polygon?.coordinates ?? []).map((ring) => ring.slice(0, -1).map(([lon, lat]): Corner => [lon!, lat!]));
}

export type ZonePolygon = Schemas['ZonePolygon'];

/** Whether the point lies inside and in no hole. */
export const within = (ring: readonly Corner[], holes: readonly (readonly Corner[])[], point: { lat: number; lon: number }): boolean =>
  holds(ring, point) && !holes.some((hole) => holds(hole, point));

/** Whether the point lies inside: a ray to the east crosses the border an odd number of times. */
export function holds(ring: readonly Corner[], point: { lat: number; lon: number }): boolean {
  let inside = false;
  for (let at = 0, before = ring.length - 1; at < ring.length; before = at++) {
    const [x, y] = ring[at]!;
    const [px, py] = ring[before]!;
    if (y > point.lat !== py > point.lat && point.lon < ((px - x) * (point.lat - y)) / (py - y) + x) inside = !inside;
  }
  return inside;
}

/** Square kilometres on the sphere: to judge by, not to bill by. */
export function area(ring: readonly Corner[]): number {
  let sum = 0;
  for (let at = 0, before = ring.length - 1; at < ring.length; before = at++) {
    const [lon, lat] = ring[at]!;
    const [plon, plat] = ring[before]!;
    sum += radians(lon - plon) * (2 + Math.sin(radians(plat)) + Math.sin(radians(lat)));
  }
  return Math.abs((sum * EARTH_M * EARTH_M) / 2) / 1e6;
}

/** The zone within a radius of a point, metres. */
export function circle(middle: { lat: number; lon: number }, radius: number): Corner[] {
  const across = radius / EARTH_M;
  const lat = radians(middle.lat);
  return Array.from({ length: CIRCLE_CORNERS }, (_, at) => {
    const bearing = (-at * 2 * Math.PI) / CIRCLE_CORNERS;
    const north = Math.asin(Math.sin(lat) * Math.cos(across) + Math.cos(lat) * Math.sin(across) * Math.cos(bearing));
    const east = Math.atan2(Math.sin(bearing) * Math.sin(across) * Math.cos(lat), Math.cos(across) - Math.sin(lat) * Math.sin(north));
    return corner(middle.lon + (east * 180) / Math.PI, (north * 180) / Math.PI);
  });
}

/** Corners as they are said over the radio: a line each, latitude before longitude. */
export const written = (ring: readonly Corner[]) => ring.map(([lon, lat]) => `${lat.toFixed(5)} ${lon.toFixed(5)}`).join('\n');

/** Reads them back; null when a line is no place. */
export function read(text: string): Corner[] | null {
  const corners: Corner[] = [];
  for (const line of text.split('\n').filter((one) => one.trim() !== '')) {
    const [, lat, lon] = /^\s*(-?\d{1,2}(?:[.,]\d+)?)°?[\s;,]+(-?\d{1,3}(?:[.,]\d+)?)°?\s*$/.exec(line) ?? [];
    if (lat === undefined || lon === undefined) return null;
    const [north, east] = [Number(lat.replace(',', '.')), Number(lon.replace(',', '.'))];
    if (Math.abs(north) > 90 || Math.abs(east) > 180) return null;
    corners.push(corner(east, north));
  }
  return corners;
}
