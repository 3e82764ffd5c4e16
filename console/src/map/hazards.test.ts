import { expect, test } from 'vitest';
import type { HazardLayer, LayerArea } from '../state/hazards.svelte';
import { hazardFeatures, SIGNS } from './hazards';

const layer = (id: string, kind: HazardLayer['kind']) => ({ id, kind, name: id }) as HazardLayer;
const area = { polygon: { type: 'Polygon', coordinates: [[[76, 43], [77, 43], [77, 44], [76, 43]]] } } as unknown as LayerArea;

test('each kind has a sign of its own, so that they are told apart in grey', () => {
  expect(new Set(Object.values(SIGNS)).size).toBe(Object.keys(SIGNS).length);
});

test('what is outdated says so in its name, and what was not read yet is not drawn', () => {
  const layers = [layer('ili', 'flood'), layer('old', 'wildfire'), layer('unread', 'other')];
  const drawn = hazardFeatures(layers, { ili: { areas: [area] }, old: { areas: [area, area] } }, ({ id }) => id === 'old', ({ id, name }) => (id === 'old' ? `${name}!` : name));
  expect(drawn.features.map((feature) => [feature.properties?.['name'], feature.properties?.['outdated']])).toEqual([['≈ ili', false], ['▲ old!', true], ['▲ old!', true]]);
});
