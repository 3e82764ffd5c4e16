import { expect, test } from 'vitest';
import type { Notice } from '../api/types';
import { asks, inOrder } from './notices';

const notice = (over: object): Notice => ({ id: 'a', about: 'summary', summary: 's', text: 'Chlorine', to: { to: 'office', office: 'leadership' }, raised_at: '2026-11-28T01:00:00Z', ...over }) as Notice;

test('a notice waits for the holder of its office, and without a link for the officer who telephones', () => {
  expect([asks(notice({}), 'manager'), asks(notice({}), 'duty_officer')]).toEqual(['take', null]);
  const shift = notice({ to: { to: 'office', office: 'head_of_shift' } });
  expect([asks(shift, 'manager'), asks(shift, 'duty_officer'), asks(shift, 'administrator')]).toEqual(['take', 'take', null]);
  const upward = notice({ to: { to: 'organisation', organisation: 'command_centre' } });
  expect([asks(upward, 'duty_officer'), asks(upward, 'manager')]).toEqual(['tell', null]);
  expect(asks({ ...upward, distribution: 'd' }, 'duty_officer')).toBe(null);
  expect(asks({ ...upward, taken: { by: 'K. Omarov', at: '2026-11-28T01:02:00Z' } }, 'duty_officer')).toBe(null);
});

test('the gravest step stands first, then what has waited longest', () => {
  const late = (id: string, level: string, at: string) => notice({ id, about: 'overdue', level, raised_at: at });
  const all = [notice({ id: 'summary' }), late('phone', 'phone', '2026-11-28T00:50:00Z'), late('new', 'leadership', '2026-11-28T01:00:00Z'), late('old', 'leadership', '2026-11-28T00:40:00Z')];
  expect(inOrder(all).map((one) => one.id)).toEqual(['old', 'new', 'phone', 'summary']);
});

test('a notice of an exercise stands behind every real one', () => {
  const all = [notice({ id: 'played', about: 'overdue', level: 'leadership', exercise: true }), notice({ id: 'real', about: 'overdue', level: 'phone', exercise: false })];
  expect(inOrder(all).map((one) => one.id)).toEqual(['real', 'played']);
});

test('a step over the head of the officer on duty is for others to take note of', () => {
  const late = (office: string, level: string, debtor: string) => notice({ about: 'overdue', level, claim: { kind: 'O-08', debtor }, to: { to: 'office', office } });
  const over = late('head_of_shift', 'head', 'duty_officer');
  expect([asks(over, 'duty_officer', true), asks(over, 'duty_officer', false), asks(over, 'manager', false)]).toEqual([null, 'take', 'take']);
  expect(asks(late('duty_officer', 'phone', 'duty_officer'), 'duty_officer', true)).toBe('take');
  expect(asks(late('head_of_shift', 'head', 'service'), 'duty_officer', true)).toBe('take');
});

test('a refused order stands with what reached the leadership', () => {
  const all = [notice({ id: 'late', about: 'overdue', level: 'head' }), notice({ id: 'refused', about: 'forces_order_refused' }), notice({ id: 'summary' })];
  expect(inOrder(all).map((one) => one.id)).toEqual(['refused', 'late', 'summary']);
});
