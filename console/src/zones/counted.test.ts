import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Problem } from '../api/problem';
import type { Schemas } from '../api/types';
import { Counted } from './counted.svelte';
import type { Border } from './zone';

const border = (lon: number): Border => ({ ring: [[lon, 43], [lon + 1, 43], [lon, 44]], holes: [] });
const inside = (people: number) => ({ population: { people } }) as unknown as Schemas['Inside'];

/** A hub whose answers are those of the list, the last one for good. */
function answering(...answers: (Schemas['Inside'] | Error)[]) {
  const asked: Border[] = [];
  const count = async (one: Border) => {
    const answer = answers[Math.min(asked.push(one), answers.length) - 1]!;
    if (answer instanceof Error) throw answer;
    return answer;
  };
  return { asked, count };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('a count that failed is made again, and its problem goes with the answer', async () => {
  const { asked, count } = answering(new Problem('unavailable', 503, ''), inside(7));
  const counted = new Counted(count);
  counted.of(border(76));
  await vi.advanceTimersByTimeAsync(600);
  expect(counted.problem).toBeInstanceOf(Problem);
  await vi.advanceTimersByTimeAsync(3_000);
  expect([counted.land, counted.problem]).toEqual([inside(7), null]);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(asked.length, 'what is known is not asked for').toBe(2);
});

test('what another try brings again is not tried again by itself, but with the next border and by hand', async () => {
  const { asked, count } = answering(new Problem('invalid', 422, ''), inside(3));
  const counted = new Counted(count);
  counted.of(border(76));
  await vi.advanceTimersByTimeAsync(60_000);
  expect(asked.length).toBe(1);
  counted.of(border(77));
  expect(counted.problem, 'the problem was of the border before').toBeNull();
  await vi.advanceTimersByTimeAsync(600);
  expect(counted.land).toEqual(inside(3));
});

test('the answer to a border that is another by now says nothing, and one that was told is not asked about', async () => {
  let answer = (_: Schemas['Inside']) => {};
  const counted = new Counted(() => new Promise((resolve) => (answer = resolve)));
  counted.of(border(76));
  await vi.advanceTimersByTimeAsync(600);
  const told = border(77);
  counted.told(told, inside(9));
  answer(inside(1));
  counted.of({ ...told });
  await vi.advanceTimersByTimeAsync(5_000);
  expect(counted.land).toEqual(inside(9));
  counted.of(null);
  expect(counted.land).toBeNull();
});
