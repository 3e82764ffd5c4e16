import { expect, test } from 'vitest';
import type { ModeState } from '../api/types';
import { inForce, inRehearsal, periodsInForce, proposed, rehearsed } from './mode';

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

test('an exercise of a mode stands apart and is never taken for the mode in force', () => {
  const exercises = [period('high_readiness', { ended: '2026-11-28T02:00:00Z' }), period('high_readiness'), period('emergency', { order: { part: { districts: ['1'] } } })];
  const both = { ...state(period('everyday')), exercises } as unknown as ModeState;
  expect([inForce(both), rehearsed(both)?.mode, inRehearsal(both)]).toEqual(['everyday', 'emergency', 'high_readiness']);
  expect([rehearsed(null), rehearsed(state()), inRehearsal(state())]).toEqual([null, null, 'everyday']);
  expect(rehearsed({ ...state(), exercises: [period('everyday')] } as unknown as ModeState)).toBeNull();
});
