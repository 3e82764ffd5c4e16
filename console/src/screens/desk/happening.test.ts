import { expect, test, vi } from 'vitest';
import type { Happened } from '../../api/types';

vi.mock('../../state/preferences.svelte', () => ({ preferences: { language: 'en' } }));
vi.mock('../../i18n', () => ({
  t: (key: string, of: object = {}) => [key, ...Object.values(of)].join(' '),
  word: (kind: string, value: string) => `${kind} ${value}`,
  named: (_: unknown, otherwise = '') => otherwise,
}));

import { actor, happening, isTwin } from './happening';

test('what a service’s stream repeats is left out, what only it says is not', () => {
  expect(isTwin({ stream: 'service/75/police', kind: 'unit_reached' })).toBe(true);
  expect(isTwin({ stream: 'region/75', kind: 'forces_answered' })).toBe(false);
  expect(isTwin({ stream: 'service/75/police', kind: 'unit_changed' })).toBe(false);
});

test('an answer is told with who goes, with how many, and when', () => {
  const event = { decision: { decision: 'accepted' }, units: [], composition: { people: 6, equipment: [{ name: 'АЦ-40', count: 2 }] }, departure_at: '2026-11-28T01:00:00Z', arrival_at: '2026-11-28T01:10:00Z' };
  const { detail } = happening({ kind: 'forces_answered', event } as unknown as Happened);
  expect(detail).toBe('decision accepted · answer-people 6, АЦ-40 × 2 · answer-departs 06:00 · answer-arrives 06:10');
});

test('who did it is a name, not a key of the journal', () => {
  expect(actor('aliya')).toBe('aliya');
  expect(actor('75.police')).not.toContain('75.');
  expect([actor('hub:dispatch'), actor('hub:words/1')]).toEqual(['actor-hub: rule dispatch', 'actor-hub']);
});
