// The distances that are proposed for a release, and the night that the tables mean.
import { expect, test, vi } from 'vitest';
import { isNight, rowFor, vessels, type Substance } from './release';

// The preferences are those of a browser's page; there is none here.
vi.mock('../state/preferences.svelte', () => ({ preferences: { language: 'en' } }));

const row = (spill: 'small' | 'large', vessel: 'rail_tank_car' | 'road_tank' | null, wind: 'low' | 'high' | null, isolation: number, day: number, night: number) => ({
  spill,
  vessel,
  wind,
  isolation,
  day: { metres: day, or_more: false },
  night: { metres: night, or_more: night === 11_000 },
  source: 'ERG 2024 Table 3',
  verified: true,
});

const chlorine: Substance = {
  key: 'chlorine',
  un: 1017,
  spilled_on: null,
  known: true,
  names: { kk: 'Хлор', ru: 'Хлор', en: 'Chlorine' },
  rows: [
    row('small', null, null, 60, 300, 1_500),
    row('large', 'rail_tank_car', 'low', 1_000, 9_600, 11_000),
    row('large', 'rail_tank_car', 'high', 1_000, 5_100, 6_500),
    row('large', 'road_tank', 'low', 600, 5_600, 6_400),
    row('large', 'road_tank', 'high', 600, 2_500, 3_800),
  ],
};

test('a small spill asks neither for the vessel nor for the wind', () => {
  expect(vessels(chlorine, 'small')).toEqual([]);
  expect(rowFor(chlorine, { spill: 'small', night: false, vessel: 'road_tank', wind: 'high' })?.isolation).toBe(60);
});

test('what is not known is taken at its worst, and what is known counts', () => {
  expect(vessels(chlorine, 'large')).toEqual(['rail_tank_car', 'road_tank']);
  expect(rowFor(chlorine, { spill: 'large', night: true, vessel: null, wind: null })?.night).toEqual({ metres: 11_000, or_more: true });
  expect(rowFor(chlorine, { spill: 'large', night: true, vessel: null, wind: 'high' })?.night.metres).toBe(6_500);
  expect(rowFor(chlorine, { spill: 'large', night: false, vessel: 'road_tank', wind: null })?.day.metres).toBe(5_600);
  expect(rowFor(chlorine, { spill: 'large', night: false, vessel: 'road_tank', wind: 'high' })?.isolation).toBe(600);
});

test('night is from sunset to sunrise at the place', () => {
  const almaty = (time: string) => isNight(Date.parse(time), 43.24, 76.95);
  // Midsummer there: sunrise at 04:14, sunset at 19:36 of UTC+5.
  expect(almaty('2026-06-21T03:50:00+05:00')).toBe(true);
  expect(almaty('2026-06-21T04:40:00+05:00')).toBe(false);
  expect(almaty('2026-06-21T19:15:00+05:00')).toBe(false);
  expect(almaty('2026-06-21T20:00:00+05:00')).toBe(true);
  // Midwinter: 07:20 to 16:17.
  expect(almaty('2026-12-21T07:00:00+05:00')).toBe(true);
  expect(almaty('2026-12-21T08:00:00+05:00')).toBe(false);
  expect(almaty('2026-12-21T15:50:00+05:00')).toBe(false);
  expect(almaty('2026-12-21T16:45:00+05:00')).toBe(true);
  // Aktau lies 26° farther west, and is dark later.
  expect(isNight(Date.parse('2026-12-21T16:45:00+05:00'), 43.65, 51.16)).toBe(false);
});
