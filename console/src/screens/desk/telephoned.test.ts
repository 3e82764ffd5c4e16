import { expect, test } from 'vitest';
import { Problem } from '../../api/problem';
import type { ForcesRequest, Incident, Unit } from '../../api/types';
import { answering, answerOf, atFault, awaited, begun, named, offered, signed, sought, ticked, turned, wordOfMouth } from './telephoned';

const request = (over: object = {}) =>
  ({ id: 'r1', incident: 'c1', service: 'ambulance', service_region: '75', state: 'open', requested_at: '2026-03-02T10:00:00Z', decision: null, recommended: [{ unit: 'u12' }, { unit: 'u14' }], engagements: {}, ...over }) as unknown as ForcesRequest;
const unit = (id: string, state = 'available', over: object = {}) => ({ id, call_sign: id, service: 'ambulance', region: '75', kind: 'ambulance', status: { state }, ...over }) as unknown as Unit;
const card = (id: string, ...requests: ForcesRequest[]) => ({ id, requests: Object.fromEntries(requests.map((one) => [one.id, { ...one, incident: id }])) }) as unknown as Incident;
const word = (code: string) => `(${code})`;
const NOW = Date.parse('2026-03-02T03:00:00Z');

test('who was asked for is ticked; after an answer whoever goes by it', () => {
  const asked = request({ engagements: { u12: { unit: 'u12', stage: 'requested' }, u14: { unit: 'u14', stage: 'requested' } } });
  expect(begun(asked).chosen).toEqual(['u12', 'u14']);
  const answered = request({ decision: { decision: 'changed', reason: null }, engagements: { u12: { unit: 'u12', stage: 'released' }, u16: { unit: 'u16', stage: 'departed' } } });
  expect(named(answered)).toEqual(['u16']);
});

test('who does not go as asked for is another composition, and who does is none', () => {
  const begin = begun(request());
  const others = ticked(begin, 'u16', request());
  expect([others.way, others.chosen]).toEqual(['change', ['u12', 'u14', 'u16']]);
  expect(ticked(others, 'u16', request()).way).toBe('accept');
  expect(turned(others, 'accept', request()).chosen).toEqual(['u12', 'u14']);
  // Nobody was asked for by name: whoever they send is what was asked for.
  const any = request({ recommended: [] });
  expect(ticked(begun(any), 'u16', any)).toMatchObject({ way: 'accept', chosen: ['u16'] });
});

test('of what nobody said nothing is written down', () => {
  expect(answerOf(begun(request()), [], word, NOW)).toEqual({ decision: 'accept', reason: null, units: ['u12', 'u14'], composition: null, departure_at: null, arrival_at: null, said_by: null });
});

test('an acceptance holds who goes, with whom and when, and who said it', () => {
  const told = { ...begun(request()), saidBy: ' Серікова ', people: 5, departs: 0, arrives: 12 };
  expect(answerOf(told, [unit('u12'), unit('u14'), unit('u16')], word, NOW)).toEqual({
    decision: 'accept',
    reason: null,
    units: ['u12', 'u14'],
    composition: { people: 5, equipment: [{ name: 'ambulance', count: 2 }] },
    departure_at: '2026-03-02T03:00:00.000Z',
    arrival_at: '2026-03-02T03:12:00.000Z',
    said_by: 'Серікова',
  });
});

test('a refusal sends nobody, and its reason has words where its kind says enough', () => {
  const told = { ...turned(begun(request()), 'refuse', request()), arrives: 9 };
  expect(answerOf(told, [], word, NOW)).toEqual({ decision: 'refuse', reason: null, said_by: null });
  expect(answerOf({ ...told, code: 'none_free' }, [], word, NOW).reason).toEqual({ code: 'none_free', text: '(none_free)' });
  expect(answerOf({ ...told, text: ' нет бригад ' }, [], word, NOW).reason).toEqual({ code: 'other', text: 'нет бригад' });
  // What “other” is has to be said.
  expect(answerOf({ ...told, code: 'other' }, [], word, NOW).reason).toEqual({ code: 'other', text: '' });
  expect(answerOf({ ...told, way: 'accept', code: 'none_free' }, [], word, NOW).reason).toBeNull();
});

