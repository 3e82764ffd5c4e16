import { afterEach, beforeAll, expect, test, vi } from 'vitest';

vi.mock('../i18n', () => ({ t: (key: string, of: { n?: number; time?: string }) => `${key}:${of.n ?? of.time}` }));

let time: typeof import('./time');
beforeAll(async () => {
  time = await import('./time');
});

test('the clock of the country is five hours ahead of UTC, also before and after midnight', () => {
  expect(time.atSecond('2026-11-23T09:03:22Z')).toBe('14:03:22');
  expect(time.onDayAtMinute('2026-11-23T19:30:00Z')).toBe('24.11.2026 00:30');
});

afterEach(() => vi.unstubAllEnvs());

test.each(['UTC', 'Asia/Almaty', 'America/New_York'])('a time that is written at the desk is of the clock of the country, with a browser in %s', (zone) => {
  vi.stubEnv('TZ', zone);
  if (zone === 'America/New_York') expect(new Date('2026-11-24T00:30').toISOString()).toBe('2026-11-24T05:30:00.000Z');
  expect(time.momentOf('2026-11-24T00:30')).toBe('2026-11-23T19:30:00.000Z');
  expect(time.onDayAtMinute(time.momentOf('2026-11-24T00:30'))).toBe('24.11.2026 00:30');
});

test('a timer counts minutes and seconds and grows an hour', () => {
  expect(time.timer(42_000)).toBe('00:42');
  expect(time.timer(3_753_000)).toBe('1:02:33');
  expect(time.timer(-1_500)).toBe('00:00');
});

test('a deadline is said to be left, or late by so much', () => {
  const due = '2026-11-23T09:00:00Z';
  expect(time.deadlineSaid(due, Date.parse('2026-11-23T08:48:00Z'))).toBe('time-left:ago-minutes:12 ago-seconds:0');
  expect(time.deadlineSaid(due, Date.parse('2026-11-23T09:00:42Z'))).toBe('time-late:ago-seconds:42');
});

test('how long is said with its units, to the second below an hour', () => {
  expect(time.lasting(535_900)).toBe('ago-minutes:8 ago-seconds:55');
  expect(time.lasting(3_753_000)).toBe('ago-hours:1 ago-minutes:2');
  expect(time.lasting(-5)).toBe('ago-seconds:0');
});

test('a span is said in the unit that fits', () => {
  expect(time.span(40)).toBe('ago-seconds:40');
  expect(time.span(300)).toBe('ago-minutes:5');
  expect(time.span(7200)).toBe('ago-hours:2');
});
