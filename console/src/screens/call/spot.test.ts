import { expect, test } from 'vitest';
import { chosen, isElsewhere, isOf, isOpen, kept, namedHere, nowhere, shown, written } from './spot';

const ABAY = { lat: 43.2391, lon: 76.8902 };
const SHOWN = { lat: 43.25, lon: 76.9 };

test('a point chosen with an address falls when the address becomes another, and the place is to be chosen again', () => {
  const corrected = written(chosen('улица Абая, 110', ABAY), 'Сатпаева, 90');
  expect(corrected).toMatchObject({ address: 'Сатпаева, 90', point: null, fallen: ABAY });
  expect(isOpen(corrected)).toBe(true);
});

test('letter by letter it falls once, and comes back with its address', () => {
  let spot = chosen('улица Абая, 110', ABAY);
  for (const address of ['улица Абая, 11', 'улица Абая, 1', 'улица Абая, 11']) {
    spot = written(spot, address);
    expect(spot.point, address).toBeNull();
  }
  expect(written(spot, 'улица Абая, 110')).toEqual(chosen('улица Абая, 110', ABAY));
});

test.each([
  ['улица Абая, 110', 'ул. Абая 110', true],
  ['улица Абая, 110', 'улица Абая, 110, кв. 5, подъезд 2', true],
  ['улица Абая, 110', 'улица Абая, 110/2', false],
  ['улица Абая, 110', 'улица Абая, 110 а', false],
  ['улица Абая', 'улица Абая, 90', false],
  ['улица Абая, 110', '', false],
])('the point of «%s» is the point of «%s»: %s', (of, address, same) => {
  expect(isOf(of, address)).toBe(same);
});

test('a point from the map stays, and is known not to be of the new address', () => {
  const spot = shown({ ...nowhere(), address: 'Абая, 110' }, SHOWN);
  expect(isElsewhere(spot)).toBe(false);
  const corrected = written(spot, 'Сатпаева, 90');
  expect(corrected.point).toEqual(SHOWN);
  expect([isElsewhere(corrected), isOpen(corrected)]).toEqual([true, true]);
  expect(isElsewhere(written(shown(nowhere(), SHOWN), 'Сатпаева, 90')), 'there was no address when it was shown').toBe(false);
  expect(isElsewhere(namedHere(corrected, 'Гоголя, 3')), 'the address of the point itself').toBe(false);
});

test('who wants the point that fell keeps it as one from the map', () => {
  const spot = kept(written(chosen('улица Абая, 110', ABAY), 'пр. Абая, 112'));
  expect(spot).toMatchObject({ point: ABAY, pointBy: 'map', fallen: null });
  expect(isElsewhere(spot)).toBe(true);
});

test('a point of which a draft does not say how it came is taken for one from the map', () => {
  expect(written({ ...nowhere(), address: 'a', point: SHOWN }, 'b').point).toEqual(SHOWN);
});
