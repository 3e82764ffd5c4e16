import { expect, test } from 'vitest';
import { gatherNear } from './near';

const of = (places: readonly (readonly [number, number])[], reach: number) => gatherNear(places.length, (nth) => places[nth]![0], (nth) => places[nth]![1], reach);

test('what stands in one place is one group, and the first of it leads', () => {
  expect(of([[5, 5], [50, 5], [5, 5], [5.5, 5]], 10)).toEqual([[0, 2, 3], [1]]);
});

test('no two leaders are within reach of one another, whichever cell they are in; nobody is lost', () => {
  const places = Array.from({ length: 400 }, (_, nth) => [((nth * 37) % 101) * 1.3, ((nth * 61) % 103) * 1.1] as const);
  const groups = of(places, 18);
  expect(groups.flat().sort((a, b) => a - b)).toEqual(places.map((_, nth) => nth));
  const leaders = groups.map(([first]) => places[first!]!);
  for (const [n, [x, y]] of leaders.entries()) for (const [otherX, otherY] of leaders.slice(n + 1)) expect(Math.hypot(x - otherX, y - otherY)).toBeGreaterThanOrEqual(18);
});
