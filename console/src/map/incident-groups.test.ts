import { expect, test } from 'vitest';
import { eastOf, southOf, TILE } from './fleet';
import { gather, isExercise, MOST_APART, rankOf, TOUCHING, urgencyOf, type Mark } from './incident-groups';

const ALMATY = { west: 76, south: 43, east: 78, north: 44 };
const at = (nth: number, lat: number, lon: number, rank = 4): Mark => ({ id: `i${nth}`, point: { lat, lon }, rank });
const crowd = (count: number) => Array.from({ length: count }, (_, nth) => at(nth, 43.1 + ((nth * 37) % 100) / 125, 76.2 + ((nth * 61) % 100) / 62));

const ids = (marks: readonly Mark[]) => marks.map(({ id }) => id);

test('few that can be told apart are apart; what is out of sight is left out', () => {
  const { apart, groups } = gather([at(0, 43.25, 76.9), at(1, 43.25, 76.95), at(2, 51.1, 71.4)], ALMATY, 12);
  expect([ids(apart), groups]).toEqual([['i0', 'i1'], []]);
});

test('of few that would cover one another there is one sign: how many, the gravest, and where that is', () => {
  const gravest = at(1, 43.2402, 76.9452, 1);
  const { apart, groups } = gather([at(0, 43.24, 76.945, 3), gravest, at(2, 43.24, 76.945)], ALMATY, 12);
  expect(apart).toEqual([]);
  expect(groups.map((one) => [one.gravest, one.middle, one.members.length])).toEqual([[1, gravest.point, 3]]);
  const near = gather(groups[0]!.members, ALMATY, 16);
  expect([near.groups, near.apart, ids(near.fans.flatMap(({ members }) => members.map(({ mark }) => mark))).sort()]).toEqual([[], [], ['i0', 'i1', 'i2']]);
});

test('no two signs of few are nearer to one another than they may be', () => {
  const zoom = 10;
  const { apart, groups } = gather(crowd(MOST_APART), ALMATY, zoom);
  const signs = [...apart.map(({ point }) => point), ...groups.map(({ middle }) => middle)].map(({ lon, lat }) => [eastOf(lon), southOf(lat)].map((part) => part * TILE * 2 ** zoom) as [number, number]);
  for (const [n, [x, y]] of signs.entries()) for (const [otherX, otherY] of signs.slice(n + 1)) expect(Math.hypot(x - otherX, y - otherY)).toBeGreaterThanOrEqual(TOUCHING);
});

test('where a town is as small as a sign, a few incidents of it are one', () => {
  const six = [at(0, 43.2365, 76.9287, 3), at(1, 43.2709, 76.9301, 3), at(2, 43.2262, 76.9051, 2), at(3, 43.2384, 76.9453, 1), at(4, 43.2189, 76.8921), at(5, 43.2401, 76.9512, 1)];
  const { apart, groups } = gather(six, ALMATY, 6.5);
  expect([apart, groups.map((one) => [one.gravest, one.members.length])]).toEqual([[], [[1, 6]]]);
});

test('the chosen one stands alone, and says whom it stands on', () => {
  const chosen = at(0, 43.24, 76.95, 3);
  const { apart, groups, under } = gather([chosen, at(1, 43.24, 76.95, 1), at(2, 43.24, 76.95, 2), at(3, 43.3, 76.95)], ALMATY, 12, chosen);
  expect([ids(apart), groups, ids(under).sort()]).toEqual([['i3'], [], ['i1', 'i2']]);
});

test('of many nobody is lost and nobody counted twice', () => {
  const all = crowd(5_000);
  const { apart, groups } = gather(all, ALMATY, 9);
  const found = [...apart, ...groups.flatMap(({ members }) => members)].map(({ id }) => id).sort();
  expect(found).toEqual(all.map(({ id }) => id).sort());
  expect(groups.length + apart.length).toBeLessThan(500);
});

test('a group says the gravest of its members, and stands among them', () => {
  const many = [...crowd(MOST_APART), ...[3, 1, 2].map((rank, nth) => at(9000 + nth, 43.99 - nth / 1e5, 77.99, rank))];
  const { groups } = gather(many, ALMATY, 9);
  const corner = groups.find(({ members }) => members.some(({ id }) => id === 'i9001'))!;
  expect(corner.gravest).toBe(1);
  expect(corner.middle.lat).toBeGreaterThan(43.8);
});

/** The distances of all from one another on the screen, the least of them, pixels. */
const least = (points: readonly Mark['point'][], zoom: number) => {
  const places = points.map(({ lat, lon }) => [eastOf(lon) * TILE * 2 ** zoom, southOf(lat) * TILE * 2 ** zoom] as const);
  return Math.min(...places.flatMap(([x, y], n) => places.slice(n + 1).map(([otherX, otherY]) => Math.hypot(x - otherX, y - otherY))));
};

test.each([2, 3, 7, 40])('near enough, %i at one point stand around it, each to be seen, the chosen one as well', (count) => {
  const all = Array.from({ length: count }, (_, nth) => at(nth, 43.24, 76.95, (nth % 4) + 1));
  const beside = at(99, 43.24, 76.9502);
  const { apart, groups, fans, under } = gather([...all, beside, at(100, 43.26, 76.95)], ALMATY, 17, all[1]);
  expect([ids(apart), groups, under, fans.length]).toEqual([['i100'], [], [], 1]);
  const { members } = fans[0]!;
  expect(ids(members.map(({ mark }) => mark)).sort()).toEqual(ids([...all, beside]).sort());
  expect(least(members.map(({ at: place }) => place), 17)).toBeGreaterThan(TOUCHING);
  // Whoever is chosen, nobody moves.
  expect(gather([...all, beside], ALMATY, 17, all[0]).fans).toEqual(fans);
});

test('near enough, those that can be told apart stand where they are', () => {
  const [one, other] = [at(0, 43.24, 76.95), at(1, 43.24, 76.9504)];
  expect(gather([one, other], ALMATY, 17)).toEqual({ apart: [one, other], groups: [], fans: [], under: [] });
});

test('near enough, all are apart however many they are', () => {
  expect(gather(crowd(400), ALMATY, 16).groups).toEqual([]);
});

test('a group stays the same when the map is dragged', () => {
  const all = crowd(2_000);
  const names = (west: number) => gather(all, { ...ALMATY, west }, 9).groups.map(({ members }) => members.map(({ id }) => id).sort().join());
  const [before, after] = [names(76), names(75)];
  expect(after).toEqual(before);
});

test('an exercise, however urgent, stands before nothing real, and a group of exercises alone says so', () => {
  const real = at(0, 43.2401, 76.95, rankOf(4, false));
  const played = [1, 2].map((nth) => at(nth, 43.24, 76.95, rankOf(1, true)));
  const { groups } = gather([...played, real], ALMATY, 12);
  expect(groups.map(({ gravest, middle }) => [gravest, middle])).toEqual([[4, real.point]]);
  const alone = gather(played, ALMATY, 12).groups.map(({ gravest }) => [isExercise(gravest), urgencyOf(gravest)]);
  expect(alone).toEqual([[true, 1]]);
  expect([isExercise(4), urgencyOf(4)]).toEqual([false, 4]);
});
