import { expect, test } from 'vitest';
import type { Unit } from '../../api/types';
import { at, stations } from './stations';

const HOME = { lat: 43.2, lon: 76.9 };
const unit = (id: string, station: string, home = HOME, source = 'station') =>
  ({ id, station, home, position: { point: home, at: '2026-01-01T00:00:00Z', source, accuracy: null } }) as unknown as Unit;

test('units are gathered by their station, and a station whose units disagree on its place says so', () => {
  const found = stations([unit('a', 'Station 10'), unit('b', 'Station 9'), unit('c', 'Station 10', { lat: 43.3, lon: 76.9 }), unit('d', ' ')]);
  expect(found.map((one) => [one.name, one.units.length, one.one])).toEqual([['Station 9', 1, true], ['Station 10', 2, false]]);
});

test('a station that moves takes the units that wait there along, and leaves those under way where they are', () => {
  const to = { name: 'Station 11', home: { lat: 43.25, lon: 76.95 } };
  const now = new Date('2026-11-27T00:00:00Z');
  expect(at(unit('a', 'x'), to, now)).toMatchObject({ station: 'Station 11', home: to.home, position: { point: to.home, at: now.toISOString() } });
  expect(at(unit('b', 'x', HOME, 'avl'), to, now)).toMatchObject({ home: to.home, position: { point: HOME } });
});
