import { expect, test } from 'vitest';
import { RADII, radiiWith, toldRadius } from './radius';

test('what is told of a place is never taken for more exact than it is', () => {
  expect([9600, 3000.2, 640, 50, 4.2].map(toldRadius)).toEqual([9600, 3001, 640, 50, 10]);
});

test('the number that is told stands among the choices, in its place', () => {
  expect(radiiWith(9600)).toEqual([50, 100, 300, 1000, 3000, 9600]);
  expect(radiiWith(640)).toEqual([50, 100, 300, 640, 1000, 3000]);
  expect(radiiWith(300)).toEqual(RADII);
});
