import { expect, test } from 'vitest';
import { elementOf } from './passports';

test('an element of the land is named by its kind and number, and by nothing else', () => {
  expect(elementOf('way/28871')).toEqual({ kind: 'way', id: 28871 });
  for (const none of [undefined, '', 'way/', 'road/1', 'way/1/2', 'way/-1']) expect(elementOf(none)).toBeUndefined();
});
