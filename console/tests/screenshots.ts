// Pictures of each screen in each theme, made with `npm run screenshots` into screenshots/: to be looked at.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, test } from 'vitest';
import { DISPATCHER, hire, signInAs } from './world/agency';
import { launch, open, signIn, type Theme } from './world/browser';
import { Caller } from './world/caller';
import { uuid } from '../src/api/uuid';
import { Hub } from './world/hub';
import { shift } from './world/shift';

const TO = join(import.meta.dirname, '../screenshots');
let hub: Hub;
let browser: Browser;
let incident: string;

beforeAll(async () => {
  mkdirSync(TO, { recursive: true });
  hub = await Hub.open({ demo: true });
  hub.importLand();
  for (const service of ['fire_rescue', 'police']) hub.agency(service);
  await hire(await Caller.of(hub, 'administrator'));
  const officer = await Caller.of(hub);
  incident = await shift(officer);
  await records(officer);
  // What the dispatcher of the ambulance has to answer.
  const { items } = await officer.ask<{ items: { id: string; categories: { code: string }[] }[] }>('GET', '/incidents?region=75&limit=50');
  const faint = items.find((one) => one.categories.at(-1)?.code === 'cardiac_arrest')!;
  await officer.ask('POST', `/incidents/${faint.id}/forces`, {});
  browser = await launch();
});

afterAll(async () => {
  await browser?.close();
  await hub?.close();
});

/** What stands beside the calls: warnings in every state, sources, a look-up, a formation. */
async function records(officer: Caller): Promise<void> {
  const situation = (body: object) => officer.ask('POST', '/situation?region=75', body);
  for (const [key, kind, name] of [['kazhydromet', 'observation', 'Қазгидромет, Талғар бекеті'], ['seismic', 'forecasting', 'Сейсмология орталығы']]) {
    await situation({ command: 'register_source', source: { key, kind, name, every: 3600, telephone: '+7 727 269 20 39' } });
  }
  await situation({ command: 'hear', source: 'kazhydromet' });
  const { items } = await officer.ask<{ items: { id: string }[] }>('GET', '/reports?region=75');
  await situation({ command: 'summarise', summary: uuid(), reports: [items[0]!.id], text: 'Талғар өзенінде су деңгейі көтерілді, қауіп әзірге жоқ. Бақылау жалғасуда.' });
  const warn = (body: object) => officer.ask('POST', '/warnings?region=75', body);
  const words = {
    kk: { event: 'Талғар шатқалында сел жүру қаупі бар.', instruction: 'Өзен арнасынан дереу кетіп, беткейге көтеріліңіз.' },
    ru: { event: 'В Талгарском ущелье возможен сход селя.', instruction: 'Немедленно покиньте русло реки и поднимитесь по склону.' },
  };
  await warn({ command: 'find_threat', about: { about: 'report', report: items[0]!.id }, danger: 'life', basis: 'Нөсерден кейін су деңгейі көтерілді', scale: 'local' });
  await warn({ command: 'activate', warning: 1, reason: 'Сел жүруі мүмкін, күтуге болмайды', text: words, audience: { persons: true, organisations: true, whole_region: true } });
  await warn({ command: 'find_threat', about: { about: 'incident', incident }, danger: 'life_and_health', basis: 'Қою түтін көрші үйлерге тарап жатыр' });
  await officer.ask('POST', `/incidents/${incident}/lookups`, { database: 'telecom_operators', asked: '+7 701 123 45 67', purpose: 'Абоненттің орнын анықтау' });
  await officer.ask('PUT', '/object-passports/chlorine', CHLORINE, { 'If-None-Match': '*' });
  const manager = await Caller.of(hub, 'manager');
  await manager.ask('PUT', '/formations/75-talgar-sel?region=75', {
    key: '75-talgar-sel',
    name: 'Талғар селден қорғау жасағы',
    owner: '«Қазселденқорғау» ММ',
    force: 'professional_rescue',
    standing: { standing: 'part_of', service: 'Қазселденқорғау', certificate: '№ 114' },
    works: ['rescue', 'urgent'],
    people: 24,
    contracts: [{ site: 'Медеу бөгеті', people_stay: 6, units_stay: 1 }],
    contacts: [{ owner: 'кезекші', means: 'telephone', number: '+7 727 300 11 22' }],
  }, { 'If-None-Match': '*' });
}

