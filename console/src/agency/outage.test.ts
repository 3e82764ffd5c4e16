import { expect, test } from 'vitest';
import { Outage } from './outage';

test('no answer is an outage at once', () => {
  expect(new Outage().failed(0, 0)).toBe(true);
});

test.each([503, 500, 429])('a hub that answers %i for longer than a few seconds is as good as none', (status) => {
  const outage = new Outage();
  expect([0, 500, 1_500, 3_500].map((at) => outage.failed(status, at))).toEqual([false, false, false, true]);
});

test('what was over does not count for what comes later', () => {
  const outage = new Outage();
  outage.failed(503, 0);
  outage.over();
  expect(outage.failed(503, 60_000)).toBe(false);
});
