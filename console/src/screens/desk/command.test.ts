import { expect, test } from 'vitest';
import { understand, type Known } from './command';

const known: Known = {
  callSigns: new Map([
    ['75-fire_rescue-12', 'Өрт-12'],
    ['75-ambulance-3', 'Жедел 3'],
  ]),
  numbers: new Set(['000104']),
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

test('everything else is a message, also what only looks like a command', () => {
  expect(understand('пожар Абая 10', known)).toEqual({ is: 'message', text: 'пожар Абая 10' });
  expect(understand('999', known)).toEqual({ is: 'message', text: '999' });
  expect(understand('скорая прибыла', known)).toEqual({ is: 'message', text: 'скорая прибыла' });
});

test('an empty line means nothing', () => {
  expect(understand('  ', known)).toEqual({ is: 'nothing' });
});
