import { expect, test } from 'vitest';
import { plain } from './plain';

test.each([
  ['улица Абая, 10', 'ulitsa abaya 10'],
  ['Әл-Фараби даңғылы', 'al farabi dangyly'],
  ['«ABAY»  10', 'abay 10'],
])('%s is compared as %s', (text, read) => {
  expect(plain(text)).toBe(read);
});
