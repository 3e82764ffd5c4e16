import { expect, test } from 'vitest';
import { digitTo, menuOf } from './screens';

test.each(['duty_officer', 'manager', 'administrator', 'agency'] as const)('%s: every screen of the menu has a digit of its own', (role) => {
  const digits = menuOf(role).map(digitTo);
  expect(digits.length).toBeGreaterThan(1);
  expect(new Set(digits).size).toBe(digits.length);
});
