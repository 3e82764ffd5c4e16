import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { AGAIN_MS, untilThere } from './until-there';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('what does not come is asked for again until it is there, and then no more', async () => {
  const answers = [new Error('away'), new Error('away'), 'borders'];
  const ask = vi.fn(async () => {
    const next = answers.shift();
    if (next instanceof Error) throw next;
    return next;
  });
  const [take, failed] = [vi.fn(), vi.fn()];
  untilThere(ask, take, failed);
  await vi.advanceTimersByTimeAsync(AGAIN_MS * 5);
  expect([ask.mock.calls.length, failed.mock.calls.length, take.mock.calls]).toEqual([3, 2, [['borders']]]);
});

test('who no longer waits is given nothing and asks no more', async () => {
  const ask = vi.fn(() => Promise.reject(new Error('away')));
  const [take, failed] = [vi.fn(), vi.fn()];
  untilThere(ask, take, failed)();
  await vi.advanceTimersByTimeAsync(AGAIN_MS * 3);
  expect([ask.mock.calls.length, take.mock.calls.length, failed.mock.calls.length]).toEqual([1, 0, 0]);
});
