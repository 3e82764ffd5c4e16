import { expect, test, vi } from 'vitest';

vi.mock('../api/client', () => ({ asked: vi.fn(), hub: {} }));
const { bestOf } = await import('./gazetteer.svelte');
const found = (name: string, likeness: number) => ({ name, likeness, settlement: null, precision: 'house' as const, point: { lat: 43, lon: 77 }, uncertainty: 20 });

test('of several parts of a story the one that fits best is offered, and what is hardly alike is not', () => {
  const [far, near, other] = [found('Береговая', 0.5), found('улица Толе би, 59', 0.97), found('Би', 0.82)];
  expect(bestOf([[far], [near, other], [other]])).toEqual([near, other]);
  expect(bestOf([[near], [found('as well', 0.97)]])).toEqual([near]);
  expect(bestOf([[far], []])).toEqual([]);
  expect(bestOf([])).toEqual([]);
});

test('a street that is said in another case is offered where the house is there', () => {
  const said = found('проспект Примерный, 12', 0.6);
  const school = { ...found('Школа № 7', 0.71), precision: 'whole' as const };
  expect(bestOf([[said], [school]])).toEqual([said]);
});
