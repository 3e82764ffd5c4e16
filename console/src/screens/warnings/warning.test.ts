import { beforeAll, expect, test, vi } from 'vitest';
import type { Warning } from '../../api/types';
import { loadEveryLanguage } from '../../i18n/bundles';
import { sample } from './samples';
import { caseOf, expiredAt, inOrder } from './warning';

vi.mock('../../state/preferences.svelte', () => ({ preferences: { language: 'en' } }));

const one = (number: number, status: Warning['status'], incident = 'a') => ({ number, status, about: 'incident', incident }) as unknown as Warning;

beforeAll(loadEveryLanguage);

test('what waits for a decision stands first, then what runs, then what is over', () => {
  const all = [one(1, 'ended'), one(2, 'undecided'), one(3, 'ordered'), one(4, 'declined'), one(5, 'awaits_confirmation')];
  expect(inOrder(all).map((each) => each.number)).toEqual([2, 5, 3, 4, 1]);
});

test('one whose time has passed waits for a decision again, until it has another time', () => {
  const until = '2026-11-29T07:00:00Z';
  const expired = { ...one(1, 'ordered'), until, expired: until } as Warning;
  expect(expiredAt(expired)).toBe(until);
  expect(expiredAt({ ...expired, until: '2026-11-29T09:00:00Z' })).toBe(null);
  expect(expiredAt({ ...expired, status: 'ended' })).toBe(null);
  expect(inOrder([one(2, 'ordered'), expired]).map((each) => each.number)).toEqual([1, 2]);
});

test('a case that is over is not the one about a card any more', () => {
  const about = { about: 'incident', incident: 'a' } as const;
  expect(caseOf([one(1, 'ended'), one(2, 'ordered', 'b')], about)).toBe(null);
  expect(caseOf([one(1, 'ended'), one(2, 'ordered')], about)?.number).toBe(2);
});

test('a text made ready names the place in its own language, and Kazakh is not Russian', () => {
  expect(sample('kk', 'gas', 'Абай даңғылы, 10').event).toContain('Орны: Абай даңғылы, 10.');
  expect(sample('ru', 'gas', '').event).not.toContain('Место');
  expect(sample('kk', 'flood', 'x')).not.toEqual(sample('ru', 'flood', 'x'));
});
