import { beforeAll, expect, test, vi } from 'vitest';

vi.mock('../i18n', () => ({ t: (key: string, of: { n: number }) => `${key}:${of.n}` }));

let time: typeof import('./time');
beforeAll(async () => {
  time = await import('./time');
});

test('the clock of the country is five hours ahead of UTC, also before and after midnight', () => {
  expect(time.atSecond('2026-11-23T09:03:22Z')).toBe('14:03:22');
  expect(time.onDayAtMinute('2026-11-23T19:30:00Z')).toBe('24.11.2026 00:30');
});

test('a timer counts minutes and seconds and grows an hour', () => {
  expect(time.timer(42_000)).toBe('00:42');
  expect(time.timer(3_753_000)).toBe('1:02:33');
  expect(time.timer(-61_000)).toBe('−01:01');
});

test('a span is said in the unit that fits', () => {
  expect(time.span(40)).toBe('ago-seconds:40');
  expect(time.span(300)).toBe('ago-minutes:5');
  expect(time.span(7200)).toBe('ago-hours:2');
});
