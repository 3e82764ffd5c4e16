import { expect, test } from 'vitest';
import type { Unit } from '../../api/types';
import { countStates, inOrder } from './register';

const unit = (service: string, call_sign: string, state?: string) => ({ service, call_sign, status: state && { state } }) as Unit;

test('units stand by service in the order of the rules, then by number as people count', () => {
  const list = [unit('ambulance', '103-10'), unit('police', 'Қ-2'), unit('ambulance', '103-9')];
  expect(inOrder(list, ['police', 'ambulance']).map((one) => one.call_sign)).toEqual(['Қ-2', '103-9', '103-10']);
});

test('a unit of which nothing was told is free', () => {
  const count = countStates([unit('a', '1'), unit('a', '2', 'engaged')]);
  expect([count.available, count.engaged, count.returning]).toEqual([1, 1, 0]);
});
