import { expect, test } from 'vitest';
import { changedFields } from './changed';

test('only what is not as it was is told, with both values, however deep it lies', () => {
  const before = { settings: { hold: 120, limits: { seconds: { 'O-09': 90 } }, thresholds: { local: null } } };
  const after = { settings: { hold: 120, limits: { seconds: { 'O-09': 95, 'O-08': 60 } }, modes: [1] } };
  expect(changedFields(before, after)).toEqual([
    { field: 'settings.limits.seconds.O-08', before: '', after: '60' },
    { field: 'settings.limits.seconds.O-09', before: '90', after: '95' },
    { field: 'settings.modes', before: '', after: '[1]' },
  ]);
  expect(changedFields(after, after)).toEqual([]);
});
