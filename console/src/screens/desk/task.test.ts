import { expect, test } from 'vitest';
import { taskOf } from './task';

type Cards = Parameters<typeof taskOf>[2];
type Standing = Parameters<typeof taskOf>[1];

const request = (id: string, at: string, engagements: Record<string, string>, state = 'accepted') => ({
  id,
  state,
  requested_at: at,
  recommended: [{ unit: 'u' }],
  engagements: Object.fromEntries(Object.entries(engagements).map(([unit, stage]) => [unit, { stage, reached: [] }])),
});
const cards = (...all: [string, ReturnType<typeof request>[]][]) =>
  all.map(([id, requests]) => ({ id, requests: Object.fromEntries(requests.map((one) => [one.id, one])) })) as unknown as Cards;

const two = cards(
  ['first', [request('r1', '2026-03-02T10:00:00Z', { u: 'released' })]],
  ['second', [request('r2', '2026-03-02T11:00:00Z', { u: 'departed' })]],
  ['third', [request('r3', '2026-03-02T12:00:00Z', {})]],
);

test('a unit is told about the request that it is on, wherever else it was ever named', () => {
  const on = { state: 'engaged', incident: 'second', request: 'r2', stage: 'departed', since: '' } as Standing;
  expect(taskOf('u', on, two)).toEqual({ incident: 'second', request: 'r2' });
});

test('one that is on none is told about the last that named it, not about one that released it or was withdrawn', () => {
  expect(taskOf('u', { state: 'available' } as Standing, two)).toEqual({ incident: 'third', request: 'r3' });
  expect(taskOf('u', undefined, cards(['first', [request('r1', '', { u: 'released' })]], ['second', [request('r2', '', {}, 'cancelled')]]))).toBeNull();
});
