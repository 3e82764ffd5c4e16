// What is read is words: no code of the wire, and no name twice.
import { expect, test } from 'vitest';
import { faults } from './world/accessible';
import { openGas } from './world/agency';
import { open, signIn, type Language } from './world/browser';
import { Caller } from './world/caller';
import { browser, hub, stage } from './world/stage';

const LANGUAGES: Language[] = ['kk', 'ru', 'en'];

stage({}, async () => {
  const administrator = await Caller.of(hub, 'administrator');
  await openGas(administrator);
  const manager = await Caller.of(hub, 'manager');
  const formation = {
    key: '75-talgar-sel',
    name: 'Талғар селден қорғау жасағы',
    owner: '«Қазселденқорғау» ММ',
    under: 'territorial_body',
    force: 'professional_rescue',
    standing: { standing: 'part_of', service: 'Қазселденқорғау', certificate: '№ 114' },
    works: ['rescue', 'urgent'],
    people: 24,
    units: ['75-x-1'],
    contracts: [{ site: 'Медеу бөгеті', people_stay: 6, units_stay: 1 }],
    contacts: [{ owner: 'кезекші', means: 'telephone', number: '+7 727 300 11 22' }],
  };
  await manager.ask('PUT', `/formations/${formation.key}?region=75`, formation, { 'If-None-Match': '*' });
  const names = { kk: 'Талғар мекемесі', ru: 'Учреждение Талгара', en: 'Institution of Talgar' };
  const organisation = { key: '75-talgar', kind: 'subordinate', names, parent: 'territorial_body', bin: '941240000193', site: 'Талғар', duty_number: '+7 727 300 11 22', contacts: [{ owner: 'кезекші', means: 'radio', number: '171' }] };
  await administrator.ask('PUT', '/organisations/75-talgar?region=75', organisation, { 'If-None-Match': '*' });
  const settings = await administrator.ask<object>('GET', '/settings?region=75');
  const thresholds = { local: { affected_min: 10 }, certified_by: 'administrator', certified_at: new Date().toISOString() };
  const normative_times = { ambulance: { within: 600, source: 'Order 1' } };
  await administrator.ask('PUT', '/settings?region=75', { ...settings, thresholds, normative_times, remind_every: 900, hold: 90 }, { 'If-Match': '*' });
});

test.each(LANGUAGES)('the list of changes, in %s', async (language) => {
  const seen = await open(browser, hub, { language, at: '/administration/changes' });
  const { page } = seen;
  await signIn(page, 'administrator');
  for (const what of ['organisation', 'formation', 'service_desk', 'settings_set', 'put', 'link', 'unit_registered']) {
    const row = page.locator(`tr[data-change=${what}]`).first();
    await row.waitFor();
    expect(await row.locator('code').allInnerTexts(), what).toEqual([]);
    const text = await row.innerText();
    const codes = text.match(/\b[a-z]+_[a-z_]+\b|\bpart_of\b|\bsubordinate\b|region all|not active|no telephone|\[\{/g) ?? [];
    // An account is called as it is called.
    expect(codes.filter((code) => !['duty_officer'].includes(code) && language !== 'en'), `${what}: ${text}`).toEqual([]);
  }
  expect(await faults(page)).toEqual([]);
  expect(seen.errors).toEqual([]);
  await seen.context.close();
});

test.each(LANGUAGES)('the addressees of a directive, in %s', async (language) => {
  const seen = await open(browser, hub, { language, at: '/directives' });
  const { page } = seen;
  await signIn(page);
  await page.locator('.directives').waitFor();
  await page.keyboard.press('n');
  const choices = page.getByRole('dialog').locator('fieldset label');
  await choices.locator('input[value=utilities-gas]').waitFor();
  const names = (await choices.allInnerTexts()).map((one) => one.trim());
  expect(new Set(names).size, 'each name once').toBe(names.length);
  for (const name of names) expect(/^(.+?)\s+\1$/.test(name), `twice: ${name}`).toBe(false);
  expect(seen.errors).toEqual([]);
  await seen.context.close();
});
