import { expect, test } from 'vitest';
import type { Unit } from '../api/types';
import { eastOf, Packed, southOf, STATES } from './fleet';
import { dotOf, paint } from './fleet-dots';

const unit = (id: string, state = 'available') => ({ id, call_sign: id, service: 'police', status: { state } }) as unknown as Unit;
const MIDDLE = { lon: 76.9, lat: 43.25 };
const camera = { x: eastOf(MIDDLE.lon), y: southOf(MIDDLE.lat), zoom: 10, width: 200, height: 100 };

test('a dot is where its unit is, in the colour of its state', () => {
  const packed = new Packed([unit('a', 'engaged')], () => ({ ...MIDDLE, at: 0 }), () => false);
  const { pixels, width } = paint(packed, camera);
  const engaged = STATES.indexOf('engaged') + 1;
  expect(pixels[50 * width + 100]).toBe(engaged);
  expect(pixels.filter((dot) => dot !== 0).every((dot) => dot === engaged)).toBe(true);
  expect(pixels.filter((dot) => dot !== 0).length).toBeLessThanOrEqual(16);
});

test('a unit whose position is old has a dot of its own colour, and one out of sight has none', () => {
  const places = { a: MIDDLE, b: { lon: 71.4, lat: 51.1 } };
  const packed = new Packed([unit('b'), unit('a')], ({ id }) => ({ ...places[id as 'a' | 'b'], at: 0 }), () => true);
  const { pixels } = paint(packed, camera);
  expect(new Set(pixels)).toEqual(new Set([0, dotOf(0, true)]));
});