/** A store of chlorine beside the card; its passport is out of date. */
const CHLORINE = {
  name: 'Хлор қоймасы',
  point: { lat: 43.2455, lon: 76.9512 },
  operator: '«Су арнасы» ЖШС',
  bin: '941240000193',
  address: 'Абай көшесі, 90',
  duty_number: '+7 727 300 00 02',
  contacts: [{ owner: 'бас инженер', means: 'telephone', number: '+7 701 300 00 02' }],
  substances: [{ name: 'хлор', un: 1017, class: 2, tonnes: 12.5, storage: '15 баллон, жабық қойма', release: { isolation: 600, protective: 3500 } }, { name: 'натрий гипохлориті', tonnes: 4, storage: 'бак' }],
  warning: { sirens: 2, how: 'диспетчер қосады' },
  fire_brigade: { name: 'Зауыттың өрт сөндіру бөлімі', telephone: '+7 727 300 00 03', vehicles: 1, people: 4 },
  plans: 'Желге қарсы шығарыңыз. Су пердесін қойыңыз.',
  inspected: { on: '2024-11-02', by: 'Алматы қ. ТЖД' },
  stated: { by: 'бас инженер', on: '2025-01-10' },
  valid_until: '2025-12-31',
};

/** A colleague is quicker. */
async function overtake(theme: Theme): Promise<void> {
  const tonnes = theme === 'night' ? 13 : 14;
  const substances = [{ ...CHLORINE.substances[0], tonnes }];
  await (await Caller.of(hub)).ask('PUT', '/object-passports/chlorine', { ...CHLORINE, substances, people: tonnes, plans: `Желге қарсы шығарыңыз (${tonnes})` }, { 'If-Match': '*' });
}

