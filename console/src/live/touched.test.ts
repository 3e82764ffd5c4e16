import { expect, test } from 'vitest';
import type { FeedEvent } from './feed';
import { nothing, regionOf, touch } from './touched';

const CARD = '0198c0de-0000-7000-8000-000000000001';
const OTHER = '0198c0de-0000-7000-8000-000000000002';

function of(stream: string, event: FeedEvent['event']) {
  const touched = nothing();
  touch(touched, { stream, seq: 1, at: '2026-01-01T00:00:00Z', by: 'x', event });
  return touched;
}

test('a change of a card makes that card stale', () => {
  expect([...of('region/75', { event: 'category_set', incident: CARD }).incidents]).toEqual([CARD]);
});

test('a merge touches both cards', () => {
  expect(of('region/75', { event: 'incidents_merged', into: CARD, from: OTHER, reason: '' }).incidents).toEqual(new Set([CARD, OTHER]));
});

test('a request of forces names its card inside the request', () => {
  expect([...of('region/75', { event: 'forces_requested', request: { incident: CARD } }).incidents]).toEqual([CARD]);
});

test('a neighbour that is told is no card', () => {
  expect(of('region/75', { event: 'neighbour_notice_taken', from: '19' }).incidents.size).toBe(0);
});

test('an obligation is read again by itself, and no card with it', () => {
  const touched = of('region/75', { event: 'obligation', kind: 'met', obligation: OTHER });
  expect([...touched.obligations]).toEqual([OTHER]);
  expect(touched.incidents.size).toBe(0);
});

test('a service that answers touches the units it sends and those that the request held', () => {
  const touched = of('service/75/police', { event: 'forces_answered', request: OTHER, incident: CARD, units: ['75-police-1'] });
  expect([...touched.units]).toEqual(['75-police-1']);
  expect([...touched.requests]).toEqual([OTHER]);
});

test('an emergency that a service passed on is read by itself, and so is a warning', () => {
  expect([...of('region/75', { event: 'situation', kind: 'forwarded', message: OTHER }).lists]).toEqual(['forwardings']);
  expect([...of('region/75', { event: 'situation', kind: 'reported' }).lists]).toEqual(['reports']);
  expect([...of('region/75', { event: 'warning', kind: 'threat_found', warning: 1 }).lists]).toEqual(['warnings']);
});

test('the region of a stream is in its name', () => {
  expect(['region/75', 'service/19/police'].map(regionOf)).toEqual(['75', '19']);
});
