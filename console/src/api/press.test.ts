import { expect, test } from 'vitest';
import { Press } from './press';

test('a form that is pressed again says the same, with the moment of the first press', () => {
  const press = new Press();
  const first = press.of(['fire', 'smoke'], 1_000);
  expect(press.of(['fire', 'smoke'], 9_000)).toEqual(first);
});

test('other words are of another moment and still of the same form; after it was done a new one begins', () => {
  const press = new Press();
  const first = press.of('smoke', 1_000);
  expect(press.of('fire', 9_000)).toEqual({ id: first.id, at: 9_000 });
  press.done();
  expect(press.of('fire', 9_000).id).not.toBe(first.id);
});
