import { expect, test } from 'vitest';
import type { Incident, Unit } from '../../api/types';
import type { Found } from '../../state/gazetteer.svelte';
import { certain, sameAddress, suggested, wordsOf } from './places';

const card = (address: string, lat: number, lon: number, radius_m = 100) =>
  ({ locations: [{ location: { source: 'caller', address, fix: { point: { lat, lon }, uncertainty: { shape: 'circle', radius_m } } } }] }) as unknown as Incident;
const crew = (station: string, lat: number, lon: number) => ({ station, home: { lat, lon } }) as unknown as Unit;
const found = (over: Partial<Found>): Found => ({ name: 'улица Абая, 10', settlement: null, precision: 'house', point: { lat: 43.24, lon: 76.95 }, uncertainty: 25, likeness: 1, ...over });

const cards = [card('улица Абая, 110', 43.2391, 76.8902), card('43.24010, 76.95120', 43.2401, 76.9512), card('Самал-2, 33', 43.23, 76.95)];
const crews = [crew('Спасательный отряд 10', 43.34, 77.03)];
const names = (written: string) => suggested(written, cards, crews).map((one) => one.name);

test.each([
  ['Абая 10-А', ['abaya', '10a']],
  ['ул. Абая, 10/2б', ['ul', 'abaya', '10/2b']],
  ['Абая 10 а', ['abaya', '10a']],
  ['Самал-2, 33', ['samal', '2', '33']],
])('%s: a house number is one word, the name of a quarter is not', (written, words) => {
  expect(wordsOf(written)).toEqual(words);
});

test.each([
  ['10', []],
  ['24010', []],
  ['абая 10', []],
  ['abay 10', []],
  ['Абая 11', []],
  ['Сатпаева 2', []],
  ['Берёзовая 5', []],
  ['абая 110', ['улица Абая, 110']],
  ['abay 110', ['улица Абая, 110']],
  ['ул аб', ['улица Абая, 110']],
  ['спас отряд 10', ['Спасательный отряд 10']],
  ['самал 2', ['Самал-2, 33']],
])('for «%s» these known places are offered: %s', (written, expected) => {
  expect(names(written)).toEqual(expected);
});

test.each([
  ['ул. Абая 110', 'улица Абая, 110', true],
  ['Абая, 110', 'улица Абая, 110', true],
  ['Абая, 11', 'улица Абая, 110', false],
  ['Абая, 10/2', 'Абая, 10', false],
  ['Сатпаева, 90', 'Абая, 90', false],
  ['переулок Абая, 10', 'улица Абая, 10', false],
  ['Абай көшесі, 10', 'ул. Абай, 10', true],
  ['abay 10', 'улица Абая, 10', true],
  ['Сатпаев 90', 'ул. Сатпаева, 90', true],
  ['Мирас, 10', 'улица Мира, 10', false],
  ['Северный, 3', 'Северная, 3', false],
])('«%s» and «%s» are one address: %s', (one, other, same) => {
  expect(sameAddress(one, other)).toBe(same);
});

test('a place is filled in only when all of its words were said', () => {
  const all = (written: string) => certain(written, suggested(written, cards, crews), [])?.name ?? null;
  expect(all('Абая 110')).toBe('улица Абая, 110');
  expect(all('спасательный отряд 10')).toBe('Спасательный отряд 10');
  for (const written of ['аб 110', 'Абая', 'отряд 10', '10', 'Самал 2', 'Абая 11']) expect(all(written), written).toBeNull();
});

test('the gazetteer is believed where it knows the house and the words are the very ones', () => {
  expect(certain('Абая 10', [], [found({})])).toEqual({ name: 'улица Абая, 10', point: { lat: 43.24, lon: 76.95 }, uncertainty: 25 });
  for (const over of [{ likeness: 0.8 }, { precision: 'house_unknown' }, { precision: 'between_houses' }, { precision: 'whole' }] as const) expect(certain('Абая 10', [], [found(over)]), JSON.stringify(over)).toBeNull();
  expect(certain('переулок Абая 10', [], [found({})]), 'another kind of street').toBeNull();
  expect(certain('Абая 10 12', [], [found({})]), 'two numbers').toBeNull();
  expect(certain('10', [], [found({})]), 'a number alone names no place').toBeNull();
});

test('a name that two places have is nobody’s', () => {
  expect(certain('Абая 10', [], [found({}), found({ point: { lat: 43.3, lon: 77.1 } })])).toBeNull();
  const twice = [card('Абая, 10', 43.24, 76.95), card('улица Абая, 10', 43.3, 77.1)];
  expect(certain('Абая 10', suggested('Абая 10', twice, []), [])).toBeNull();
  expect(certain('Абая 10', suggested('Абая 10', [twice[1]!], []), [found({})]), 'a card and the gazetteer that differ').toBeNull();
  expect(certain('Абая 10', suggested('Абая 10', [twice[0]!], []), [found({})])?.uncertainty, 'the better point of one place').toBe(25);
});

test('a card that does not know where it is itself gives its point to nobody', () => {
  expect(certain('Абая 10', suggested('Абая 10', [card('Абая, 10', 43.24, 76.95, 3000)], []), [])).toBeNull();
});

test('a street is the same street whichever language says that it is one', () => {
  const card = { id: 'a', locations: [{ location: { address: 'улица Толе би, 59', fix: { point: { lat: 43.25, lon: 76.93 } } } }] } as unknown as Incident;
  const names = (written: string) => suggested(written, [card], []).map((one) => one.name);
  expect(names('Төле би көшесі 59')).toEqual(['улица Толе би, 59']);
  expect(names('Төле би даңғылы 59'), 'an avenue is another').toEqual([]);
});
