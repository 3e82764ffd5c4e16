import { expect, test } from 'vitest';
import { unitsOf } from './unit-register';

test('columns become the units that they were: what recurs is named once', () => {
  const free = { state: 'available' as const };
  const held = unitsOf({
    regions: ['19', '75'],
    services: ['ambulance'],
    kinds: ['ambulance'],
    capabilities: [['transport']],
    stations: [{ name: '№ 1', home: { lat: 43.2, lon: 76.9 } }],
    statuses: [free],
    sources: ['station', 'avl'],
    units: {
      id: ['19-a-1', '75-a-1'], call_sign: ['A-1', 'B-1'], version: [1, 4], region: [0, 1], service: [0, 0], kind: [0, 0], capabilities: [0, 0],
      station: [0, 0], status: [0, 0], lat: [42.3, 43.25], lon: [69.6, 76.9], at: [1_764_288_000_000, 1_764_288_060_500], source: [0, 1], accuracy: [null, 12],
    },
  });
  expect(held.map((unit) => unit.id)).toEqual(['19-a-1', '75-a-1']);
  expect(held[1]).toEqual({
    id: '75-a-1', call_sign: 'B-1', version: 4, region: '75', service: 'ambulance', kind: 'ambulance', capabilities: ['transport'], station: '№ 1',
    home: { lat: 43.2, lon: 76.9 }, status: free, position: { point: { lat: 43.25, lon: 76.9 }, at: '2025-11-28T00:01:00.500Z', source: 'avl', accuracy: 12 },
  });
  expect(held[0]!.status, 'one object for all that are free').toBe(held[1]!.status);
});
