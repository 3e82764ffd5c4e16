import { expect, test } from 'vitest';
import { loadEveryLanguage, tIn } from '../i18n/bundles';
import { FIELDS, fieldKey } from './fields';

test('a field is named by the last name in its path, and one that nobody sees by name is not named', () => {
  expect(fieldKey('location.fix.point')).toBe('field-point');
  expect(fieldKey('/positions/3/at')).toBe('field-at');
  expect(fieldKey('positions[3]')).toBe('field-positions');
  expect([fieldKey('Idempotency-Key'), fieldKey('bbox'), fieldKey(null)]).toEqual([null, null, null]);
});

test('each has words in every language', async () => {
  await loadEveryLanguage();
  for (const language of ['kk', 'ru', 'en'] as const) for (const field of FIELDS) expect(tIn(language, `field-${field}`), `${language} ${field}`).not.toBe(`field-${field}`);
});
