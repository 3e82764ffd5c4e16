import { expect, test } from 'vitest';
import { gather, MOST_APART, type Mark } from './incident-groups';

const ALMATY = { west: 76, south: 43, east: 78, north: 44 };
const at = (nth: number, lat: number, lon: number, rank = 4): Mark => ({ id: `i${nth}`, point: { lat, lon }, rank });
const crowd = (count: number) => Array.from({ length: count }, (_, nth) => at(nth, 43.1 + ((nth * 37) % 100) / 125, 76.2 + ((nth * 61) % 100) / 62));

test('few are apart, wherever they are; what is out of sight is left out', () => {
  const { apart, groups } = gather([at(0, 43.25, 76.9), at(1, 43.25, 76.9), at(2, 51.1, 71.4)], ALMATY, 8);
  expect([apart.map(({ id }) => id), groups]).toEqual([['i0', 'i1'], []]);
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

test('near enough, all are apart however many they are', () => {
  expect(gather(crowd(400), ALMATY, 16).groups).toEqual([]);
});

test('a group stays the same when the map is dragged', () => {
  const all = crowd(2_000);
  const names = (west: number) => gather(all, { ...ALMATY, west }, 9).groups.map(({ members }) => members.map(({ id }) => id).sort().join());
  const [before, after] = [names(76), names(75)];
  expect(after).toEqual(before);
});
