import { expect, test } from 'vitest';
import { canBeSent, fresh, isWritten, message, phone, restored } from './entry';

test.each([
  ['8 701 123 45 67', '+77011234567'],
  ['+7 (701) 123-45-67', '+77011234567'],
  ['77011234567', '+77011234567'],
  ['103', '103'],
  ['701 12', '70112'],
])('%s is the number %s', (written, number) => {
  expect(phone(written)).toBe(number);
});

test('what is no number is none, and the hub is told that there is no number', () => {
  expect(phone('не знает')).toBeNull();
  expect(message({ ...fresh('пожар'), number: '?' }).sender).toMatchObject({ call_back: { kind: 'no_number' } });
});

test('a draft that is read again is the same message', () => {
  const entry = { ...fresh('пожар на Абая'), address: 'Абая 10' };
  const again = restored(JSON.parse(JSON.stringify(entry)));
  expect(again).toEqual(entry);
  expect(message(again!).id).toBe(entry.id);
});

test('a call without words can be sent only as a silent one', () => {
  expect(canBeSent(fresh())).toBe(false);
  expect(canBeSent({ ...fresh(), silent: true })).toBe(true);
  expect(message({ ...fresh(), silent: true }).contact).toBe('silent');
});

test('an empty entry is no loss; one with a place alone is', () => {
  expect(isWritten(fresh())).toBe(false);
  expect(isWritten({ ...fresh(), point: { lat: 43, lon: 77 } })).toBe(true);
  for (const over of [{ answers: { injured: false } }, { category: 'building_fire' }, { exercise: true }]) expect(isWritten({ ...fresh(), ...over }), JSON.stringify(over)).toBe(true);
});

test('an exercise says so, and nothing else is one', () => {
  expect(message(fresh('пожар')).exercise).toBe(false);
  expect(message({ ...fresh('пожар'), exercise: true }).exercise).toBe(true);
});

test('who calls for a legal person is its contact person, with its number and site', () => {
  const entry = { ...fresh('утечка'), name: 'Ким А.', organisation: 'ТОО «Завод»', bin: '941240000193', site: 'цех № 2', number: '103' };
  expect(message(entry).sender).toEqual({
    kind: 'organisation', name: 'ТОО «Завод»', bin: '941240000193', site: 'цех № 2', contact_person: 'Ким А.', call_back: { kind: 'number', number: '103' },
  });
  expect(message({ ...entry, bin: '94124' }).sender).toMatchObject({ bin: null });
  expect(message({ ...entry, organisation: ' ' }).sender).toMatchObject({ kind: 'person', name: 'Ким А.' });
  expect(isWritten({ ...fresh(), site: 'цех № 2' })).toBe(true);
});
