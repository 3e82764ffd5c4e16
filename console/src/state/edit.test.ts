import { expect, test } from 'vitest';
import { merged, overtaken } from './edit.svelte';

const seen = { hold: 120, limits: { seconds: { 'O-04': 600 } }, list: ['a'] };

test('what this person wrote stays, and what another saved comes in', () => {
  const mine = { ...seen, hold: 60 };
  const now = { ...seen, limits: { seconds: { 'O-04': 300 } }, list: ['a', 'b'] };
  expect(merged(seen, mine, now)).toEqual({ hold: 60, limits: { seconds: { 'O-04': 300 } }, list: ['a', 'b'] });
  expect(overtaken(seen, mine, now)).toEqual([
    { field: 'limits.seconds.O-04', seen: '600', now: '300', mine: null },
    { field: 'list', seen: '["a"]', now: '["a","b"]', mine: null },
  ]);
});

test('where both changed the same field, both are shown and the own stays', () => {
  const mine = { ...seen, hold: 60 };
  const now = { ...seen, hold: 90 };
  expect(merged(seen, mine, now).hold).toBe(60);
  expect(overtaken(seen, mine, now)).toEqual([{ field: 'hold', seen: '120', now: '90', mine: '60' }]);
});

test('who wrote the same as another is not told of a difference', () => {
  const both = { ...seen, hold: 60 };
  expect(overtaken(seen, both, structuredClone(both))).toEqual([]);
});

test('a limit that this person took away stays away', () => {
  const mine = { ...seen, limits: { seconds: {} } };
  expect(merged<object>(seen, mine, { ...seen, hold: 90 })).toEqual({ hold: 90, limits: { seconds: {} }, list: ['a'] });
});
