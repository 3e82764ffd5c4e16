import { expect, test, vi } from 'vitest';
import type { Obligation } from '../api/types';

vi.mock('./preferences.svelte', () => ({ preferences: { language: 'ru' } }));
vi.mock('../i18n', () => ({
  t: (key: string, of: object = {}) => [key, ...Object.values(of)].join(' '),
  word: (kind: string, value: string) => `${kind} ${value}`,
  named: (names: { ru: string } | undefined, otherwise = '') => names?.ru ?? otherwise,
}));
const { card } = vi.hoisted(() => ({
  card: (standing?: string, scaledBy?: string) => ({ legal: standing === undefined ? [] : [{ standing }], scales: scaledBy === undefined ? [] : [{ scale: 'local', by: { who: scaledBy } }] }),
}));
vi.mock('./region.svelte', () => ({ region: { incidents: new Map<string, object>([['held', { number: '75-26-000104' }], ['bare', card()], ['event', card('event')], ['unscaled', card('emergency')], ['ruled', card('emergency', 'rule')], ['whole', card('emergency', 'person')]]), units: new Map() } }));
const services = [{ key: 'fire_rescue', names: { ru: 'Служба пожаротушения' } }, { key: 'named', names: { ru: 'service-named' } }];
vi.mock('./tables.svelte', () => ({ kindOf: (key: string) => key, tables: { desks: [], duty: (kind: string) => ({ names: { ru: `duty ${kind}` } }), service: (key: string) => services.find((one) => one.key === key) } }));

const { byName, cardSaid, dutyName, gradeSaid, serviceBoth } = await import('./names');

test('who did something has a name: a person, a service, and a rule in words or not at all', () => {
  expect(byName({ who: 'person', account: 'aliya' })).toBe('aliya');
  expect(byName({ who: 'service', region: '75', service: 'fire_rescue' })).toBe('service-fire-rescue');
  expect(byName({ who: 'rule', rule: 'emergency' })).toBe('actor-hub: rule emergency');
  expect(byName({ who: 'rule', rule: 'words/3' })).toBe('actor-hub');
});

test('a card that the console does not hold has no number', () => {
  expect(cardSaid('held')).toBe('№ 75-26-000104');
  expect(cardSaid('0192-83310f')).toBe('notice-open-card');
});

test('a service is found by its short name, and the long one stands behind it', () => {
  expect(serviceBoth('fire_rescue')).toBe('service-fire-rescue · Служба пожаротушения');
  expect(serviceBoth('named')).toBe('service-named');
});

test('a time that the region has set where the Rules give none is not contradicted in one line', () => {
  expect(gradeSaid('no_stated_limit', '2026-11-23T02:45:00Z')).toBe('mode-due-set 07:45');
  expect(gradeSaid('no_stated_limit', null)).toBe('grade no_stated_limit');
  expect(gradeSaid('urgently', '2026-11-23T02:45:00Z')).toBe('grade urgently · mode-due 07:45');
});

test.each([
  ['bare', 'O-08', 'duty O-08: missing-standing'],
  ['event', 'O-08', 'duty O-08: missing-standing'],
  ['unscaled', 'O-08', 'duty O-08: missing-scale'],
  ['ruled', 'O-08', 'duty O-08: missing-confirmation'],
  ['whole', 'O-08', 'duty O-08'],
  ['elsewhere', 'O-08', 'duty O-08'],
  ['unscaled', 'O-12', 'duty O-12'],
])('of the card "%s" what is owed as %s is called: %s', (incident, kind, name) => {
  expect(dutyName({ kind, subject: 'incident', incident } as unknown as Obligation)).toBe(name);
});
