// An address with its point, while somebody writes: a point that came with an address is nobody's when the address becomes another.
import type { Point } from '../../api/types';
import { sameAddress } from './places';

export interface Spot {
  address: string;
  point: Point | null;
  /** How the point came: chosen with its address, or shown on the map. */
  pointBy: 'address' | 'map' | null;
  /** The address that stood there when the point was given; empty when there was none. */
  pointOf: string;
  /** The point that went with the address that was changed. */
  fallen: Point | null;
}

export const nowhere = (): Spot => ({ address: '', point: null, pointBy: null, pointOf: '', fallen: null });

/** Chosen with its address. */
export const chosen = (address: string, point: Point): Spot => ({ address, point, pointBy: 'address', pointOf: address, fallen: null });

/** Shown on the map. */
export const shown = (spot: Spot, point: Point): Spot => ({ ...spot, point, pointBy: 'map', pointOf: spot.address.trim(), fallen: null });

/** The address of the point itself, as the hub tells it. */
export const namedHere = (spot: Spot, address: string): Spot => ({ ...spot, address, pointOf: address });

export const cleared = (spot: Spot): Spot => ({ ...nowhere(), address: spot.address });

/** Whether the point is of this address: the same, or the same with a flat, an entrance, a landmark after a comma. */
export function isOf(pointOf: string, address: string): boolean {
  const now = address.trim();
  if (sameAddress(pointOf, now)) return true;
  return now.toLowerCase().startsWith(pointOf.toLowerCase()) && /^\s*[,;(]\s*[^\s\d]/.test(now.slice(pointOf.length));
}

/** The address was written over: a point chosen with another one falls, one from the map stays. */
export function written(spot: Spot, address: string): Spot {
  if (spot.point !== null && spot.pointBy === 'address' && !isOf(spot.pointOf, address)) {
    return { ...spot, address, point: null, pointBy: null, fallen: spot.point };
  }
  // Written back as it was, it has its point again.
  if (spot.point === null && spot.fallen !== null && isOf(spot.pointOf, address)) return { ...chosen(spot.pointOf, spot.fallen), address };
  return { ...spot, address };
}

/** The point that fell is the place all the same: from now on it stands as one shown on the map. */
export const kept = (spot: Spot): Spot => (spot.fallen === null ? spot : { ...spot, point: spot.fallen, pointBy: 'map', fallen: null });

/** Whether the point is from the map and the address has become another since. */
export const isElsewhere = ({ point, pointBy, pointOf, address }: Spot): boolean => point !== null && pointBy !== 'address' && pointOf !== '' && !isOf(pointOf, address);

/** Whether a place is still to be chosen: there is no point, or none of this address. */
export const isOpen = (spot: Spot): boolean => spot.point === null || isElsewhere(spot);
