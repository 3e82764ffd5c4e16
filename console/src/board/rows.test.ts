import { expect, test } from 'vitest';
import { step } from './rows';

test('the first step enters the list at its near end', () => {
  expect(step(-1, 1, 5)).toBe(0);
  expect(step(-1, -1, 5)).toBe(4);
});

test('a step stops at either end and goes nowhere in an empty list', () => {
  expect([step(4, 1, 5), step(0, -1, 5), step(2, 1, 5), step(-1, 1, 0)]).toEqual([4, 0, 3, -1]);
});
