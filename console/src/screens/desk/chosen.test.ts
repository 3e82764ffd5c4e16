import { expect, test } from 'vitest';
import { choiceKey, still } from './chosen';

type Needs = Parameters<typeof still>[1];

const need = (service: string, capabilities: string[], picks: string[], others: string[] = []) => ({
  need: { service, capabilities, act: 'order', count: 1 },
  picks: picks.map((unit) => ({ unit })),
  others: others.map((unit) => ({ unit })),
});
const needs = (...all: unknown[]) => all as unknown as Needs;

test('a unit that was taken off one need is not taken off another when a need has been served', () => {
  const [police, fire] = needs(need('police', [], ['p1']), need('fire_rescue', [], ['f1', 'p1']));
  const choice = { [choiceKey(fire!, 'f1')]: false };
  const left = [fire!];
  expect(still(choice, left)).toEqual(choice);
  expect(choiceKey(left[0]!, 'f1')).not.toBe(choiceKey(police!, 'f1'));
});

test('the same service is asked for several things', () => {
  const [ladder, water] = needs(need('fire_rescue', ['ladder'], ['f1']), need('fire_rescue', ['water'], ['f1']));
  expect(choiceKey(ladder!, 'f1')).not.toBe(choiceKey(water!, 'f1'));
});

test('what is in no need any more is forgotten, and a spare unit is in its need', () => {
  const [police, fire] = needs(need('police', [], ['p1']), need('fire_rescue', [], ['f1'], ['f2']));
  const choice = { [choiceKey(police!, 'p1')]: false, [choiceKey(fire!, 'f2')]: true, [choiceKey(fire!, 'f9')]: true };
  expect(still(choice, [fire!])).toEqual({ [choiceKey(fire!, 'f2')]: true });
});
