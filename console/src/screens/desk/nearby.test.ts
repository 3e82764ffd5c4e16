import { expect, test } from 'vitest';
import type { Incident } from '../../api/types';
import { metres, nearby } from './nearby';

const card = (id: string, point: { lat: number; lon: number } | null, exercise = false, opened_at = '2026-11-23T08:00:00Z') =>
  ({ id, exercise, opened_at, locations: point === null ? [] : [{ location: { fix: { point } } }] }) as unknown as Incident;

test('a degree of the meridian is 111 km', () => {
  expect(metres({ lat: 43, lon: 77 }, { lat: 44, lon: 77 })).toBeCloseTo(111_195, -1);
});

test('the nearest stands first, what has no place last, and an exercise beside the real nowhere', () => {
  const of = card('here', { lat: 43.24, lon: 76.95 });
  const found = nearby(of, [
    card('nowhere', null),
    card('far', { lat: 43.4, lon: 76.95 }),
    of,
    card('near', { lat: 43.241, lon: 76.95 }),
    card('exercise', { lat: 43.24, lon: 76.95 }, true),
  ]);
  expect(found.map((one) => one.incident.id)).toEqual(['near', 'far', 'nowhere']);
  expect(found[2]!.metres).toBeNull();
});
