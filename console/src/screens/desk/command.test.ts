import { expect, test } from 'vitest';
import { ends } from '../call/where';
import { understand, type Known } from './command';

const known: Known = {
  callSigns: new Map([
    ['75-fire_rescue-12', 'Өрт-12'],
    ['75-ambulance-3', 'Жедел 3'],
  ]),
  asked: new Map([
    ['ambulance', ['ambulance', 'скорая помощь', 'Жедел медициналық жәрдем станциясы']],
    ['fire_rescue', ['fire_rescue', 'пожарно-спасательная']],
  ]),
  numbers: new Set(['000104']),
  categories: [
    { code: 'building_fire', names: { kk: 'Ғимараттағы өрт', ru: 'Пожар в здании', en: 'Building fire' } },
    { code: 'vehicle_fire', names: { kk: 'Көліктің жануы', ru: 'Горит автомобиль', en: 'Vehicle fire' } },
    { code: 'gas_smell', names: { kk: 'Газ иісі', ru: 'Запах газа', en: 'Smell of gas' } },
  ],
  place: (text) => (/^(abay|абая) 10$/i.test(text) ? { name: 'улица Абая, 10', point: { lat: 43.24, lon: 76.95 }, uncertainty: 25 } : null),
  isLike: (text) => /^(нижняя абая|абая) \d+$/i.test(text),
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
  ['скорая приняла', 'ambulance', 'accept'],
  ['скорая помощь отказ', 'ambulance', 'refuse'],
  ['жедел бас тартты', 'ambulance', 'refuse'],
  ['Ambulance answer', 'ambulance', null],
  ['пожарно-спасательная жауап', 'fire_rescue', null],
])('%s: a service answers by telephone', (line, service, way) => {
  expect(understand(line, known)).toEqual({ is: 'answer', service, way });
});

test.each(['полиция приняла', 'скорая', 'горит скорая отказ', 'ск отказ'])('%s is no answer: nobody of that name is asked', (line) => {
  expect(understand(line, known).is).toBe('message');
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
  ['Абая 10 пожар', 'building_fire', true],
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

test.each([
  ['Берёзовая 5', 'Берёзовая 5'],
  ['пожар Сатпаева 2', 'Сатпаева 2'],
  ['горит квартира Абая 11', 'Абая 11'],
  ['пожар нижняя Абая 10', 'нижняя Абая 10'],
  ['fire 10', null],
  ['скорая прибыла', null],
  ['у соседей кричат уже часа два или 3', null],
])('%s: no place beyond doubt, so no point; what may be an address is handed over: %s', (line, address) => {
  expect(understand(line, known)).toMatchObject({ is: 'message', text: line, place: null, address });
});

test('a word before a known address that does not say what has happened may be of its name: the place is not sure', () => {
  expect(understand('верхняя Абая 10', known)).toMatchObject({ place: null, address: 'Абая 10' });
});

test('the gazetteer is asked for ends of the line that have a word and a number, a few at most', () => {
  expect(ends('пожар Абая 10', known)).toEqual(['Абая 10']);
  expect(ends('fire 10', known)).toEqual([]);
  const many = ends('на втором этаже дома по улице Абая 10', known);
  expect(many).toHaveLength(4);
  expect([many[0], many.at(-1)]).toEqual(['на втором этаже дома по улице Абая 10', 'Абая 10']);
});

test('an empty line means nothing', () => {
  expect(understand('  ', known)).toEqual({ is: 'nothing' });
});
