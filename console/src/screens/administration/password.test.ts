import { expect, test } from 'vitest';
import { newPassword } from './password';

test('a password is five groups of four signs that nobody mistakes', () => {
  expect(newPassword()).toMatch(/^([a-hjkmnp-z2-9]{4}-){4}[a-hjkmnp-z2-9]{4}$/);
  expect(newPassword()).not.toBe(newPassword());
});

test('bytes that would favour some signs are thrown away', () => {
  let round = 0;
  const first = newPassword((count) => new Uint8Array(count).fill(round++ === 0 ? 255 : 0));
  expect(first).toBe('aaaa-aaaa-aaaa-aaaa-aaaa');
  expect(round).toBe(2);
});
