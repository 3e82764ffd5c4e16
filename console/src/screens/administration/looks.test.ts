import { expect, test } from 'vitest';
import { isId, uuidIn, whatWasSeen } from './looks';

const CARD = '01a2221e-3e4c-7496-838c-e196874b0dab';

test('a card is found by its id and by its address; a region is none', () => {
  expect(uuidIn(` https://hub/desk/${CARD}?x=1 `)).toBe(CARD);
  expect(uuidIn(' chlorine ')).toBe('chlorine');
  expect([CARD, `${CARD}x`, '*', '75'].map(isId)).toEqual([true, false, false, false]);
});

test('what was seen has a word, and an operation of a newer hub is shown as it is', () => {
  expect([whatWasSeen('GET /incidents/{id}'), whatWasSeen('GET /api/v1/feed'), whatWasSeen('GET /weather')]).toEqual(['card', 'feed', null]);
});
