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

vi.mock('../../state/organisations.svelte', () => ({ organisations: { name: (key: string) => `org ${key}` } }));
vi.mock('../shift/shift', () => ({ isKnownMeans: () => true }));

let words: typeof import('./change-words');
beforeAll(async () => {
  words = await import('./change-words');
});

test('a field of a register is named as on the screen where it is entered; what has no name keeps its code', () => {
  expect(words.fieldName('call_sign')).toBe('units-call-sign');
  expect(words.fieldName('home.lat')).toBe('admin-home: admin-lat');
  expect(words.fieldName('limits.seconds.O-09')).toBe('O-09 · duty O-09');
  expect(words.fieldName('joining.within')).toBe('settings-within');
  expect(words.fieldName('contracts')).toBe('formation-stays');
  expect(words.fieldName('normative_times.ambulance.within')).toBe('settings-normative: Ambulance');
  expect(words.fieldName('thresholds.local.affected_min')).toBe('settings-thresholds: scale/local, axis/affected_min');
  expect(words.fieldName('something_new')).toBe(null);
});

test.each([
  ['capabilities', '["hazmat","unknown"]', 'Hazardous materials, unknown'],
  ['capabilities', '[]', '—'],
  ['position.at', '2026-11-28T14:46:00Z', '28.11.2026 19:46'],
  ['service', 'ambulance', 'Ambulance'],
  ['region', '75', 'Almaty'],
  ['kind', 'ladder', 'unit-kind/ladder'],
  ['position.source', 'station', 'position-source-station'],
  ['contracts', '[{"site":"a"}]', 'formation-contract'],
  ['contacts', '[{"owner":"duty","means":"telephone","number":"103"}]', 'means/telephone 103 duty'],
  ['thresholds.monthly_indexes', '[{"from":"2026-01-01","tenge":4325}]', '01.01.2026: 4325'],
  ['modes.monitoring', '[{"degree":3,"mode":"emergency"}]', '3 → mode/emergency'],
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

test.each([
  ['put', 'agency, region 75, service ambulance, active', 'role-agency, Almaty, Ambulance, admin-active'],
  ['put', 'administrator, region all, service none, not active', 'role-administrator, admin-every-region, admin-ended'],
  ['link', 'http, 103', 'way/http, 103'],
  ['link', 'phone, no telephone', 'way/phone, services-no-phone'],
  ['tokens_revoked', '2 tokens', 'change-detail-tokens'],
  ['password', 'by its owner', 'change-detail-own'],
  ['broker', 'new password', 'change-detail-password'],
  ['broker', 'removed', 'change-detail-removed'],
  ['token', 'of the map', 'of the map'],
  ['layer_put', 'Flood (flood), Kazhydromet; 2026-11-28T14:46:00Z until 2026-11-28T18:46:00Z; 3 areas', 'Flood (hazard/flood), Kazhydromet; 28.11.2026 19:46 – 28.11.2026 23:46; change-detail-areas'],
])('%s: %s is said as %s', (what, detail, said) => {
  expect(words.detailSaid(what, detail)).toBe(said);
});
