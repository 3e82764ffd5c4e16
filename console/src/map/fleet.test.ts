import { expect, test } from 'vitest';
import type { Unit } from '../api/types';
import { eastOf, Packed, pictureOf, southOf, STRIDE } from './fleet';

const unit = (id: string, state = 'available') => ({ id, call_sign: id, service: 'police', kind: 'patrol_car', status: { state } }) as unknown as Unit;
const places: Record<string, { lon: number; lat: number }> = { a: { lon: 76.9, lat: 43.25 }, b: { lon: 76.9002, lat: 43.25 }, c: { lon: 71.4, lat: 51.1 } };
const seen = (of: Unit) => ({ ...places[of.id]!, at: 0 });
const packed = (units: Unit[]) => new Packed(units, seen, (of) => of.id === 'c');
const ALMATY = { west: 76, south: 43, east: 78, north: 44 };

test('a unit is packed where it is, to less than a metre, with its picture and its age', () => {
  const { numbers, origin } = packed([unit('a'), unit('c', 'engaged')]);
  const metre = 1 / (40_075_017 * Math.cos((51.1 * Math.PI) / 180));
  expect(Math.abs(numbers[STRIDE]! + origin.x - eastOf(71.4))).toBeLessThan(metre);
  expect(Math.abs(numbers[STRIDE + 1]! + origin.y - southOf(51.1))).toBeLessThan(metre);
  expect([numbers[2], numbers[3], numbers[STRIDE + 2], numbers[STRIDE + 3]]).toEqual([pictureOf('police', 'patrol_car', 'available'), 0, pictureOf('police', 'patrol_car', 'engaged'), 1]);
});

test('a kind that the map has no picture of gets the common one, and one that several services go by differs by service', () => {
  expect(pictureOf('police', 'balloon', 'available')).toBe(pictureOf('utilities', 'other', 'available'));
  expect(pictureOf('telecom', 'repair_vehicle', 'available')).not.toBe(pictureOf('utilities', 'repair_vehicle', 'available'));
});

test('units that stand together are counted, those outside the box are not', () => {
  const all = packed([unit('a'), unit('b', 'engaged'), unit('c')]);
  expect(all.groups(ALMATY, 8).features.map((one) => one.properties)).toEqual([{ all: 2, free: 1 }]);
  expect(all.within(ALMATY)).toBe(2);
  expect(all.groups({ west: 40, south: 40, east: 90, north: 60 }, 4).features).toHaveLength(2);
});

test('pictures that stand on one another say how many they are; those that can be told apart say nothing', () => {
  const home = { ...places };
  const station = Array.from({ length: 5 }, () => unit('a'));
  const all = new Packed([...station, unit('b'), unit('c')], (of) => ({ ...home[of.id]!, at: 0 }), () => false);
  expect(all.stacks(ALMATY, 17).features.map((one) => one.properties)).toEqual([{ count: 5 }]);
  expect(all.stacks(ALMATY, 17).features[0]!.geometry).toMatchObject({ coordinates: [expect.closeTo(76.9, 5), expect.closeTo(43.25, 5)] });
  expect(all.beside(station[0]!, 17)).toEqual(station.slice(1));
  expect(all.stacks(ALMATY, 7).features.map((one) => one.properties)).toEqual([{ count: 6 }]);
});

test('the unit under the pointer is the nearest within reach', () => {
  const all = packed([unit('a'), unit('b')]);
  const reach = eastOf(76.901) - eastOf(76.9);
  expect(all.at(76.90015, 43.25, reach)?.id).toBe('b');
  expect(all.at(77.5, 43.25, reach)).toBeNull();
});

test('call signs are there as long as they can be told apart', () => {
  const many = Array.from({ length: 301 }, () => unit('a'));
  expect(packed(many).names(ALMATY).features).toHaveLength(0);
  expect(packed(many.slice(1)).names(ALMATY).features).toHaveLength(300);
});

test('those that an answer speaks of are moved, the others stay, and of a unit seen for the first time all is packed anew', () => {
  const all = packed([unit('a'), unit('b')]);
  const slots = new Map([['b', 0]]);
  const columns = (lon: number, answers: number) => ({
    count: slots.size,
    answers,
    slot: (id: string) => slots.get(id),
    east: Float64Array.of(eastOf(lon), 0),
    south: Float64Array.of(southOf(43.3), 0),
    at: Float64Array.of(0, 0),
    told: Uint32Array.of(answers, 0),
  });
  const whereIsB = () => all.numbers[STRIDE]! + all.origin.x;
  expect(all.follow(columns(76.95, 1))).toBe(true);
  expect(whereIsB()).toBeCloseTo(eastOf(76.95), 7);
  expect(all.numbers[0]! + all.origin.x).toBeCloseTo(eastOf(76.9), 7);
  expect(all.follow({ ...columns(77.1, 1), told: Uint32Array.of(1, 0) }), 'nothing new').toBe(true);
  expect(whereIsB()).toBeCloseTo(eastOf(76.95), 7);
  slots.set('a', 1);
  expect(all.follow(columns(77.1, 2))).toBe(false);
});

test('what is sent to be drawn is what is in view', () => {
  expect(packed([unit('a'), unit('b'), unit('c')]).inside(ALMATY)).toHaveLength(2 * STRIDE);
});
