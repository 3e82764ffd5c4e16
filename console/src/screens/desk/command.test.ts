import { expect, test } from 'vitest';
import { understand, type Known } from './command';

const known: Known = {
  callSigns: new Map([
    ['75-fire_rescue-12', 'Өрт-12'],
    ['75-ambulance-3', 'Жедел 3'],
  ]),
  numbers: new Set(['000104']),
  categories: [
    { code: 'building_fire', names: { kk: 'Ғимараттағы өрт', ru: 'Пожар в здании', en: 'Building fire' } },
    { code: 'vehicle_fire', names: { kk: 'Көліктің жануы', ru: 'Горит автомобиль', en: 'Vehicle fire' } },
    { code: 'gas_smell', names: { kk: 'Газ иісі', ru: 'Запах газа', en: 'Smell of gas' } },
  ],
  place: (text) => (/^(abay|абая) 10$/i.test(text) ? { name: 'улица Абая, 10', point: { lat: 43.24, lon: 76.95 } } : null),
};

test.each([
  ['Өрт-12 жетті', '75-fire_rescue-12', 'arrived'],
  ['өрт 12 прибыли', '75-fire_rescue-12', 'arrived'],
  ['жедел 3 dep', '75-ambulance-3', 'departed'],
  ['Жедел-3 босады', '75-ambulance-3', 'released'],
])('%s: a crew told its stage', (line, unit, stage) => {
  expect(understand(line, known)).toEqual({ is: 'stage', unit, stage });
});

test.each([
  ['mode high', 'high_readiness'],
  ['режим чс', 'emergency'],
  ['режим күнделікті', 'everyday'],
  ['режим', null],
])('%s: a change of mode', (line, mode) => {
  expect(understand(line, known)).toEqual({ is: 'mode', mode });
});

test('a number opens its card, short or whole', () => {
  expect(understand('104', known)).toEqual({ is: 'open', number: '000104' });
  expect(understand('75-26-000104', known)).toEqual({ is: 'open', number: '000104' });
});

test('a number that is in no row is looked for among all cards', () => {
  expect(understand('999', known)).toEqual({ is: 'find', number: '000999' });
});

test.each([
  ['пожар Абая 10', 'building_fire', true],
  // Two kinds of fire: the hub decides by the words.
  ['fire abay 10', null, true],
  ['smell gas', 'gas_smell', false],
  ['газ иісі', 'gas_smell', false],
  ['скорая прибыла', null, false],
])('%s is a message that says what and where', (line, category, placed) => {
  const command = understand(line, known);
  expect(command).toMatchObject({ is: 'message', text: line, category });
  expect('place' in command && command.place !== null).toBe(placed);
});

test('an empty line means nothing', () => {
  expect(understand('  ', known)).toEqual({ is: 'nothing' });
});
