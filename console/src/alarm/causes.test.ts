import { expect, test } from 'vitest';
import type { Forwarding, Incident } from '../api/types';
import { heard, inOrder, others, paceOf, type Cause } from './causes';

const at = (second: number) => new Date(Date.UTC(2026, 10, 28, 3, 0, second)).toISOString();
const card = (id: string, second: number, exercise = false): Incident =>
  ({ id, opened_at: at(second), exercise, categories: [{ severity: 'p1', at: at(second) }] }) as unknown as Incident;
const threat = (id: string, second: number, exercise = false): Cause => ({ id, card: card(id, second, exercise), forwarding: null });
const passed = (id: string, second: number, of: Incident | null): Cause => ({ id, card: of, forwarding: { message: id, received_at: at(second) } as unknown as Forwarding });
const ids = (causes: readonly Cause[]) => causes.map(({ id }) => id);

test('an exercise that came later leaves the real threat on the bar, and its key opens the real one', () => {
  expect(ids(inOrder([threat('real', 10), threat('played', 20, true), threat('later', 15)]))).toEqual(['later', 'real', 'played']);
});

test('what services passed on stands above calls, and an exercise of it below every real one', () => {
  const causes = [
    threat('call', 30),
    passed('played', 5, card('p', 5, true)),
    passed('second', 20, card('s', 20)),
    passed('unread', 10, null),
    threat('call-played', 40, true),
  ];
  expect(ids(inOrder(causes))).toEqual(['unread', 'second', 'call', 'played', 'call-played']);
});

test('beside the first, exercises are counted for themselves, and the longest wait is that of a real one', () => {
  const longest = (second: number) => Date.parse(at(second));
  expect(others(inOrder([threat('a', 30), threat('b', 20), threat('played', 5, true)]))).toEqual({ real: 1, exercises: 1, longest: longest(20) });
  expect(others(inOrder([threat('a', 30), threat('played', 5, true)]))).toEqual({ real: 0, exercises: 1, longest: longest(5) });
  expect(others([threat('a', 30)])).toEqual({ real: 0, exercises: 0, longest: null });
});

test('an exercise that has waited long neither sets the pace of a real threat nor is louder than one', () => {
  const now = Date.parse(at(60));
  expect(paceOf([threat('played', 0, true)], now)).toBe(0);
  expect(paceOf([threat('played', 0, true), threat('real', 58)], now)).toBe(0);
  expect(paceOf([threat('played', 58, true), threat('real', 0)], now)).toBe(2);
  expect(paceOf([], now)).toBe(0);
});

test('while something real waits it alone is heard; an exercise by itself is heard too', () => {
  expect(ids(heard([threat('real', 10), threat('played', 20, true)]))).toEqual(['real']);
  expect(ids(heard([threat('played', 20, true)]))).toEqual(['played']);
});
