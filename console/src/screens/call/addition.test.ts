import { expect, test } from 'vitest';
import { added, isAnything, rest, unchanged } from './addition';
import { fresh } from './entry';

const sent = { ...fresh('Пожар'), address: 'Абая 10', number: '103', answers: { injured: true }, category: 'building_fire' };
const say = (entry: Parameters<typeof added>[0]) => added(entry, (field) => field, (code) => code);

test('what was written after the call had been sent goes to its card, and nothing of it twice', () => {
  expect(unchanged(sent, structuredClone(sent))).toBe(true);
  const now = { ...sent, text: 'Пожар\nна третьем этаже ребёнок', number: '8 701 123 45 67', answers: { injured: true, trapped: true } };
  expect(unchanged(sent, now)).toBe(false);
  const left = rest(sent, now, 'card');
  expect(left.id).not.toBe(sent.id);
  expect(left.addsTo?.card).toBe('card');
  expect(say(left)).toEqual({ text: 'на третьем этаже ребёнок\nnumber: 8 701 123 45 67', answers: { trapped: true } });
});

test('words that were changed and not only continued go as a whole, a place and a category in words', () => {
  const now = { ...sent, text: 'Взрыв', point: { lat: 43.2, lon: 76.9 }, category: 'explosion' };
  expect(say(rest(sent, now, 'card'))).toEqual({ text: 'Взрыв\npoint: 43.20000, 76.90000\ncategory: explosion', answers: {} });
});

test('without a card the rest is a call of its own, from the same number and place', () => {
  const left = rest(sent, { ...sent, text: 'Пожар и дым' }, null);
  expect(left).toMatchObject({ text: 'и дым', address: 'Абая 10', number: '103', addsTo: null });
  expect(left.id).not.toBe(sent.id);
});

test('an addition that says nothing is none', () => {
  expect(isAnything(say(rest(sent, sent, 'card')))).toBe(false);
});
