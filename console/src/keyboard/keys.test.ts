import { beforeAll, expect, test, vi } from 'vitest';
import { digitOf, keys } from './keys.svelte';

beforeAll(() => {
  class One {}
  for (const name of ['Element', 'HTMLElement']) vi.stubGlobal(name, One);
  for (const name of ['HTMLInputElement', 'HTMLTextAreaElement', 'HTMLSelectElement']) vi.stubGlobal(name, class extends One {});
});

/** A press with the focus nowhere. */
const press = (key: string, more: Partial<KeyboardEvent> = {}) => keys.press({ key, code: '', target: null, preventDefault: () => {}, ...more } as KeyboardEvent);
/** What a screen did, key by key. */
function recorded(names: string[], bind = (all: Parameters<typeof keys.bind>[0]) => keys.bind(all)): { done: string[]; end: () => void } {
  const done: string[] = [];
  return { done, end: bind(names.map((key) => ({ key, does: key, run: () => done.push(key) }))) };
}

const key = (does: string) => ({ key: 'Enter', does, run: () => {} });

test('what stands on a screen has its keys before the screen, whichever came first', () => {
  const card = keys.bind([key('confirm')]);
  const screen = keys.beneath([key('open')]);
  expect(keys.all.map((one) => one.does)).toEqual(['confirm']);
  card();
  expect(keys.all.map((one) => one.does)).toEqual(['open']);
  const again = keys.bind([key('confirm')]);
  expect(keys.all.map((one) => one.does)).toEqual(['confirm']);
  again();
  screen();
  expect(keys.all).toEqual([]);
});

test('while a dialog is open no key of the screen behind it acts, wherever the focus is', () => {
  const screen = recorded(['Enter', 'x', '1']);
  const closed: string[] = [];
  const panel = {} as HTMLElement;
  const dialog = keys.dialog(panel, [{ key: 'Escape', does: 'close', typing: true, run: () => closed.push('dialog') }]);
  expect(keys.top).toBe(panel);
  for (const key of ['Enter', 'x', '1', 'Escape']) press(key);
  expect([screen.done, closed]).toEqual([[], ['dialog']]);
  dialog();
  expect(keys.top).toBeNull();
  press('x');
  expect(screen.done).toEqual(['x']);
  screen.end();
});

test('keys act by their place where the alphabet has other letters there', () => {
  const screen = recorded(['1', '0', '[', ']', '/', '?', 'n', 'N']);
  // As the Kazakh layout of Windows says them.
  for (const [key, code, shiftKey] of [['"', 'Digit1'], ['ө', 'Digit0'], ['х', 'BracketLeft'], ['ъ', 'BracketRight'], ['.', 'Slash'], [',', 'Slash', true], ['т', 'KeyN'], ['Т', 'KeyN', true]] as const) press(key, { code, shiftKey: shiftKey ?? false });
  expect(screen.done).toEqual(['1', '0', '[', ']', '/', '?', 'n', 'N']);
  press('!', { code: 'Digit1', shiftKey: true });
  expect(screen.done.length, 'a sign above a digit is no digit').toBe(8);
  screen.end();
  expect([digitOf({ key: 'ә', code: 'Digit2' } as KeyboardEvent), digitOf({ key: '2', code: 'Numpad2' } as KeyboardEvent), digitOf({ key: '@', code: 'Digit2', shiftKey: true } as KeyboardEvent)]).toEqual(['2', '2', null]);
});

test('Escape leaves a field, unless a dialog is open, which it closes', () => {
  let left = 0;
  const field = Object.assign(new HTMLTextAreaElement(), { closest: () => null, isContentEditable: true, blur: () => (left += 1) });
  press('Escape', { target: field });
  expect(left).toBe(1);
  const dialog = keys.dialog({} as HTMLElement, [{ key: 'Escape', does: 'close', typing: true, run: () => {} }]);
  press('Escape', { target: field });
  expect(left).toBe(1);
  dialog();
});
