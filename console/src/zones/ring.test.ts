import { expect, test } from 'vitest';
import { area, circle, closed, corner, fault, holds, read, written, type Corner } from './ring';

const SQUARE: Corner[] = [
  [76, 43],
  [77, 43],
  [77, 44],
  [76, 44],
];

test('two corners enclose nothing, and a border that crosses itself encloses no zone', () => {
  expect(fault(SQUARE.slice(0, 2))).toBe('too-few');
  expect(fault([SQUARE[0]!, SQUARE[2]!, SQUARE[1]!, SQUARE[3]!])).toBe('crossing');
  expect(fault(SQUARE)).toBeNull();
});

test('the border is closed for the hub, whose first corner is its last', () => {
  const ring = closed(SQUARE).coordinates[0]!;
  expect(ring).toHaveLength(5);
  expect(ring[4]).toEqual(ring[0]);
});

test('what lies in a zone is in it, and latitude and longitude are not exchanged', () => {
  expect(holds(SQUARE, { lat: 43.5, lon: 76.5 })).toBe(true);
  expect(holds(SQUARE, { lat: 76.5, lon: 43.5 })).toBe(false);
  // A zone that is not convex: the bay is outside.
  const bay: Corner[] = [[0, 0], [4, 0], [4, 4], [2, 1], [0, 4]];
  expect(holds(bay, { lat: 3, lon: 2 })).toBe(false);
  expect(holds(bay, { lat: 0.5, lon: 2 })).toBe(true);
});

test('a degree by a degree at 43.5° has about 8,970 km², and a circle the area of the circle', () => {
  expect(area(SQUARE)).toBeGreaterThan(8_900);
  expect(area(SQUARE)).toBeLessThan(9_050);
  const middle = { lat: 43.25, lon: 76.9 };
  const round = circle(middle, 1000);
  expect(area(round)).toBeGreaterThan(3.1);
  expect(holds(round, middle)).toBe(true);
  expect(fault(round)).toBeNull();
});

test.each([
  ['43.24010 76.95120\n43.25 76.96', 2],
  ['43,2401 76,9512', 1],
  ['43.2401, 76.9512\n\n43.3; 76.9', 2],
  ['', 0],
])('corners are read as people write them: %j', (text, count) => {
  expect(read(text)).toHaveLength(count);
});

test('what is no place is said to be none', () => {
  expect(read('43.24 76.95\nАбая 10')).toBeNull();
  expect(read('143.2 76.9')).toBeNull();
});

test('corners are read back as they were written', () => {
  const ring = [corner(76.9512, 43.2401), corner(76.9, 43.3)];
  expect(read(written(ring))).toEqual(ring);
});
