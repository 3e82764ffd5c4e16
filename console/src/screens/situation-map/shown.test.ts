import { expect, test } from 'vitest';
import { gravestFirst, passes, tally, type Shown } from './shown';
import { readView } from './view';

const shown = (over: Partial<Shown>): Shown => ({
  id: 'i', region: '75', number: '1', category: 'fire', severity: 'p2', scale: null, point: null, district: null, services: [], status: 'open', exercise: false,
  opened_at: '2026-11-23T09:00:00Z', ...over,
});

test('each filter lets through what it names, and all must agree', () => {
  const view = { ...readView(''), service: 'police', severity: 'p2' as const };
  expect(passes(shown({ services: ['police'] }), view)).toBe(true);
  expect(passes(shown({ services: ['ambulance'] }), view)).toBe(false);
  expect(passes(shown({ services: ['police'], severity: 'p1' }), view)).toBe(false);
  expect(passes(shown({}), readView(''))).toBe(true);
  expect(passes(shown({ region: '19' }), readView('?of=75'))).toBe(false);
});

test('the gravest comes first, of equals the oldest, last what has no category', () => {
  const list = [shown({ id: 'none', severity: null }), shown({ id: 'new' }), shown({ id: 'old', opened_at: '2026-11-23T08:00:00Z' }), shown({ id: 'p1', severity: 'p1' })];
  expect(gravestFirst(list).map((one) => one.id)).toEqual(['p1', 'old', 'new', 'none']);
});

test('a tally counts and puts the most frequent first', () => {
  expect(tally(['a', 'b', 'b'])).toEqual([{ value: 'b', count: 2 }, { value: 'a', count: 1 }]);
});
