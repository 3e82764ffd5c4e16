// What lies in a zone as the officer reads it: a list that is cut says so, and every kind is counted.
import { render } from 'svelte/server';
import { beforeAll, expect, test, vi } from 'vitest';
import type { Schemas } from '../api/types';
import { loadLanguage } from '../i18n/bundles';
import Land from './Land.svelte';

// The preferences are those of a browser's page; there is none here.
vi.mock('../state/preferences.svelte', () => ({ preferences: { language: 'en' } }));

beforeAll(() => loadLanguage('en'));

const object = (n: number): Schemas['ObjectWithin'] => ({
  element: { kind: 'node', id: n },
  kind: 'school',
  names: { name: `№${n}` },
  point: { lat: 43.24, lon: 76.88 },
});

const inside = (listed: number, schools: number): Schemas['Inside'] => ({
  area_m2: 1e6,
  population: { people: 0, least: 0, most: 0, counted: 0, by_disc: 0, unknown: 0 },
  counts: {
    social: [
      { kind: 'school', count: schools },
      { kind: 'transport_station', count: 7 },
    ],
    hazardous: [],
    passports: 0,
    units: 0,
    incidents: 0,
    cut: listed < schools + 7,
  },
  social: Array.from({ length: listed }, (_, n) => object(n)),
  hazardous: [],
  passports: [],
  units: [],
  incidents: [],
});

const read = (land: Schemas['Inside']) => render(Land, { props: { land } }).body.replaceAll(/<!--.*?-->/g, '').replaceAll(/<[^>]+>/g, ' ').replaceAll(/[⁨⁩]/g, '').replaceAll(/\s+/g, ' ');

test('of a list that is cut every kind is counted, and how many are not listed is said', () => {
  const text = read(inside(500, 613));
  expect(text).toContain('schools 613');
  expect(text).toContain('railway and bus stations 7');
  expect(text).toContain('and 608 more');
  expect(text).toContain('500 of 620 are listed');
});

test('a list that is whole says nothing of a cut', () => {
  const text = read(inside(12, 5));
  expect(text).toContain('Social objects 12');
  expect(text).not.toMatch(/is cut/);
});
