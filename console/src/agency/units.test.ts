import { expect, test } from 'vitest';
import type { Unit } from '../api/types';
import { asRecommended, candidates, nextSteps } from './units';

const unit = (id: string, status?: object, capabilities: string[] = []) => ({ id, call_sign: id, status, capabilities }) as Unit;
const engaged = (stage: string, request = 'r') => ({ state: 'engaged', incident: 'i', request, stage, since: '' });

test('a crew departs, arrives and is released, and is never asked for a step behind it', () => {
  expect(nextSteps(unit('1', engaged('accepted')))).toEqual(['departed', 'released']);
  expect(nextSteps(unit('1', engaged('departed')))[0]).toBe('arrived');
  expect(nextSteps(unit('1', engaged('arrived')))).toEqual(['released']);
});

test('a unit that is held waits for the answer to the request, not for a step', () => {
  expect(nextSteps(unit('1', { state: 'reserved', request: 'r', until: '' }))).toEqual([]);
});

test('held for the request comes first, then recommended, then who can do it, then the rest; who is busy elsewhere is not offered', () => {
  const units = [
    unit('rest'),
    unit('able', { state: 'available' }, ['pump']),
    unit('advised', { state: 'available' }),
    unit('held', { state: 'reserved', request: 'r', until: '' }),
    unit('busy', engaged('departed', 'other')),
    unit('broken', { state: 'out_of_service', reason: '' }),
  ];
  expect(candidates(units, 'r', ['advised'], ['pump']).map((one) => one.id)).toEqual(['held', 'advised', 'able', 'rest']);
});

test('other units than those asked for are a change', () => {
  expect(asRecommended(['b', 'a'], ['a', 'b'])).toBe(true);
  expect(asRecommended(['a'], ['a', 'b'])).toBe(false);
});