for (const theme of ['night', 'day'] as Theme[]) {
  const language = theme === 'night' ? 'kk' : 'ru';
  test(`pictures by ${theme}`, async () => {
    const { page, context } = await open(browser, hub, { theme, language });
    const picture = (name: string) => page.screenshot({ path: join(TO, `${name}-${theme}.png`) });
    await picture('sign-in');
    await signIn(page);
    await page.locator('.queue li').first().waitFor();
    await page.locator('.map[data-ready=true][data-borders=true]').waitFor();
    await page.waitForTimeout(1500);
    await picture('alarm');
    await page.goto(`${hub.url}/desk/${incident}`);
    await page.locator('.need').first().waitFor();
    await page.locator('.map[data-ready=true]').waitFor();
    await page.waitForTimeout(1500);
    await picture('desk');
    await page.keyboard.press('Shift+M');
    await page.locator('input[name=mode][value=emergency]').check();
    await page.locator('.effects li').first().waitFor();
    await picture('mode');
    await page.keyboard.press('Escape');
    await page.keyboard.press('i');
    await page.locator('input[name=standing][value=emergency]').check();
    await picture('identify');
    await page.keyboard.press('Escape');
    await page.keyboard.press('d');
    await page.locator('[data-other]').first().waitFor();
    await picture('connect');
    await page.keyboard.press('Escape');
    await page.keyboard.press('z');
    await page.locator('[role=dialog] [data-ready=true]').waitFor();
    await page.locator('[role=dialog] input[max="200000"]').first().fill('2500');
    await page.locator('[role=dialog] form.line:has(input[max="200000"]) button').click();
    await page.locator('[data-inside-incidents]').waitFor();
    await page.waitForTimeout(1500);
    await picture('zone');
    await page.keyboard.press('Escape');
    await page.goto(`${hub.url}/shift`);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.locator('.shift table, .shift .nothing').first().waitFor();
    if ((await page.locator('.shift table').count()) === 0) {
      await page.locator('.shift .primary').click();
      await page.locator('.shift tr[data-check]').first().waitFor();
      await page.keyboard.press('1');
      await page.locator('[data-result=works]').first().waitFor();
    }
    await picture('shift');
    await page.goto(`${hub.url}/directives`);
    await page.locator('article[data-directive]').first().waitFor();
    await picture('directives');
    await page.keyboard.press('n');
    await page.locator('#directive').waitFor();
    await picture('new-directive');
    await page.goto(`${hub.url}/situation`);
    await page.locator('article[data-report]').first().waitFor();
    await picture('situation');
    await page.goto(`${hub.url}/warnings`);
    await page.locator('[data-warning]').first().waitFor();
    await picture('warnings');
    await page.getByRole('main').locator('button.danger').first().click();
    await page.locator('select[name=sample]').selectOption('fire');
    await picture('new-warning');
    await page.keyboard.press('Escape');
    await page.goto(`${hub.url}/boards/formations`);
    await page.locator('tbody tr').first().waitFor();
    await picture('formations');
    await page.goto(`${hub.url}/boards/passports`);
    await page.locator('[data-passport] button').first().click();
    await page.getByRole('dialog').locator('dl').waitFor();
    await picture('passport');
    await page.getByRole('dialog').locator('footer .primary').click();
    await page.locator('#passport').waitFor();
    await overtake(theme);
    await page.locator('#passport [name=plans]').fill('Желге қарсы шығарыңыз, қақпаны жабыңыз');
    await page.getByRole('dialog').locator('footer .primary').click();
    await page.locator('[data-theirs]').scrollIntoViewIfNeeded();
    await picture('passport-overtaken');
    await page.keyboard.press('Escape');
    await page.goto(`${hub.url}/boards/passports`);
    await page.locator('[data-passport]').first().waitFor();
    await picture('passports');
    await page.goto(`${hub.url}/boards/organisations`);
    await page.locator('[data-organisation]').first().waitFor();
    await picture('organisations');
    await page.goto(`${hub.url}/boards/lookups`);
    await page.locator('tbody tr').first().waitFor();
    await picture('lookups');
    await page.goto(`${hub.url}/call`);
    await page.locator('textarea[name=text]').fill(theme === 'night' ? 'Үйде өрт, екінші қабат, адамдар бар' : 'Горит крыша дома, люди на втором этаже');
    await page.locator('input[name=address]').fill('Абая');
    await page.locator('.map[data-ready=true]').click({ position: { x: 400, y: 400 } });
    await page.locator('[data-kept=kept]').waitFor();
    // The map goes to the place first.
    await page.waitForTimeout(1500);
    await picture('call');
    await page.goto(`${hub.url}/desk/${incident}`);
    await page.locator('.need').first().waitFor();
    await page.keyboard.press('?');
    await page.getByRole('dialog').waitFor();
    await picture('help');
    await page.keyboard.press('Escape');
    await page.goto(`${hub.url}/profile`);
    await page.locator('.profile').waitFor();
    await picture('profile');
    const phone = await open(browser, hub, { theme, language, width: 390, height: 844 });
    await signInAs(phone.page, DISPATCHER.name, DISPATCHER.password);
    await phone.page.locator('.banner [data-mode]').waitFor();
    await phone.page.getByRole('article').first().waitFor();
    await phone.page.screenshot({ path: join(TO, `agency-${theme}.png`) });
    await phone.page.goto(`${hub.url}/agency/units`);
    await phone.page.locator('button[aria-expanded]').first().click();
    await phone.page.locator('.map [data-ready=true]').waitFor();
    await phone.page.waitForTimeout(1500);
    await phone.page.screenshot({ path: join(TO, `agency-units-${theme}.png`) });
    await phone.page.goto(`${hub.url}/agency/reports`);
    const emergency = phone.page.locator('[data-emergency]');
    await emergency.locator('textarea[name=text]').fill(theme === 'night' ? 'Автобус аударылды, зардап шеккендер көп' : 'Опрокинулся автобус, много пострадавших');
    await emergency.locator('input[name=address]').fill(theme === 'night' ? 'Қапшағай тас жолы, 20 км' : 'Капшагайская трасса, 20 км');
    await emergency.locator('input[type=number]').first().fill('6');
    await phone.page.screenshot({ path: join(TO, `agency-reports-${theme}.png`) });
    await emergency.locator('button').click();
    await emergency.getByRole('status').waitFor();
    await phone.context.close();
    await page.goto(`${hub.url}/desk/${incident}`);
    await page.locator('[data-forwarded]').first().waitFor();
    await page.locator('[data-lookups]').waitFor();
    await page.locator('[data-lookups]').scrollIntoViewIfNeeded();
    await picture('passed-on');
    await page.keyboard.press('q');
    await page.getByRole('dialog').waitFor();
    await picture('answers');
    await page.keyboard.press('Escape');
    await page.goto(`${hub.url}/desk/${incident}`);
    await page.locator('.need, [data-request]').first().waitFor();
    await page.locator('.map[data-ready=true][data-borders=true]').waitFor();
    await page.waitForTimeout(1500);
    const cut = await open(browser, hub, { theme, language, width: 390, height: 844 });
    await signInAs(cut.page, DISPATCHER.name, DISPATCHER.password);
    await cut.page.locator('.body > *:not([role=status])').first().waitFor();
    await hub.kill();
    await page.locator('.shell.stale').waitFor();
    await picture('disconnected');
    await cut.page.locator('.shell.stale').waitFor();
    await cut.page.screenshot({ path: join(TO, `agency-disconnected-${theme}.png`) });
    await cut.context.close();
    await hub.start();
    await context.close();
  }, 900_000);
}
