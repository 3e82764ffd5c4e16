import { expect, test } from 'vitest';
import type { Incident, Schemas } from '../api/types';
import { isInHand, raisedBy, threatOf, threatSince } from './threats';

const at = (minute: number) => `2026-11-28T03:${String(minute).padStart(2, '0')}:00Z`;
const rule = { who: 'rule', rule: 'classifier' };
const person = (account: string) => ({ who: 'person', account });
const rated = (severity: string, minute: number, by: object = rule) => ({ severity, at: at(minute), by });
const card = (over: object): Incident =>
  ({ id: 'c', opened_at: at(0), categories: [rated('p1', 0)], requests: {}, locations: [], consequences: [], legal: [], notes: [], ...over }) as unknown as Incident;
const request = (over: object): Schemas['ForcesRequest'] => ({ by: rule, requested_at: at(1), engagements: {}, ...over }) as unknown as Schemas['ForcesRequest'];
const reached = (...stages: [string, number][]) => ({ unit: { reached: stages.map(([stage, minute]) => [stage, at(minute), { source: 'service' }]) } });

test('a card that was milder in between is another threat; one that only gets another category is the same', () => {
  const first = card({});
  const worse = card({ categories: [rated('p1', 0), rated('p1', 5)] });
  const risen = card({ categories: [rated('p4', 0), rated('p1', 10)] });
  const again = card({ categories: [rated('p1', 0), rated('p2', 5), rated('p1', 10), rated('p1', 11)] });
  expect(threatOf(worse)).toBe(threatOf(first));
  expect(new Set([first, again].map(threatOf)).size).toBe(2);
  expect([first, worse, risen, again].map(threatSince)).toEqual([0, 0, 10, 10].map((minute) => Date.parse(at(minute))));
});

test('who raised it knows, by the category or by what the caller answered; nobody else does', () => {
  const byHand = card({ categories: [rated('p4', 0), rated('p1', 10, person('aliya'))] });
  expect([raisedBy(byHand, 'aliya'), raisedBy(byHand, 'omarov')]).toEqual([true, false]);
  const answered = card({ categories: [rated('p4', 0), rated('p1', 10)], answers: [{ at: at(10), by: person('aliya') }] });
  expect([raisedBy(answered, 'aliya'), raisedBy(answered, 'omarov')]).toEqual([true, false]);
  expect(raisedBy(card({ categories: [rated('p1', 0, person('aliya'))] }), 'aliya'), 'a new one is heard').toBe(false);
});

test('forces that a rule asked for show that nobody has looked; a person’s act or a crew at the scene since then shows it', () => {
  expect(isInHand(card({ requests: { a: request({ engagements: reached(['accepted', 2], ['departed', 3]) }) } }))).toBe(false);
  expect(isInHand(card({ requests: { a: request({ engagements: reached(['departed', 3], ['arrived', 9]) }) } }))).toBe(true);
  expect(isInHand(card({ requests: { a: request({ by: person('aliya') }) } }))).toBe(true);
  expect(isInHand(card({ notes: [{ at: at(4), by: person('aliya') }] }))).toBe(true);
  expect(isInHand(card({ notes: [{ at: at(4), by: { who: 'service' } }] }))).toBe(false);
});

test('what was done while it was milder says nothing of the threat', () => {
  const risen = { categories: [rated('p4', 0, person('aliya')), rated('p1', 10)], notes: [{ at: at(4), by: person('aliya') }] };
  const before = request({ by: person('aliya'), engagements: reached(['arrived', 9]) });
  expect(isInHand(card({ ...risen, requests: { a: before } }))).toBe(false);
  expect(isInHand(card({ ...risen, requests: { a: before, b: request({ by: person('aliya'), requested_at: at(12) }) } }))).toBe(true);
});
