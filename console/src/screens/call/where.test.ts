import { expect, test } from 'vitest';
import { spoken } from './where';

const known = {
  categories: [
    { code: 'building_fire', names: { kk: 'Ғимараттағы өрт', ru: 'Пожар в здании', en: 'Building fire' } },
    { code: 'road_accident', names: { kk: 'Жол апаты', ru: 'Дорожная авария', en: 'Road accident' } },
  ],
};

test.each([
  ['улица Толе би 59 пожар', 'улица Толе би 59'],
  ['Төле би көшесі 59 өрт', 'Төле би көшесі 59'],
  ['Пожар, Толе би, 59, дым из окон', 'Толе би, 59'],
  ['алло, горит на улице Абая 10а помогите', 'улице Абая 10а'],
  ['Подольская 12 пожар', 'Подольская 12'],
  ['Толе би 59 кв 12', 'Толе би 59'],
  ['fire at Abay 10', 'Abay 10'],
  ['соседи сказали. Абая 10 горит', 'Абая 10'],
])('%s: the street with its house stands in the words', (text, place) => {
  expect(spoken(text, known)).toContain(place);
});

test('what says what has happened is of no street, and the longest is looked for first', () => {
  expect(spoken('улица Толе би 59 пожар', known)).toEqual(['улица Толе би 59', 'Толе би 59', 'би 59']);
});

test.each([
  ['горит на улице Сейфуллина, дым', 'улице Сейфуллина'],
  ['Сейфуллин даңғылы жақта өрт', 'Сейфуллин даңғылы'],
])('%s: a street without a number is known by its kind', (text, place) => {
  expect(spoken(text, known)).toContain(place);
});

test.each(['ребёнку 5 лет, температура', 'на 3 этаже кричат', 'квартира 12', 'пожар', '3-қабатта өрт', 'у соседей 2 человека', ''])('%s: nothing in it is a house', (text) => {
  expect(spoken(text, known)).toEqual([]);
});

test('of a long story a few places are looked for, each a question to the gazetteer', () => {
  const many = spoken('Абая 10 и Сатпаева 12 и Жандосова 34 и Тимирязева 71 и Райымбека 210', known);
  expect(many.length).toBeLessThanOrEqual(4);
  expect(many).toEqual(expect.arrayContaining(['Абая 10', 'Сатпаева 12']));
});
