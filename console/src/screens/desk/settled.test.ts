import { expect, test } from 'vitest';
import { Settled } from './settled';

test('a key that was on its way when the list was ranked anew chooses nothing that was not read', () => {
  const list = new Settled();
  list.show(['fire', 'gas', 'flood'], 0);
  expect(list.at(0, 10)).toBe('fire');
  list.show(['gas', 'fire', 'flood'], 5_000);
  expect(list.at(0, 5_200)).toBeNull();
  expect(list.at(2, 5_200)).toBe('flood');
  expect(list.at(0, 6_000)).toBe('gas');
});

test('two changes in a row are as one to the hand, and the same list again is no change', () => {
  const list = new Settled();
  list.show(['fire', 'gas'], 0);
  list.show(['gas', 'fire'], 5_000);
  list.show(['flood', 'fire'], 5_500);
  expect(list.at(0, 5_600)).toBeNull();
  list.show(['flood', 'fire'], 6_400);
  expect(list.at(0, 6_500)).toBe('flood');
  expect(list.at(5, 6_500)).toBeNull();
});

test('what the person has ranked anew by their own choice answers as soon as they can have seen it', () => {
  const list = new Settled();
  list.show(['fire', 'gas'], 0);
  expect(list.show(['flood', 'gas'], 5_000, true)).toBe(300);
  expect(list.at(0, 5_050), 'a key that bounced').toBeNull();
  expect(list.at(0, 5_300)).toBe('flood');
  expect(list.show(['flood', 'gas'], 5_400)).toBe(0);
});
