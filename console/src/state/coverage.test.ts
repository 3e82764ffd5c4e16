import { expect, test, vi } from 'vitest';

vi.mock('../i18n', () => ({ t: (key: string) => key }));
vi.mock('./preferences.svelte', () => ({ preferences: { language: 'en' } }));
const { percent } = await import('./coverage');

test.each([
  [0, '0'],
  [-1e-17, '0'],
  [0.004, '0.4'],
  [0.983, '98.3'],
  [0.99999, '100'],
  [1, '100'],
])('a share of %d is written %s', (share, written) => {
  expect(percent(share)).toBe(written);
});
