import { expect, test } from 'vitest';
import type { Incident, Severity } from '../../api/types';
import { queueOf } from './order';

const card = (id: string, severity: Severity, status: Incident['status'], opened_at: string) =>
  ({ id, status, opened_at, categories: [{ severity }] }) as unknown as Incident;

test('a threat to life that nobody has taken stands first, whatever is older', () => {
  const queue = queueOf([
    card('ordinary', 'p3', 'open', '2026-11-23T08:00:00Z'),
    card('taken', 'p1', 'responding', '2026-11-23T07:00:00Z'),
    card('life', 'p1', 'open', '2026-11-23T09:00:00Z'),
  ]);
  expect(queue.waiting.map((one) => one.id)).toEqual(['life', 'ordinary']);
  expect(queue.underWay.map((one) => one.id)).toEqual(['taken']);
});

test('of two that are equally urgent the one that has waited longer stands first', () => {
  const queue = queueOf([card('later', 'p2', 'open', '2026-11-23T09:00:01Z'), card('earlier', 'p2', 'open', '2026-11-23T09:00:00Z')]);
  expect(queue.waiting.map((one) => one.id)).toEqual(['earlier', 'later']);
});
