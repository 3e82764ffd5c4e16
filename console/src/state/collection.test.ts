// Everything is read in pages while the feed goes on: what it brings is newer than a page that was read before it.
import { expect, test } from 'vitest';
import { Collection } from './collection.svelte';

interface Card {
  id: string;
  version: number;
}
const card = (id: string, version = 1): Card => ({ id, version });

/** A reading whose pages come when they are told to. */
function slow(): { read: () => Promise<Card[]>; come: (cards: Card[]) => void; fail: (problem: Error) => void } {
  let [come, fail] = [(_: Card[]) => {}, (_: Error) => {}];
  const pages = new Promise<Card[]>((resolve, reject) => ([come, fail] = [resolve, reject]));
  return { read: () => pages, come: (cards) => come(cards), fail: (problem) => fail(problem) };
}

test('cards that change, come and go while all are read are as the feed left them', async () => {
  const cards = new Collection<Card>((one) => one.id);
  cards.replace([card('gone long ago'), card('a')]);
  const { read, come } = slow();
  const reading = cards.readAll(read);
  cards.put([card('b', 2), card('new')]);
  cards.remove(['c']);
  come([card('a'), card('b', 1), card('c'), card('d')]);
  await reading;
  expect(new Map(cards.all.map((one) => [one.id, one.version]))).toEqual(new Map([['a', 1], ['b', 2], ['new', 1], ['d', 1]]));
});

test('what was begun for another region does not come in', async () => {
  const cards = new Collection<Card>((one) => one.id);
  const { read, come } = slow();
  const reading = cards.readAll(read);
  cards.replace([]);
  come([card('of the other')]);
  await reading;
  expect(cards.size).toBe(0);
});

test('a reading that fails leaves everything as it was', async () => {
  const cards = new Collection<Card>((one) => one.id);
  cards.replace([card('a')]);
  const { read, fail } = slow();
  const reading = cards.readAll(read);
  fail(new Error('no line'));
  await expect(reading).rejects.toThrow('no line');
  expect(cards.all).toEqual([card('a')]);
});
