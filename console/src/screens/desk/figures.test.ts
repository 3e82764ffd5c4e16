import { expect, test } from 'vitest';
import { figuresOf, toRecord } from './figures';

const known = { dead: 0, injured: 2, affected: 5, disrupted: 0, damage_tenge: 0, extent: null };

test('who only states the scale records no figure: what is unknown stays unknown', () => {
  expect(figuresOf(undefined)).toEqual({ dead: null, injured: null, affected: null, disrupted: null, damage_tenge: null });
  expect(toRecord(undefined, figuresOf(undefined))).toBeNull();
  expect(toRecord(known, figuresOf(known))).toBeNull();
});

test('a figure that was touched is recorded with the others, the dead and the injured among the affected', () => {
  expect(toRecord(undefined, { ...figuresOf(undefined), dead: 0, injured: 3 })).toEqual({ ...known, injured: 3, affected: 3 });
  expect(toRecord(known, { ...figuresOf(known), dead: 4 })).toEqual({ ...known, dead: 4, affected: 6 });
});
