import { expect, test } from 'vitest';
import { wayFeatures, type Way } from './ways.svelte';

const way = (unit: string, line: number[][]) => ({ unit, line, position: { point: { lat: 43.2, lon: 76.9 } } }) as unknown as Way;
const PLACE = { lat: 43.3, lon: 77 };

test('a way runs along its roads, and where no road is known straight to the place', () => {
  const road = [[76.9, 43.2], [76.95, 43.2], [77, 43.3]];
  const { features } = wayFeatures([way('a', road), way('b', [])], PLACE);
  expect(features.map((one) => one.geometry)).toEqual([
    { type: 'LineString', coordinates: road },
    { type: 'LineString', coordinates: [[76.9, 43.2], [77, 43.3]] },
  ]);
  expect(features.map((one) => one.properties?.['road'])).toEqual([true, false]);
});

test('an incident without a place has no ways', () => {
  expect(wayFeatures([way('a', [])], null).features).toHaveLength(0);
});
