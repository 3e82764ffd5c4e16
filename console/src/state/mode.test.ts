import { expect, test } from 'vitest';
import type { ModeState } from '../api/types';
import { inForce, periodsInForce, proposed } from './mode';

const period = (mode: string, over: object = {}) => ({ mode, order: {}, began: '2026-11-28T01:00:00Z', ...over });
const state = (...periods: object[]): ModeState => ({ periods, proposals: [] }) as unknown as ModeState;

test('of what has not been read nobody knows the mode; of what has been read and says nothing it is everyday', () => {
  expect([inForce(null), periodsInForce(null), proposed(null)]).toEqual([null, [], []]);
  expect(inForce(state())).toBe('everyday');
});

test('the last period of the whole region that has not ended is in force', () => {
  expect(inForce(state(period('high_readiness'), period('emergency', { ended: '2026-11-28T02:00:00Z' })))).toBe('high_readiness');
  expect(inForce(state(period('high_readiness'), period('emergency', { order: { part: { district: '1' } } })))).toBe('high_readiness');
});
