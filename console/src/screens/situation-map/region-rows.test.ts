import { expect, test } from 'vitest';
import type { Unit } from '../../api/types';
import { regionRows } from './region-rows';
import type { Shown } from './shown';

const incident = (region: string, severity: Shown['severity']) => ({ region, severity }) as Shown;
const unit = (region: string, state: 'available' | 'out_of_service') => ({ region, status: { state } }) as Unit;

test('each region has its figures, the gravest mode first, then where most lives are in danger', () => {
  const regions = ['75', '19', '71'].map((code) => ({ code, name: code }));
  const rows = regionRows(regions, new Map([['71', 'emergency']]), [incident('19', 'p1'), incident('75', 'p3'), incident('75', null), incident('99', 'p1')], [unit('75', 'available'), unit('75', 'out_of_service')]);
  expect(rows.map((row) => row.code)).toEqual(['71', '19', '75']);
  expect(rows[2]).toEqual({ code: '75', name: '75', mode: 'everyday', incidents: 2, gravest: 0, units: 2, free: 1 });
});
