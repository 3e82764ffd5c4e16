// Incidents that stand for many when they are too many to tell apart: gathered here by where they are on the screen, so
// that the map is given what is in view and never all of thousands.
import { eastOf, latOf, lonOf, southOf, TILE, type Box } from './fleet';

/** An incident as a map draws it. */
export interface Mark {
  id: string;
  point: { lat: number; lon: number };
  /** 1 is the gravest, 4 the least. */
  rank: number;
}

export interface Group<M extends Mark> {
  /** Of all of them. */
  middle: { lat: number; lon: number };
  gravest: number;
  members: M[];
}

/** Those nearer to one another than this are one group, pixels. */
const RADIUS = 45;
/** As many as this in view stand for themselves. */
export const MOST_APART = 150;
/** From this zoom on all stand for themselves. */
const ALWAYS_APART = 16;

/** What of them is in the box, single or gathered. */
export function gather<M extends Mark>(marks: readonly M[], box: Box, zoom: number): { apart: M[]; groups: Group<M>[] } {
  const inside = marks.filter(({ point }) => point.lon >= box.west && point.lon <= box.east && point.lat >= box.south && point.lat <= box.north);
  if (inside.length <= MOST_APART || zoom >= ALWAYS_APART) return { apart: inside, groups: [] };

  // Cells count from the corner of the world, so that a group stays the same while the map is dragged.
  const side = RADIUS / (TILE * 2 ** zoom);
  const cells = new Map<number, Cell<M>>();
  const key = (column: number, row: number) => row * 2 ** 26 + column;
  for (const mark of inside) {
    const [x, y] = [eastOf(mark.point.lon), southOf(mark.point.lat)];
    const [column, row] = [Math.floor(x / side), Math.floor(y / side)];
    let cell = cells.get(key(column, row));
    if (cell === undefined) cells.set(key(column, row), (cell = { column, row, x: 0, y: 0, members: [], gone: false }));
    cell.x += x;
    cell.y += y;
    cell.members.push(mark);
  }

  // The largest take in their neighbours, as far as they would stand on one another.
  const bySize = [...cells.values()].sort((a, b) => b.members.length - a.members.length || a.row - b.row || a.column - b.column);
  for (const cell of bySize) {
    if (cell.gone) continue;
    const [x, y] = middle(cell);
    for (let row = cell.row - 1; row <= cell.row + 1; row++) {
      for (let column = cell.column - 1; column <= cell.column + 1; column++) {
        const other = cells.get(key(column, row));
        if (other === undefined || other === cell || other.gone) continue;
        const [otherX, otherY] = middle(other);
        if (Math.hypot(otherX - x, otherY - y) > side) continue;
        cell.x += other.x;
        cell.y += other.y;
        cell.members.push(...other.members);
        other.gone = true;
      }
    }
  }

  const apart: M[] = [];
  const groups: Group<M>[] = [];
  for (const cell of bySize) {
    if (cell.gone) continue;
    const { members } = cell;
    const [x, y] = middle(cell);
    if (members.length === 1) apart.push(members[0]!);
    else groups.push({ middle: { lat: latOf(y), lon: lonOf(x) }, gravest: members.reduce((least, { rank }) => Math.min(least, rank), 4), members });
  }
  return { apart, groups };
}

interface Cell<M> {
  column: number;
  row: number;
  /** Sums of the places of its members. */
  x: number;
  y: number;
  members: M[];
  gone: boolean;
}

const middle = <M>({ x, y, members }: Cell<M>): [number, number] => [x / members.length, y / members.length];
