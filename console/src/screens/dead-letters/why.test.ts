import { expect, test, vi } from 'vitest';
import type { Schemas } from '../../api/types';

vi.mock('../../i18n', () => ({
  t: (key: string) => key,
  word: (kind: string, value: string) => `${kind} ${value}`,
  named: (names: { ru: string } | null | undefined, otherwise = '') => names?.ru ?? otherwise,
}));
const { why } = await import('./why');
const letter = (of: object) => ({ code: null, said: null, reason: 'missing field `at`', ...of }) as unknown as Schemas['DeadLetterView'];

test('what only the machine said stands behind a reason in words', () => {
  expect(why(letter({ code: 'malformed_content' }))).toEqual({ kind: 'refusal malformed_content', more: '', raw: 'missing field `at`' });
  expect(why(letter({ code: 'rejected' }))).toEqual({ kind: 'dead-letters-broker-rejected', more: '', raw: 'missing field `at`' });
});

test('what the hub said in the reader’s language is said, and nothing twice', () => {
  const said = { kk: 'уақыт жоқ', ru: 'нет времени', en: 'no time' };
  expect(why(letter({ code: 'malformed_content', said, reason: 'no time' }))).toEqual({ kind: 'refusal malformed_content', more: 'нет времени', raw: '' });
  expect(why(letter({ said, reason: 'no time' }))).toEqual({ kind: 'нет времени', more: '', raw: '' });
});

test('without a reason in words the raw one is all there is', () => {
  expect(why(letter({}))).toEqual({ kind: 'missing field `at`', more: '', raw: '' });
});
