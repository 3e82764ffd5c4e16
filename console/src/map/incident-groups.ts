// Incidents that stand for many when they are too many to tell apart: gathered here by where they are on the screen, so
// that the map is given what is in view and never all of thousands.
import { around } from './fan';
import { gatherNear } from './near';
import { eastOf, latOf, lonOf, southOf, TILE, type Box } from './fleet';

/** An incident as a map draws it. */
export interface Mark {
  id: string;
  point: { lat: number; lon: number };
  /** 1 is the gravest, 4 the least; what is an exercise comes after all that is real, 5 to 8: it hides none and leads none. */
  rank: number;
}

export interface Group<M extends Mark> {
  /** Where it is drawn: in the middle of them all, or, where they stand on one another, at the gravest. */
  middle: { lat: number; lon: number };
  gravest: number;
  members: M[];
}

/** Some that lie on one another, drawn around where they are. */
export interface Fan<M extends Mark> {
  middle: { lat: number; lon: number };
  members: { mark: M; at: { lat: number; lon: number } }[];
}

export interface Gathered<M extends Mark> {
  apart: M[];
  groups: Group<M>[];
  /** From the zoom on where all stand for themselves. The chosen one may be among them. */
  fans: Fan<M>[];
  /** Those that the chosen one stands on. */
  under: M[];
}

/** Of a crowd those nearer to one another than this are one group, pixels. */
const RADIUS = 45;
/** Of a few those nearer than this: their symbols would cover one another. */
export const TOUCHING = 20;
/** As many as this in view are few. */
export const MOST_APART = 150;
/** Below this zoom a town is smaller than its incidents: however few, they are a crowd. */
const FEW_FROM = 9;
/** From this zoom on all stand for themselves. */
const ALWAYS_APART = 16;
/** What is within this of others that lie on one another stands around with them: there it would be covered. */
const FANNED = 52;

/** What of them is in the box, single or gathered; the chosen one stands alone, and covers nobody in silence. */
export function gather<M extends Mark>(marks: readonly M[], box: Box, zoom: number, chosen?: M): Gathered<M> {
  const within = marks.filter(({ point }) => point.lon >= box.west && point.lon <= box.east && point.lat >= box.south && point.lat <= box.north);
  if (zoom >= ALWAYS_APART) return fanned(within, zoom, chosen);
  const inside = within.filter((one) => one !== chosen);
  const few = inside.length <= MOST_APART && zoom >= FEW_FROM;
  return beside(few ? ofFew(inside, zoom) : ofCrowd(inside, zoom), chosen, zoom);
}

const LEAST = 4;

/** The rank of what is so urgent. */
export const rankOf = (urgency: number, exercise: boolean): number => (exercise ? urgency + LEAST : urgency);

/** Whether all of a group is an exercise, by its gravest; and how urgent that is. */
export const isExercise = (rank: number): boolean => rank > LEAST;
export const urgencyOf = (rank: number): number => (isExercise(rank) ? rank - LEAST : rank);

const gravestOf = (members: readonly Mark[]) => members.reduce((least, { rank }) => Math.min(least, rank), 2 * LEAST);

/** Who is near to whom on the screen: the gravest leads. */
function near<M extends Mark>(inside: readonly M[], zoom: number, reach: number): M[][] {
  const world = TILE * 2 ** zoom;
  const order = [...inside].sort((a, b) => a.rank - b.rank || (a.id < b.id ? -1 : 1));
  const places = order.map(({ point }) => [eastOf(point.lon) * world, southOf(point.lat) * world] as const);
  return gatherNear(order.length, (nth) => places[nth]![0], (nth) => places[nth]![1], reach).map((some) => some.map((nth) => order[nth]!));
}

/** Each by itself; those that would lie on one another around where they are. The chosen one has its place among them as before it
 * was chosen: what somebody clicks at does not move away. */
function fanned<M extends Mark>(within: readonly M[], zoom: number, chosen: M | undefined): Gathered<M> {
  const world = TILE * 2 ** zoom;
  const made: Gathered<M> = { apart: [], groups: [], fans: [], under: [] };
  for (const members of near(within, zoom, FANNED)) {
    if (near(members, zoom, TOUCHING).length === members.length) {
      made.apart.push(...members.filter((one) => one !== chosen));
      continue;
    }
    const { point } = members[0]!;
    const places = around(members.length);
    const at = (nth: number) => ({ lat: latOf(southOf(point.lat) + places[nth]!.y / world), lon: lonOf(eastOf(point.lon) + places[nth]!.x / world) });
    made.fans.push({ middle: point, members: members.map((mark, nth) => ({ mark, at: at(nth) })) });
  }
  return made;
}

/** Symbols that touch, about the gravest of them. */
function ofFew<M extends Mark>(inside: readonly M[], zoom: number): Gathered<M> {
  const made: Gathered<M> = { apart: [], groups: [], fans: [], under: [] };
  for (const members of near(inside, zoom, TOUCHING)) {
    if (members.length === 1) made.apart.push(members[0]!);
    else made.groups.push({ middle: members[0]!.point, gravest: gravestOf(members), members });
  }
  return made;
}

/** What the chosen one would stand on goes under it. */
function beside<M extends Mark>({ apart, groups }: Gathered<M>, chosen: M | undefined, zoom: number): Gathered<M> {
  if (chosen === undefined) return { apart, groups, fans: [], under: [] };
  const world = TILE * 2 ** zoom;
  const [x, y] = [eastOf(chosen.point.lon), southOf(chosen.point.lat)];
  const covered = ({ lat, lon }: Mark['point']) => Math.hypot(eastOf(lon) - x, southOf(lat) - y) * world < TOUCHING;
  return {
    apart: apart.filter(({ point }) => !covered(point)),
    groups: groups.filter(({ middle }) => !covered(middle)),
    fans: [],
    under: [...groups.filter(({ middle }) => covered(middle)).flatMap(({ members }) => members), ...apart.filter(({ point }) => covered(point))],
  };
}

function ofCrowd<M extends Mark>(inside: readonly M[], zoom: number): Gathered<M> {
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
    else groups.push({ middle: { lat: latOf(y), lon: lonOf(x) }, gravest: gravestOf(members), members });
  }
  return { apart, groups, fans: [], under: [] };
}

/** What counts toward a group of a crowd. */
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
