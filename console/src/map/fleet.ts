// Units for drawing: packed into numbers that the graphics card takes as they are, so that fifty thousand that move
// cost one buffer a second and one call a frame; and how many stand where, for when they are too many to tell apart.
import type { Feature, FeatureCollection } from 'geojson';
import type { Unit, UnitStatus } from '../api/types';
import type { Seen } from '../state/whereabouts.svelte';

export const SERVICES = ['fire_rescue', 'ambulance', 'air_ambulance', 'police', 'security', 'aviation_sar', 'utilities', 'telecom', 'other'] as const;
export const STATES: readonly UnitStatus['state'][] = ['available', 'returning', 'reserved', 'engaged', 'out_of_service'];

/** Numbers of one unit: easting and northing from the origin, its picture, and whether its position is old. */
export const STRIDE = 4;
/** Cells of groups, pixels. */
const CELL = 84;
const TILE = 512;
/** Call signs are shown as long as no more units than this are in view. */
const MOST_NAMES = 300;

export interface Box {
  west: number;
  south: number;
  east: number;
  north: number;
}

/** Web Mercator, the world from 0 to 1. */
export const eastOf = (lon: number) => lon / 360 + 0.5;
export function southOf(lat: number): number {
  const sine = Math.sin((lat * Math.PI) / 180);
  return 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI);
}

export const pictureOf = (service: string, state: UnitStatus['state']) => {
  const known = SERVICES.indexOf(service as (typeof SERVICES)[number]);
  return (known < 0 ? SERVICES.length - 1 : known) * STATES.length + STATES.indexOf(state);
};

export class Packed {
  readonly units: readonly Unit[];
  readonly numbers: Float32Array<ArrayBuffer>;
  /** What the numbers count from, so that single precision is fine enough. */
  readonly origin: { x: number; y: number };

  constructor(units: readonly Unit[], seen: (unit: Unit) => Seen, old: (unit: Unit, seen: Seen) => boolean) {
    this.units = units;
    this.numbers = new Float32Array(units.length * STRIDE);
    const first = units[0] === undefined ? { lon: 67, lat: 48 } : seen(units[0]);
    this.origin = { x: eastOf(first.lon), y: southOf(first.lat) };
    for (let place = 0; place < units.length; place++) {
      const unit = units[place]!;
      const at = seen(unit);
      const from = place * STRIDE;
      this.numbers[from] = eastOf(at.lon) - this.origin.x;
      this.numbers[from + 1] = southOf(at.lat) - this.origin.y;
      this.numbers[from + 2] = pictureOf(unit.service, unit.status?.state ?? 'available');
      this.numbers[from + 3] = old(unit, at) ? 1 : 0;
    }
  }

  /** How many are in the box. */
  within(box: Box): number {
    let count = 0;
    this.#each(box, () => count++);
    return count;
  }

  /** How many stand together, in cells as large as a thumb at this zoom: those that are free and all. */
  groups(box: Box, zoom: number): FeatureCollection {
    const side = CELL / (TILE * 2 ** zoom);
    const cells = new Map<string, { all: number; free: number; x: number; y: number }>();
    this.#each(box, (x, y, place) => {
      const key = `${Math.floor(x / side)}/${Math.floor(y / side)}`;
      let cell = cells.get(key);
      if (cell === undefined) cells.set(key, (cell = { all: 0, free: 0, x: 0, y: 0 }));
      cell.all++;
      cell.x += x;
      cell.y += y;
      if (this.numbers[place * STRIDE + 2]! % STATES.length === 0) cell.free++;
    });
    const features = [...cells.values()].map(
      ({ all, free, x, y }): Feature => ({
        type: 'Feature',
        geometry: { type: 'Point', coordinates: [lonOf(x / all), latOf(y / all)] },
        properties: { all, free },
      }),
    );
    return { type: 'FeatureCollection', features };
  }

  /** Call signs of those in the box, as long as they can be told apart. */
  names(box: Box): FeatureCollection {
    const features: Feature[] = [];
    if (this.within(box) <= MOST_NAMES) {
      this.#each(box, (x, y, place) =>
        features.push({
          type: 'Feature',
          geometry: { type: 'Point', coordinates: [lonOf(x), latOf(y)] },
          properties: { name: this.units[place]!.call_sign },
        }),
      );
    }
    return { type: 'FeatureCollection', features };
  }

  /** The unit nearest to a place, no farther than `reach` (in parts of the world). */
  at(lon: number, lat: number, reach: number): Unit | null {
    const [x, y] = [eastOf(lon) - this.origin.x, southOf(lat) - this.origin.y];
    let [best, least] = [-1, reach * reach];
    for (let place = 0; place < this.units.length; place++) {
      const [dx, dy] = [this.numbers[place * STRIDE]! - x, this.numbers[place * STRIDE + 1]! - y];
      const far = dx * dx + dy * dy;
      if (far <= least) [best, least] = [place, far];
    }
    return this.units[best] ?? null;
  }

  #each(box: Box, take: (x: number, y: number, place: number) => void): void {
    const [west, east] = [eastOf(box.west) - this.origin.x, eastOf(box.east) - this.origin.x];
    const [north, south] = [southOf(box.north) - this.origin.y, southOf(box.south) - this.origin.y];
    for (let place = 0; place < this.units.length; place++) {
      const [x, y] = [this.numbers[place * STRIDE]!, this.numbers[place * STRIDE + 1]!];
      if (x >= west && x <= east && y >= north && y <= south) take(x + this.origin.x, y + this.origin.y, place);
    }
  }
}

const lonOf = (x: number) => (x - 0.5) * 360;
const latOf = (y: number) => (Math.atan(Math.sinh((0.5 - y) * 2 * Math.PI)) * 180) / Math.PI;
