import { expect, test } from 'vitest';
import { pauseAfter } from './pace';

test('a picture that comes at once is renewed twice a second, a slow one leaves two thirds of the time to others, and none waits for ever', () => {
  expect([10, 160, 400, 900, 60_000].map(pauseAfter)).toEqual([500, 500, 1200, 2700, 3000]);
});
