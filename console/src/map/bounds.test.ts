import { expect, test } from 'vitest';
import { boundsOf, middleOf } from './bounds';

const square = (from: number, side: number) => [[[from, from], [from + side, from], [from + side, from + side], [from, from + side], [from, from]]];

test('a shape is named once, in the middle of its largest part', () => {
  expect(middleOf({ type: 'Polygon', coordinates: square(10, 4) })).toEqual([12, 12]);
  expect(middleOf({ type: 'MultiPolygon', coordinates: [square(0, 1), square(20, 2)] })).toEqual([21, 21]);
  expect(middleOf(undefined)).toBeUndefined();
});

test('the box of a shape holds all its parts', () => {
  expect(boundsOf({ type: 'MultiPolygon', coordinates: [square(0, 1), square(20, 2)] })).toEqual([0, 0, 22, 22]);
});
