// What stands on one another: points gathered about leaders, each of which keeps a distance from all others.

/**
 * Groups of what lies within `reach` of the first of each group. The order says who leads: a point leads where no leader
 * before it is within reach, and otherwise goes to the nearest. So no two leaders are nearer to one another than `reach`.
 */
export function gatherNear(count: number, x: (nth: number) => number, y: (nth: number) => number, reach: number): number[][] {
  const groups: number[][] = [];
  const led = new Map<string, number[]>();
  for (let nth = 0; nth < count; nth++) {
    const [column, row] = [Math.floor(x(nth) / reach), Math.floor(y(nth) / reach)];
    let [best, least] = [-1, reach];
    for (let dy = -1; dy <= 1; dy++) {
      for (let dx = -1; dx <= 1; dx++) {
        for (const group of led.get(`${column + dx},${row + dy}`) ?? []) {
          const leader = groups[group]![0]!;
          const far = Math.hypot(x(leader) - x(nth), y(leader) - y(nth));
          if (far < least) [best, least] = [group, far];
        }
      }
    }
    if (best >= 0) {
      groups[best]!.push(nth);
      continue;
    }
    const cell = `${column},${row}`;
    const there = led.get(cell);
    if (there === undefined) led.set(cell, [groups.length]);
    else there.push(groups.length);
    groups.push([nth]);
  }
  return groups;
}
