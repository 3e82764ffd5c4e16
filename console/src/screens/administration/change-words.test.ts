import { beforeAll, expect, test, vi } from 'vitest';

vi.mock('../../i18n', () => ({ t: (key: string) => key, word: (kind: string, value: string) => `${kind}/${value}`, named: (names: { en: string } | undefined, otherwise: string) => names?.en ?? otherwise }));
vi.mock('../../state/tables.svelte', () => ({
  tables: {
    capabilities: new Map([['hazmat', { en: 'Hazardous materials' }]]),
    area: { regions: [{ code: '75', names: { en: 'Almaty' } }] },
    service: (key: string) => (key === 'ambulance' ? { names: { en: 'Ambulance' } } : undefined),
    category: () => undefined,
    duty: (id: string) => ({ names: { en: `duty ${id}` } }),
  },
}));

let words: typeof import('./change-words');
beforeAll(async () => {
  words = await import('./change-words');
});

test('a field of a register is named as on the screen where it is entered; what has no name keeps its code', () => {
  expect(words.fieldName('call_sign')).toBe('units-call-sign');
  expect(words.fieldName('home.lat')).toBe('admin-home: admin-lat');
  expect(words.fieldName('limits.seconds.O-09')).toBe('O-09 · duty O-09');
  expect(words.fieldName('joining.within')).toBe('settings-within');
  expect(words.fieldName('contracts')).toBe(null);
});

test.each([
  ['capabilities', '["hazmat","unknown"]', 'Hazardous materials, unknown'],
  ['capabilities', '[]', '—'],
  ['position.at', '2026-11-28T14:46:00Z', '28.11.2026 19:46'],
  ['service', 'ambulance', 'Ambulance'],
  ['region', '75', 'Almaty'],
  ['kind', 'ladder', 'unit-kind/ladder'],
  ['position.source', 'station', 'position-source-station'],
  ['contracts', '[{"site":"a"}]', '[{"site":"a"}]'],
  ['call_sign', 'Өрт-926', 'Өрт-926'],
])('%s of %s is said as %s', (field, value, said) => {
  expect(words.fieldValue('unit_registered', field, value)).toBe(said);
});

test.each([
  ['region/75', 'settings_set', {}, 'Almaty'],
  ['service/75/ambulance', 'unit_removed', {}, 'Ambulance, Almaty'],
  ['75.ambulance', 'link', null, 'Ambulance, Almaty'],
  ['75-a-1', 'unit_registered', { unit: { call_sign: 'Жедел-1' } }, 'Жедел-1'],
  ['75-mudflow', 'organisation', { organisation: { names: { en: 'Kazselezashchita' } } }, 'Kazselezashchita'],
  ['75-a-1', 'unit_removed', { unit: '75-a-1' }, '75-a-1'],
  ['madina', 'put', null, 'madina'],
])('%s of %s is called what it is called on the desk', (subject, what, after, name) => {
  expect(words.subjectName({ subject, what, after } as never)).toBe(name);
});
