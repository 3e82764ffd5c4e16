import { expect, test } from 'vitest';
import type { Report, ServiceView } from '../../api/types';
import { rowsOf } from './rows';

const report = (id: string, received_at: string, over: object) => ({ id, received_at, nature: 'fire', text: 'x', ...over }) as unknown as Report;

test('reports of the situation and of readiness stand together, the latest first', () => {
  const rows = rowsOf(
    [
      report('a', '2026-11-27T10:00:00Z', { origin: 'source', source: 'post 4', passed: [{ service: 'police', acknowledged_at: null }] }),
      report('b', '2026-11-27T12:00:00Z', { origin: 'service', service: 'ambulance', threat_told_at: '2026-11-27T12:01:00Z' }),
    ],
    [
      { service: 'police', readiness: { at: '2026-11-27T11:00:00Z', formations: [{ people: 3 }, { people: 4 }] } },
      { service: 'utilities', readiness: null },
    ] as unknown as ServiceView[],
  );
  expect(rows.map((row) => [row.at.slice(11, 13), row.nature, row.service ?? row.from])).toEqual([
    ['12', 'fire', 'ambulance'],
    ['11', null, 'police'],
    ['10', 'fire', 'post 4'],
  ]);
  expect([rows[0]!.threat, rows[1]!.formations, rows[1]!.people, rows[2]!.passed]).toEqual([true, 2, 7, [{ service: 'police', acknowledged: false }]]);
});
