import { beforeAll, expect, test, vi } from 'vitest';

vi.mock('../../i18n', () => ({ t: (key: string, of: object = {}) => [key, ...Object.values(of)].join(' '), word: (kind: string, value: string) => `${kind}/${value}`, named: (_: unknown, otherwise: string) => otherwise }));
vi.mock('../../state/tables.svelte', () => ({ tables: {} }));
vi.mock('../../state/organisations.svelte', () => ({ organisations: {} }));
vi.mock('../shift/shift', () => ({ isKnownMeans: () => true }));

let passportFields: typeof import('./passport-words').passportFields;
let subjectName: typeof import('./change-words').subjectName;
beforeAll(async () => {
  ({ passportFields } = await import('./passport-words'));
  ({ subjectName } = await import('./change-words'));
});

const chlorine = {
  name: 'Chlorine store', point: { lat: 43.2, lon: 76.9 }, element: { kind: 'way', id: 7 }, operator: 'Su Arnasy', address: 'Abai 90', duty_number: '+7 727 300 00 02',
  substances: [{ name: 'chlorine', un: 1017, tonnes: 12.5, storage: 'tank', release: { isolation: 600, protective: 3500 } }], stated: { by: 'engineer', on: '2025-01-10' }, valid_until: '2025-12-31',
};

test('what was changed is said with both values, in the order of the form', () => {
  const now = { ...chlorine, people: 40, valid_until: '2026-12-31', substances: [{ ...chlorine.substances[0], tonnes: 10 }] };
  const told = passportFields(chlorine, now);
  expect(told.map((one) => one.field)).toEqual(['substances', 'people', 'valid_until']);
  expect(told.every((one) => one.name !== null && one.name !== '')).toBe(true);
  expect(told[0]?.before).toBe('chlorine UN 1017 · passport-tonnes 12.5 · tank · passport-release metres 600 kilometres 3.5');
  expect(told[0]?.after).toBe('chlorine UN 1017 · passport-tonnes 10 · tank · passport-release metres 600 kilometres 3.5');
  expect([told[1]?.before, told[1]?.after, told[2]?.before, told[2]?.after]).toEqual(['', '40', '31.12.2025', '31.12.2026']);
});

test('one that was taken off says what it said, by its last name', () => {
  const told = passportFields(chlorine, null);
  expect(told.map((one) => one.field)).toContain('element');
  expect(told.every((one) => one.after === '' && one.before !== '' && one.name !== null)).toBe(true);
  expect(subjectName({ subject: 'way-7', what: 'passport_removed', before: chlorine, after: null } as never)).toBe('Chlorine store');
});

test('a plan of several pages is clipped', () => {
  expect(passportFields({ ...chlorine, plans: 'x'.repeat(900) }, chlorine)[0]?.before).toHaveLength(401);
});
