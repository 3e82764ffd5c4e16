import { expect, test } from 'vitest';
import { fitting } from './fitting';

test('as many rows as have room stand there; where not all do, one line says how many more', () => {
  expect(fitting([20, 20, 20], 60, 20)).toBe(3);
  expect(fitting([20, 20, 20], 59, 20)).toBe(1);
  expect(fitting([20, 40, 20], 65, 20)).toBe(1);
  expect(fitting([20, 40, 20], 0, 20)).toBe(0);
  expect(fitting([], 0, 20)).toBe(0);
});

test('of more than are listed the line that says so has room as well', () => {
  expect(fitting([20, 20, 20], 60, 20, true)).toBe(2);
  expect(fitting([20, 20, 20], 80, 20, true)).toBe(3);
});
