// How many rows of a list that lies over a map have room there.

/** Of rows so high, those that fit into `room`; where some are left out, a line so high as `more` says how many. `others`: some are left out anyway. */
export function fitting(heights: readonly number[], room: number, more: number, others = false): number {
  const all = heights.reduce((sum, height) => sum + height, 0);
  if (all + (others ? more : 0) <= room) return heights.length;
  let [high, n] = [more, 0];
  for (const height of heights) {
    high += height;
    if (high > room) break;
    n += 1;
  }
  return n;
}
