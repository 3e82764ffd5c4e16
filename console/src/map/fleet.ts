// Units for drawing: packed into columns of numbers once, of which an answer of the hub changes those that have moved; what
// of them is in view, and how many stand where, for when they are too many to tell apart. Nothing here makes an object a
// unit: fifty thousand are looked through in the time of a frame.
import type { Feature, FeatureCollection } from 'geojson';
import type { Unit, UnitStatus } from '../api/types';
import type { Seen } from '../state/whereabouts.svelte';
import { gatherNear } from './near';
import { UNIT_PICTURES, unitPicture } from './pictures';

/** Columns of the sheet of pictures. */
export const PICTURES = UNIT_PICTURES;
export const STATES: readonly UnitStatus['state'][] = ['available', 'returning', 'reserved', 'engaged', 'out_of_service'];

/** Numbers of one unit: easting and northing from the origin, its picture, and whether its position is old. */
export const STRIDE = 4;
/** Cells of groups, pixels. */
const CELL = 84;
export const TILE = 512;
/** Pictures nearer to one another than this are taken for one, pixels; where a town is hardly larger, all of it. */
const STACKED = 10;
const STACKED_FAR = 80;
const FAR_BELOW = 7.5;
/** Call signs are shown as long as no more units than this are in view. */
const MOST_NAMES = 300;

export interface Box {
  west: number;
  south: number;
  east: number;
  north: number;
}

/** What has been told of where units are, in columns: a unit has one slot in all of them. */
export interface Tracks {
  readonly count: number;
  /** How many answers there have been; the number of the last that spoke of a slot is in `told`. */
  readonly answers: number;
  readonly slot: (unit: string) => number | undefined;
  /** Web Mercator, the world from 0 to 1. */
  readonly east: Float64Array;
  readonly south: Float64Array;
  /** Milliseconds since 1970. */
  readonly at: Float64Array;
  readonly told: Uint32Array;
}

/** Web Mercator, the world from 0 to 1. */
export const eastOf = (lon: number) => lon / 360 + 0.5;
export function southOf(lat: number): number {
  const sine = Math.sin((lat * Math.PI) / 180);
  return 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI);
}
export const lonOf = (x: number) => (x - 0.5) * 360;
export const latOf = (y: number) => (Math.atan(Math.sinh((0.5 - y) * 2 * Math.PI)) * 180) / Math.PI;

export const pictureOf = (service: string, kind: string, state: UnitStatus['state']) => PICTURES.indexOf(unitPicture(service, kind)) * STATES.length + STATES.indexOf(state);

