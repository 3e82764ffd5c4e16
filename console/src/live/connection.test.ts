import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Connection } from './connection.svelte';

beforeEach(() => void vi.useFakeTimers({ now: 1_000_000 }));
afterEach(() => void vi.useRealTimers());

test('data are as old as the oldest change that has not been read, however lively the line is', () => {
  const connection = new Connection();
  connection.opened();
  connection.reads('changes');
  vi.advanceTimersByTime(4_000);
  connection.reads('changes');
  connection.reads('positions');
  connection.heard();
  expect(Date.now() - connection.freshAt).toBe(4_000);
  expect(connection.shown).toBe('live');
  vi.advanceTimersByTime(2_001);
  connection.heard();
  expect([connection.line, connection.shown]).toEqual(['live', 'broken']);
  expect(connection.shownSince).toBe(1_000_000);
});

test('what has been read again is of now', () => {
  const connection = new Connection();
  connection.opened();
  connection.reads('changes');
  vi.advanceTimersByTime(20_000);
  connection.hasRead('changes');
  connection.heard();
  expect([connection.shown, connection.freshAt, connection.shownSince]).toEqual(['live', Date.now(), null]);
});
