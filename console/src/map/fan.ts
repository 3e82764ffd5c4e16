// Symbols that would lie on one another where the map can be drawn no larger: they stand around their place, each to be seen
// and chosen.

/** From the middle of one to that of its neighbour, pixels. */
const STEP = 32;
/** The first ring about the place. */
const FIRST = 28;

/** Where so many stand about a place, pixels east and south of it: on a ring, and on wider ones for whom that has no room;
 * the first at the top. */
export function around(count: number): { x: number; y: number }[] {
  const places: { x: number; y: number }[] = [];
  for (let ring = 0, left = count; left > 0; ring++) {
    const radius = FIRST + ring * STEP;
    const some = Math.min(left, Math.floor((2 * Math.PI * radius) / STEP));
    for (let nth = 0; nth < some; nth++) {
      const angle = (nth / some) * 2 * Math.PI;
      places.push({ x: radius * Math.sin(angle), y: -radius * Math.cos(angle) });
    }
    left -= some;
  }
  return places;
}
