import { expect, test } from 'vitest';
import type { Incident } from '../api/types';
import type { FeedEvent } from '../live/feed';
import { begin, newcomers, onMap, putAway, readLook, sounded, threatened, unheard } from './onlooker';

const at = (minute: number) => `2026-11-28T03:${String(minute).padStart(2, '0')}:00Z`;
const rated = (severity: string, minute: number, by: object = { who: 'rule', rule: 'classifier' }) => ({ severity, at: at(minute), by });
const card = (id: string, opened: number, categories = [rated('p1', opened)], over: object = {}): Incident =>
  ({ id, region: '75', status: 'open', opened_at: at(opened), exercise: false, categories, answers: [], ...over }) as unknown as Incident;
const ids = (cards: Incident[]) => cards.map(({ id }) => id);
const look = begin('basshy', Date.parse(at(10)));

test('a threat to life since one looks is news, also where a milder card becomes one; older, milder and ended ones are none', () => {
  const cards = [
    card('old', 5),
    card('new', 11),
    card('risen', 2, [rated('p3', 2), rated('p1', 12)]),
    card('milder', 13, [rated('p2', 13)]),
    card('fallen', 14, [rated('p1', 14), rated('p4', 15)]),
    card('closed', 14, [rated('p1', 14)], { status: 'closed' }),
    card('responding', 16, [rated('p1', 16)], { status: 'responding' }),
    card('played', 17, [rated('p1', 17)], { exercise: true }),
  ];
  expect(ids(newcomers(cards, look))).toEqual(['responding', 'risen', 'new', 'played']);
});

test('who made it a threat is told nothing', () => {
  const mine = card('mine', 2, [rated('p3', 2), rated('p1', 12, { who: 'person', account: 'basshy' })]);
  expect(newcomers([mine], look)).toEqual([]);
  expect(ids(newcomers([mine], begin('akimshi', look.since)))).toEqual(['mine']);
});

test('what was put away stays away until it is another threat; what sounded sounds once', () => {
  const one = card('one', 11);
  const two = card('two', 12);
  const after = putAway(look, [one]);
  expect(ids(newcomers([one, two], after))).toEqual(['two']);
  const again = card('one', 11, [rated('p1', 11), rated('p2', 13), rated('p1', 14)]);
  expect(ids(newcomers([again, two], after))).toEqual(['one', 'two']);
  const heard = sounded(after, [two]);
  expect(ids(unheard(newcomers([again, two], heard), heard))).toEqual(['one']);
});

test('what one has seen is kept with the account, and is nobody else’s', () => {
  const kept = JSON.stringify(putAway(look, [card('one', 11)]));
  expect(readLook(kept, 'basshy')?.put).toHaveLength(1);
  expect([readLook(kept, 'akimshi'), readLook(null, 'basshy'), readLook('{', 'basshy'), readLook('{"who":"basshy"}', 'basshy')]).toEqual([null, null, null, null]);
});

test('the line says which card becomes a threat', () => {
  const event = (over: object) => ({ stream: 'region/19', seq: 1, at: at(0), by: '', event: over }) as FeedEvent;
  expect(threatened(event({ event: 'category_set', incident: 'c', category: { severity: 'p1' } }))).toBe('c');
  expect(threatened(event({ event: 'category_set', incident: 'c', category: { severity: 'p2' } }))).toBe(null);
  expect(threatened(event({ event: 'noted', incident: 'c' }))).toBe(null);
});

test('it is read on the map: unfiltered, on the wall where it is one, in its region where that is in view', () => {
  const one = { id: 'c', region: '75' };
  expect(onMap(one, '/boards', '?wall=1')).toBe('/map?incident=c');
  expect(onMap(one, '/map', '?wall=1&severity=p3&at=2026-01-01T00:00:00Z')).toBe('/map?incident=c&wall=1');
  expect(onMap(one, '/map', '?region=75')).toBe('/map?region=75&incident=c');
  expect(onMap(one, '/map', '?region=19')).toBe('/map?incident=c');
});
