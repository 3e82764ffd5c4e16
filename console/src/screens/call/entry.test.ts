import { expect, test } from 'vitest';
import { canBeSent, fresh, isWritten, message as toHub, phone, restored, unplaced, type Entry } from './entry';

const message = (entry: Entry) => toHub(entry, (field) => ({ number: 'Номер', bin: 'БИН', site: 'Объект' })[field]);


test.each([
  ['8 701 123 45 67', '+77011234567'],
  ['+7 (701) 123-45-67', '+77011234567'],
  ['77011234567', '+77011234567'],
  ['701 123 45 67', '+77011234567'],
  ['727 272.31.44', '+77272723144'],
  ['272-31-44', '2723144'],
  ['4951234567', '4951234567'],
  ['103', '103'],
  ['701 12', '70112'],
])('%s is the number %s', (written, number) => {
  expect(phone(written)).toEqual({ number, whole: true });
  expect(message({ ...fresh('пожар'), number: written }).text, 'nothing of it is left to say').toBe('пожар');
});

test.each([
  ['2-31-44 доб. 5', '23144'],
  ['8 701 123 45 67, 8 702 765 43 21', '+77011234567'],
  ['сосед 701 123 45 67', '+77011234567'],
  ['+7', null],
  ['не знает', null],
  ['?', null],
  ['5', null],
  ['12345678901234567', null],
])('of %s the number is %s, and the words say it as it was typed', (written, number) => {
  const sent = message({ ...fresh('пожар'), number: written });
  expect(sent.sender).toMatchObject({ call_back: number === null ? { kind: 'no_number' } : { kind: 'number', number } });
  expect(sent.text).toBe(`пожар\nНомер: ${written}`);
});

test('a number that is not there is none, and there is nothing to say of it', () => {
  expect(message({ ...fresh('пожар'), number: ' ' })).toMatchObject({ text: 'пожар', sender: { call_back: { kind: 'no_number' } } });
});

test('a BIN that is none, and what is said of an organisation without its name, stand in the words', () => {
  const entry = { ...fresh('утечка'), bin: '94124', site: 'цех № 2' };
  expect(message(entry)).toMatchObject({ text: 'утечка\nБИН: 94124\nОбъект: цех № 2', sender: { kind: 'person' } });
  expect(message({ ...entry, organisation: 'ТОО «Завод»' })).toMatchObject({ text: 'утечка\nБИН: 94124', sender: { bin: null, site: 'цех № 2' } });
  expect(unplaced({ ...entry, organisation: 'ТОО «Завод»', bin: '941240-000193' })).toEqual([]);
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