export class Packed {
  readonly units: readonly Unit[];
  readonly numbers: Float32Array<ArrayBuffer>;
  /** What the numbers count from, so that single precision is fine enough. */
  readonly origin: { x: number; y: number };
  /** Which unit each slot of the tracks is, once they are followed. */
  #placeOf: Int32Array | null = null;
  #answers = 0;

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
      this.numbers[from + 2] = pictureOf(unit.service, unit.kind, unit.status?.state ?? 'available');
      this.numbers[from + 3] = old(unit, at) ? 1 : 0;
    }
  }

  /** Moves those that the tracks have told of since the last time. False when they tell of a unit for the first time: then
   * all is to be packed anew. */
  follow(tracks: Tracks): boolean {
    if (this.#placeOf === null) {
      this.#placeOf = new Int32Array(tracks.count).fill(-1);
      this.units.forEach((unit, place) => {
        const slot = tracks.slot(unit.id);
        if (slot !== undefined) this.#placeOf![slot] = place;
      });
    } else if (this.#placeOf.length !== tracks.count) {
      return false;
    }
    const { east, south, told } = tracks;
    const places = this.#placeOf;
    for (let slot = 0; slot < places.length; slot++) {
      const place = places[slot]!;
      if (told[slot]! <= this.#answers || place < 0) continue;
      const from = place * STRIDE;
      this.numbers[from] = east[slot]! - this.origin.x;
      this.numbers[from + 1] = south[slot]! - this.origin.y;
      this.numbers[from + 3] = 0;
    }
    this.#answers = tracks.answers;
    return true;
  }

  /** The numbers of those in the box alone. */
  inside(box: Box): Float32Array<ArrayBuffer> {
    const places = this.#inside(box);
    const made = new Float32Array(places.length * STRIDE);
    places.forEach((place, nth) => made.set(this.numbers.subarray(place * STRIDE, place * STRIDE + STRIDE), nth * STRIDE));
    return made;
  }

  /** How many are in the box. */
  within(box: Box): number {
    const { west, east, north, south } = this.#edges(box);
    const { numbers } = this;
    let count = 0;
    for (let from = 0; from < numbers.length; from += STRIDE) {
      const x = numbers[from]!;
      const y = numbers[from + 1]!;
      if (x >= west && x <= east && y >= north && y <= south) count++;
    }
    return count;
  }

  /** How many stand together, in cells as large as a thumb at this zoom: those that are free and all. */
  groups(box: Box, zoom: number): FeatureCollection {
    const side = CELL / (TILE * 2 ** zoom);
    const { west, east, north, south } = this.#edges(box);
    const { numbers, origin } = this;
    const [left, top] = [Math.floor((west + origin.x) / side), Math.floor((north + origin.y) / side)];
    const across = Math.floor((east + origin.x) / side) - left + 1;
    const down = Math.floor((south + origin.y) / side) - top + 1;
    const all = new Int32Array(across * down);
    const free = new Int32Array(across * down);
    const sumX = new Float64Array(across * down);
    const sumY = new Float64Array(across * down);
    for (let from = 0; from < numbers.length; from += STRIDE) {
      const x = numbers[from]!;
      const y = numbers[from + 1]!;
      if (x < west || x > east || y < north || y > south) continue;
      const cell = (Math.floor((y + origin.y) / side) - top) * across + Math.floor((x + origin.x) / side) - left;
      all[cell]!++;
      sumX[cell]! += x;
      sumY[cell]! += y;
      if (numbers[from + 2]! % STATES.length === 0) free[cell]!++;
    }
    const features: Feature[] = [];
    for (let cell = 0; cell < all.length; cell++) {
      const count = all[cell]!;
      if (count === 0) continue;
      features.push({
        type: 'Feature',
        geometry: { type: 'Point', coordinates: [lonOf(sumX[cell]! / count + origin.x), latOf(sumY[cell]! / count + origin.y)] },
        properties: { all: count, free: free[cell]! },
      });
    }
    return { type: 'FeatureCollection', features };
  }

  /** How many stand on one another in the box, at the upper right of them: a picture that covers five says so. */
  stacks(box: Box, zoom: number): FeatureCollection {
    const { numbers, origin } = this;
    const places = this.#inside(box);
    const reach = (zoom < FAR_BELOW ? STACKED_FAR : STACKED) / (TILE * 2 ** zoom);
    const east = (nth: number) => numbers[places[nth]! * STRIDE]!;
    const south = (nth: number) => numbers[places[nth]! * STRIDE + 1]!;
    const features = gatherNear(places.length, east, south, reach)
      .filter((stack) => stack.length > 1)
      .map((stack): Feature => {
        const [x, y] = [stack.reduce((most, nth) => Math.max(most, east(nth)), -Infinity), stack.reduce((least, nth) => Math.min(least, south(nth)), Infinity)];
        return { type: 'Feature', geometry: { type: 'Point', coordinates: [lonOf(x + origin.x), latOf(y + origin.y)] }, properties: { count: stack.length } };
      });
    return { type: 'FeatureCollection', features };
  }

  /** Call signs of those in the box, as long as they can be told apart. */
  names(box: Box): FeatureCollection {
    const places = this.within(box) <= MOST_NAMES ? this.#inside(box) : [];
    const features = places.map(
      (place): Feature => ({
        type: 'Feature',
        geometry: { type: 'Point', coordinates: [lonOf(this.numbers[place * STRIDE]! + this.origin.x), latOf(this.numbers[place * STRIDE + 1]! + this.origin.y)] },
        properties: { name: this.units[place]!.call_sign },
      }),
    );
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

  /** Who else stands where this one does: their pictures cover one another at this zoom. */
  beside(unit: Unit, zoom: number): Unit[] {
    const own = this.units.indexOf(unit);
    if (own < 0) return [];
    const reach = STACKED / (TILE * 2 ** zoom);
    const [x, y] = [this.numbers[own * STRIDE]!, this.numbers[own * STRIDE + 1]!];
    return this.units.filter((_, place) => place !== own && Math.hypot(this.numbers[place * STRIDE]! - x, this.numbers[place * STRIDE + 1]! - y) < reach);
  }

  #inside(box: Box): number[] {
    const { west, east, north, south } = this.#edges(box);
    const { numbers } = this;
    const places: number[] = [];
    for (let from = 0; from < numbers.length; from += STRIDE) {
      const x = numbers[from]!;
      const y = numbers[from + 1]!;
      if (x >= west && x <= east && y >= north && y <= south) places.push(from / STRIDE);
    }
    return places;
  }

  /** The box as the numbers count. */
  #edges(box: Box): Box {
    return {
      west: eastOf(box.west) - this.origin.x,
      east: eastOf(box.east) - this.origin.x,
      north: southOf(box.north) - this.origin.y,
      south: southOf(box.south) - this.origin.y,
    };
  }
}