test('units of that service alone, those asked for first, those that cannot go last', () => {
  const all = [unit('u9', 'out_of_service'), unit('u20'), unit('u7', 'engaged'), unit('u14', 'reserved'), unit('u3'), unit('u1', 'available', { service: 'police' }), unit('u2', 'available', { region: '02' })];
  expect(offered(all, request()).map(({ id }) => id)).toEqual(['u14', 'u3', 'u20', 'u7', 'u9']);
});

test('a unit is found by the number of its call sign, and nobody where several may be meant', () => {
  const all = [unit('a', 'available', { call_sign: 'Жедел-12' }), unit('b', 'available', { call_sign: 'Жедел-112' }), unit('c', 'available', { call_sign: 'Жедел-140' })];
  const of = (text: string) => sought(all, text)?.id ?? null;
  expect([of('12'), of('112'), of('жедел 12'), of('14'), of(' '), of('жедел'), of('9')]).toEqual(['a', 'b', 'a', 'c', null, null, null]);
});

test('what the hub refuses is said at its field, when that is in sight', () => {
  const of = (field: string | null) => new Problem('invalid', 422, 'said', field);
  expect(atFault(of('units'), 'change')).toBe('units');
  expect(atFault(of('units'), 'refuse')).toBeNull();
  expect(atFault(of('reason.text'), 'refuse')).toBe('reason');
  expect(atFault(of('reason'), 'accept')).toBeNull();
  expect(atFault(of('composition.people'), 'accept')).toBe('people');
  expect(atFault(of('arrival_at'), 'accept')).toBe('arrival_at');
  expect(atFault(of('decision'), 'refuse')).toBe('decision');
  expect([atFault(of(null), 'accept'), atFault(of('incident'), 'accept'), atFault(new Error('none'), 'accept')]).toEqual([null, null, null]);
});

test('the hub names a unit by its identity, the officer by its call sign', () => {
  const all = [unit('75-ambulance-1', '', { call_sign: 'Жедел-101' }), unit('75-ambulance-12', '', { call_sign: 'Жедел-212' })];
  expect(signed('the unit 75-ambulance-12 is engaged; 75-police-1 is not', all)).toBe('the unit Жедел-212 is engaged; 75-police-1 is not');
});

test('whose word the decision is that stands, whatever data came after it', () => {
  const telephoned = { said_by: 'Серікова', recorded_by: 'asel' };
  const decision = { decision: 'accepted' };
  expect(wordOfMouth({ answers: [{ at: '', decision, telephoned }, { at: '', arrival_at: '' }] } as never)).toEqual(telephoned);
  expect(wordOfMouth({ answers: [{ at: '', decision, telephoned }, { at: '', decision }] } as never), 'the service has said it itself since').toBeNull();
  expect(wordOfMouth({})).toBeNull();
});

test('a service answers what waits for it: on the open card, else the only one that waits', () => {
  const [answered, open, police] = [request({ id: 'a', state: 'answered' }), request({ id: 'b' }), request({ id: 'p', service: 'police', state: 'answered' })];
  const one = card('one', answered, police);
  const two = card('two', open);
  expect(awaited(card('x', answered, open))?.id).toBe('b');
  expect(awaited(card('x', request({ state: 'refused' })))).toBeNull();
  expect(answering('ambulance', one, [one, two])).toEqual({ incident: 'one', request: 'a' });
  expect(answering('ambulance', null, [one, two])).toEqual({ incident: 'two', request: 'b' });
  expect(answering('ambulance', card('three'), [one, two, card('four', request({ id: 'd' }))])).toBeNull();
  expect(answering('police', null, [one])).toBeNull();
});
