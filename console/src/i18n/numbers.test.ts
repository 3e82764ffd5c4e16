import { expect, test } from 'vitest';
import { bundleOf, numbersOf } from './bundle';

// Node has no numbers of Kazakh and takes the next language named; Chromium has some, with a point, and takes those.
test('Kazakh numbers are asked for as Russian ones, and of nothing that a browser may know better', () => {
  expect(numbersOf('kk')).toEqual(['ru']);
});

test('Kazakh and Russian write a decimal comma, English a point', () => {
  const said = (language: 'kk' | 'ru' | 'en') => {
    const bundle = bundleOf(language, { 'one.ftl': 'one = { $n }' });
    return bundle.formatPattern(bundle.getMessage('one')!.value!, { n: 12.5 });
  };
  expect([said('kk'), said('ru'), said('en')]).toEqual(['12,5', '12,5', '12.5']);
  expect(new Intl.NumberFormat(numbersOf('kk'), { maximumFractionDigits: 1 }).format(0.25)).toMatch(/^0,[23]$/);
});
