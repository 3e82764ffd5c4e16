import { expect, test } from 'vitest';
import { pretty } from './pretty';

test('JSON is spread over lines', () => {
  expect(pretty('{"a":[1]}')).toEqual({ text: '{\n  "a": [\n    1\n  ]\n}', json: true });
});

test('what is broken is shown as it came', () => {
  expect(pretty('{"a": ')).toEqual({ text: '{"a": ', json: false });
});
