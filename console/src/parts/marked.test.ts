import { expect, test } from 'vitest';
import { Marked } from './marked.svelte';

const key = (name: string) => ({ key: name, preventDefault: () => {} }) as KeyboardEvent;

test('the arrows go round the suggestions; before that the first is marked only when it is sure', () => {
  let all = ['gas', 'fire', 'flood'];
  let sure = false;
  const marked = new Marked(() => all, () => (sure ? (all[0] ?? null) : null));
  expect(marked.one).toBeNull();
  marked.press(key('ArrowDown'));
  expect(marked.one).toBe('gas');
  marked.press(key('ArrowUp'));
  expect(marked.one).toBe('flood');
  marked.press(key('ArrowDown'));
  marked.press(key('ArrowDown'));
  expect(marked.one).toBe('fire');
  all = ['gas'];
  expect(marked.one, 'fewer came').toBe('gas');
  marked.again();
  expect(marked.one).toBeNull();
  marked.begin();
  expect(marked.one).toBe('gas');
  marked.again();
  sure = true;
  expect(marked.one).toBe('gas');
  all = [];
  expect(marked.one).toBeNull();
});
