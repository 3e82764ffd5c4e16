// Pressing on while a line is on its way: every key reaches the hub.
import { expect, test } from 'vitest';
import type { Schemas } from '../../api/types';
import { Checking } from './checking.svelte';
import { nextUnchecked, type Check } from './shift';

type Command = Schemas['ShiftCommand'];
const link = (service: string) => ({ item: 'link', service }) as Check['item'];
const works = { outcome: 'works' } as const;

/** A hub that answers when it is told to. */
function slow() {
  const asked: { command: Command; answer: (problem?: unknown) => void }[] = [];
  const send = (command: Command) =>
    new Promise<void>((resolve, reject) => asked.push({ command, answer: (problem) => (problem === undefined ? resolve() : reject(problem)) }));
  return { asked, send };
}

const settle = () => new Promise((resolve) => setTimeout(resolve));

test('lines are told while the ones before are on their way', async () => {
  const { asked, send } = slow();
  const checking = new Checking(send);
  for (const service of ['police', 'ambulance', 'telecom']) void checking.tell('a', link(service), works);
  await settle();
  expect(asked.map(({ command }) => 'item' in command && command.item.service)).toEqual(['police', 'ambulance', 'telecom']);
  expect(checking.of('a', link('ambulance')).underWay).toBe(1);
});

test('what is said of one line twice goes in order, and the last word stands', async () => {
  const { asked, send } = slow();
  const checking = new Checking(send);
  void checking.tell('a', link('police'), works);
  const last = checking.tell('a', link('police'), { outcome: 'no_answer' });
  await settle();
  expect(asked.length).toBe(1);
  asked[0]!.answer(new Error('the line broke'));
  await settle();
  expect(asked.map(({ command }) => 'outcome' in command && command.outcome.outcome)).toEqual(['works', 'no_answer']);
  expect(checking.isTold('a', link('police'))).toBe(true);
  asked[1]!.answer();
  expect(await last).toBe(true);
  expect(checking.of('a', link('police'))).toEqual({ underWay: 0, taken: true, problem: null });
});

test('a line that the hub has not taken says why and is looked at next', async () => {
  const { asked, send } = slow();
  const checking = new Checking(send);
  const checks = ['police', 'ambulance'].map((service) => ({ item: link(service), results: [] })) as unknown as Check[];
  const next = () => nextUnchecked(checks, (item) => checking.isTold('a', item));
  expect(next()).toBe(0);
  const told = checking.tell('a', link('police'), works);
  expect(next()).toBe(1);
  await settle();
  asked[0]!.answer('refused');
  expect(await told).toBe(false);
  expect([next(), checking.of('a', link('police')).problem]).toEqual([0, 'refused']);
});
