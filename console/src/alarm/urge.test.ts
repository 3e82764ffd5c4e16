import { expect, test } from 'vitest';
import { stepOf, urgeOf } from './sound.svelte';

test('an alarm that nobody acknowledges grows louder, longer and more frequent, and never softer again', () => {
  const steps = [0, 14_999, 15_000, 44_999, 45_000, 3_600_000].map(stepOf);
  expect(steps).toEqual([0, 0, 1, 1, 2, 2]);
  const [first, second, third] = [0, 1, 2].map(urgeOf);
  expect(first!.loudness < second!.loudness && second!.loudness < third!.loudness).toBe(true);
  expect(first!.everyMs > second!.everyMs && second!.everyMs > third!.everyMs).toBe(true);
});
