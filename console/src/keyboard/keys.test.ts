import { expect, test } from 'vitest';
import { keys } from './keys.svelte';

const key = (does: string) => ({ key: 'Enter', does, run: () => {} });

test('what stands on a screen has its keys before the screen, whichever came first', () => {
  const card = keys.bind([key('confirm')]);
  const screen = keys.beneath([key('open')]);
  expect(keys.all.map((one) => one.does)).toEqual(['confirm']);
  card();
  expect(keys.all.map((one) => one.does)).toEqual(['open']);
  const again = keys.bind([key('confirm')]);
  expect(keys.all.map((one) => one.does)).toEqual(['confirm']);
  again();
  screen();
  expect(keys.all).toEqual([]);
});
