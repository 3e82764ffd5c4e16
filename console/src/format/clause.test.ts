import { expect, test, vi } from 'vitest';

vi.mock('../state/preferences.svelte', () => ({ preferences: { language: 'en' } }));
const { clause } = await import('./clause');

test.each([
  ['kk', '112-R c.5(3)¶2–3', '112-қағидалар, 5-т. 3) тш. 2–3-абз.'],
  ['ru', '112-R c.5(2)¶4', 'Правила 112, п. 5 пп. 2) абз. 4'],
  ['ru', '112-R c.5(2)¶2, c.5(3)¶2', 'Правила 112, п. 5 пп. 2) абз. 2, п. 5 пп. 3) абз. 2'],
  ['en', '112-R c.5(2)¶4', '112-R c.5(2)¶4'],
  ['kk', '112-R c.4', '112-қағидалар, 4-т.'],
  ['ru', 'без ссылки', 'без ссылки'],
] as const)('%s: %s is written %s', (language, cited, written) => {
  expect(clause(cited, language)).toBe(written);
});
