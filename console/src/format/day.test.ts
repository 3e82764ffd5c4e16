import { expect, test } from 'vitest';
import { readDay, writtenDay } from './day';

test.each([
  ['23.11.2026', false, '2026-11-23'],
  ['3/1/2026', false, '2026-01-03'],
  ['2026-11-23', false, '2026-11-23'],
  ['23.11.2026 14:03', true, '2026-11-23T14:03'],
  ['23.11.2026 7:03', true, '2026-11-23T07:03'],
  ['23.11.2026', true, '2026-11-23T00:00'],
  ['2026-11-23T14:03', true, '2026-11-23T14:03'],
  ['23.11.2026 14:03', false, null],
  ['31.02.2026', false, null],
  ['23.11.2026 24:10', true, null],
  ['11/23/2026', false, null],
  ['23.11', false, null],
  ['', false, null],
] as const)('%s, with a time: %s', (text, withTime, held) => {
  expect(readDay(text, withTime)).toBe(held);
});

test('what is held is written as the desk writes it, and read again as it was', () => {
  for (const [held, withTime] of [['2026-11-23', false], ['2026-11-23T14:03', true]] as const) expect(readDay(writtenDay(held), withTime)).toBe(held);
  expect(writtenDay('')).toBe('');
});
