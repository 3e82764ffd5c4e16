import { expect, test } from 'vitest';
import { EventReader } from './sse';

test('an event is given when its empty line has come, however the bytes are cut', () => {
  const reader = new EventReader();
  const text = 'id: 4.7\nevent: noted\ndata: {"a":1}\n\nevent: beat\ndata: {"now":"x"}\n\n';
  const given = [...text].flatMap((letter) => reader.take(letter));
  expect(given).toEqual([
    { id: '4.7', event: 'noted', data: '{"a":1}' },
    { id: null, event: 'beat', data: '{"now":"x"}' },
  ]);
});

test('a half event is held back', () => {
  const reader = new EventReader();
  expect(reader.take('event: noted\ndata: 1\n')).toEqual([]);
  expect(reader.take('\n')).toHaveLength(1);
});

test('comments are passed over and carriage returns do not matter', () => {
  expect(new EventReader().take(': hello\r\ndata: 1\r\n\r\n')).toEqual([{ id: null, event: 'message', data: '1' }]);
});
