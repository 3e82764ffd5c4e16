import { expect, test } from 'vitest';
import { matches } from './search';

test('every word typed must occur somewhere in the row, in any case', () => {
  expect(matches('қыран 104', 'Қыран-104', 'патруль көлігі')).toBe(true);
  expect(matches('қыран өрт', 'Қыран-104', null)).toBe(false);
  expect(matches('  ', 'x')).toBe(true);
});
