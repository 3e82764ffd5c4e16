import { expect, test } from 'vitest';
import type { Obligation } from '../../api/types';
import { byDue, counted, debtorOf, incidentOf, standing } from './owed';

const NOW = Date.parse('2026-11-23T09:00:00Z');
const owed = (over: object) => ({ id: 'a', due: '2026-11-23T09:10:00Z', status: 'open', debtor: 'duty_officer', subject: 'shift', ...over }) as Obligation;

test('what is past its time is late, whether the hub has said so yet or not', () => {
  expect(standing(owed({ due: '2026-11-23T08:59:59Z' }), NOW)).toBe('late');
  expect(standing(owed({ status: 'late' }), NOW)).toBe('late');
});

test('the last two minutes are a warning', () => {
  expect(standing(owed({ due: '2026-11-23T09:01:59Z' }), NOW)).toBe('soon');
  expect(standing(owed({}), NOW)).toBe('open');
});

test('the first due comes first and equal times keep one order', () => {
  const list = [owed({ id: 'c' }), owed({ id: 'b', due: '2026-11-23T09:01:00Z' }), owed({ id: 'a' })];
  expect(byDue(list).map((one) => one.id)).toEqual(['b', 'a', 'c']);
});

test('a service owes under its key, the duty officer under none', () => {
  expect(debtorOf(owed({ debtor: 'service', service: 'police' }))).toBe('police');
  expect(debtorOf(owed({}))).toBeNull();
});

test('only an incident and a request lead to a card', () => {
  expect(incidentOf(owed({ subject: 'request', incident: 'i', request: 'r' }))).toBe('i');
  expect(incidentOf(owed({}))).toBeNull();
});

test('what is owed in an exercise is counted apart', () => {
  const late = { due: '2026-11-23T08:00:00Z' };
  const all = [owed({}), owed(late), owed({ ...late, exercise: true }), owed({ exercise: true })];
  expect(counted(all, NOW)).toEqual({ real: { n: 2, late: 1 }, exercise: { n: 2, late: 1 } });
});
