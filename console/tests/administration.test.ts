// The administrator's work in a real browser against a real hub: plans on trial, letters mended, stations moved.
import { afterAll, describe, expect, test } from 'vitest';
import { uuid } from '../src/api/uuid';
import { faults } from './world/accessible';
import { open, signIn, type Theme } from './world/browser';
import { Caller } from './world/caller';
import { browser, hub, stage } from './world/stage';
import { credentials, Walker } from './world/walker';

let administrator: Caller;

stage({ demo: true }, async () => {
  administrator = await Caller.of(hub, 'administrator');
});

test('a plan is changed, tried on what has been, put in force with a reason, and the change is on record', async () => {
  const officer = await Caller.of(hub);
  await officer.call('Горит квартира на третьем этаже, много дыма', 'улица Абая, 10', 43.2401, 76.9512, 60, 'ru');
  await officer.call('Пахнет газом в подъезде', 'улица Тимирязева, 71', 43.2262, 76.9051, 60, 'ru');
  const seen = await open(browser, hub, { language: 'en', at: '/administration/plans' });
  const { page } = seen;
  await signIn(page, 'administrator');
  await page.locator('tbody tr').first().waitFor();
  await page.keyboard.press('/');
  await page.keyboard.type('building fire');
  const pumps = page.locator('tbody tr', { hasText: 'Building fire' }).filter({ hasText: 'water delivery' }).first();
  await pumps.locator('button').click();
  await page.getByRole('dialog').getByLabel('Count', { exact: true }).fill('4');
  await page.keyboard.press('Enter');
  await page.getByText('rows come: 1, rows gone: 1').waitFor();
  await page.getByRole('button', { name: /Try the changes/ }).click();
  await page.locator('[data-trial="1"]').waitFor();
  expect(await page.getByRole('dialog').locator('tr.changed').innerText()).toContain('+2');
  expect((await administrator.ask<{ own: boolean }>('GET', '/response-plans')).own, 'a trial changes nothing').toBe(false);
  await page.getByLabel('Why, and by whose decision').fill('Order No. 12');
  await page.getByRole('button', { name: 'Put in force' }).click();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await page.getByText('the region’s own').or(page.getByText("the region's own")).first().waitFor();
  expect((await administrator.ask<{ own: boolean }>('GET', '/response-plans')).own).toBe(true);
  await page.goto(`${hub.url}/administration/changes`);
  const recorded = page.locator('tbody tr', { hasText: 'Order No. 12' });
  await recorded.waitFor();
  expect(await recorded.innerText()).toContain('administrator');
  expect([seen.errors, seen.outside]).toEqual([[], []]);
  await seen.context.close();
});

test('a letter of an agency is mended in the browser and has its effect', async () => {
  const unit = (await administrator.ask<{ items: { id: string; service: string }[] }>('GET', '/units?region=75&limit=200')).items.find((one) => one.service === 'ambulance')!;
  const letter = (id: string) =>
    JSON.stringify({
      contract: '1.0', distribution_id: uuid(), status: 'actual', kind: 'report',
      sender: { region: '75', service: 'ambulance' }, recipients: [{ region: '75', service: 'hub' }],
      sent_at: new Date().toISOString(), content_type: 'unit_status',
      content: { unit_id: id, status: 'out_of_service', at: new Date().toISOString(), note: 'tyre' },
    });
  hub.refused('agency.75.ambulance', '75.ambulance.unit_status', 'unknown_reference: no such unit', letter('nobody-1'));
  const seen = await open(browser, hub, { language: 'en', at: '/boards/dead-letters' });
  const { page } = seen;
  await signIn(page, 'administrator');
  await page.locator('[data-row]').first().click();
  await page.getByRole('button', { name: 'Mend the text' }).click();
  const text = page.getByRole('dialog').locator('textarea');
  await text.fill((await text.inputValue()).replace('nobody-1', unit.id));
  await page.getByLabel('What was wrong').fill('the call sign was asked for by telephone');
  expect(await faults(page)).toEqual([]);
  await page.getByRole('button', { name: 'Take the mended message' }).click();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  const now = await administrator.ask<{ items: { status: { state: string } }[] }>('GET', `/units?ids=${unit.id}`);
  expect(now.items[0]!.status.state).toBe('out_of_service');
  await page.getByText('No dead letters').waitFor();
  await page.keyboard.press('s');
  await page.getByText('the call sign was asked for by telephone').waitFor();
  expect(seen.errors).toEqual([]);
  await seen.context.close();
});

test('a station is moved with all its units, and a unit is taken off the register', async () => {
  const seen = await open(browser, hub, { language: 'en', at: '/administration/stations' });
  const { page } = seen;
  await signIn(page, 'administrator');
  const first = page.locator('[data-row]').first();
  await first.waitFor();
  const name = await first.innerText();
  await first.click();
  await page.getByRole('dialog').getByLabel('Station', { exact: true }).fill(`${name} North`);
  await page.getByRole('dialog').getByLabel('Latitude').fill('43.3001');
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  const units = (await administrator.ask<{ items: { id: string; call_sign: string; station: string; home: { lat: number } }[] }>('GET', '/units?region=75&limit=200')).items;
  const moved = units.filter((unit) => unit.station === `${name} North`);
  expect(moved.length).toBeGreaterThan(0);
  expect(moved.every((unit) => unit.home.lat === 43.3001)).toBe(true);
  expect(units.some((unit) => unit.station === name)).toBe(false);

  await page.goto(`${hub.url}/administration/units`);
  await page.locator('[data-row]', { hasText: moved[0]!.call_sign }).first().click();
  await page.getByRole('button', { name: 'Take it off the register' }).click();
  await page.getByRole('button', { name: 'Press once more' }).click();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  const left = await administrator.ask<{ items: { id: string }[] }>('GET', '/units?region=75&limit=200');
  expect(left.items.length).toBe(units.length - 1);
  await page.goto(`${hub.url}/administration/changes`);
  await page.getByText('unit off the register').filter({ visible: true }).first().waitFor();
  expect([seen.errors, seen.outside]).toEqual([[], []]);
  await seen.context.close();
});

test('a desk is opened under way, is on the board by its name in every language, and is closed with a reason', async () => {
  const seen = await open(browser, hub, { language: 'en', at: '/administration/desks' });
  const { page } = seen;
  await signIn(page, 'administrator');
  await page.getByText('The region has the main desk of every kind and no other.').waitFor();
  await page.getByRole('button', { name: 'New desk' }).click();
  const card = page.getByRole('dialog');
  await card.locator('select[name=kind]').selectOption('utilities');
  await card.locator('input[name=word]').fill('gas');
  await card.locator('input[name=kk]').fill('Газ авариялық қызметі');
  await card.locator('input[name=ru]').fill('Аварийная газовая служба');
  await card.locator('input[name=en]').fill('Gas emergency service');
  await card.getByLabel('Smell of gas').check();
  expect(await faults(page)).toEqual([]);
  await page.keyboard.press('Enter');
  await card.waitFor({ state: 'detached' });
  const row = page.locator('[data-desk=utilities-gas]');
  await row.waitFor();
  expect(await row.innerText()).toContain('Smell of gas');

  const agencies = await administrator.ask<{ service: string; link: unknown; names: { kk: string } }[]>('GET', '/services');
  expect(agencies.find((one) => one.service === 'utilities-gas')?.names.kk).toBe('Газ авариялық қызметі');
  for (const [language, name] of [['kk', 'Газ авариялық қызметі'], ['ru', 'Аварийная газовая служба']] as const) {
    const desk = await open(browser, hub, { language });
    await signIn(desk.page, 'duty_officer');
    const onBoard = desk.page.locator('[data-service=utilities-gas]').first();
    await onBoard.waitFor();
    expect(await onBoard.innerText()).toContain(name);
    expect(desk.errors).toEqual([]);
    await desk.context.close();
  }
  await page.goto(`${hub.url}/administration/contacts`);
  await page.locator('[data-contact=utilities-gas]', { hasText: 'Gas emergency service' }).waitFor();

  await page.goto(`${hub.url}/administration/desks`);
  await row.getByRole('button').click();
  await card.getByRole('button', { name: 'Close the desk' }).click();
  await card.getByLabel('Reason').fill('the akimat answers itself');
  await card.getByRole('button', { name: 'Close the desk' }).click();
  await card.waitFor({ state: 'detached' });
  await row.getByText('closed').waitFor();
  await page.goto(`${hub.url}/administration/changes`);
  await page.getByText('the akimat answers itself').waitFor();
  expect([seen.errors, seen.outside]).toEqual([[], []]);
  await seen.context.close();
});

test('the administrator finds who looked at a card, and when', async () => {
  const officer = await Caller.of(hub);
  const card = await officer.call('Драка во дворе', 'улица Сатпаева, 22', 43.2371, 76.9301, 60, 'ru');
  await (await Caller.of(hub, 'manager')).ask('GET', `/incidents/${card}`);
  const seen = await open(browser, hub, { language: 'en', at: '/administration/looks' });
  const { page } = seen;
  await signIn(page, 'administrator');
  const rows = page.locator('tr[data-look]');
  await rows.first().waitFor();
  await page.getByLabel('Card, message or passport').fill(`${hub.url}/desk/${card}`);
  await rows.filter({ hasText: 'manager' }).filter({ hasText: 'card' }).first().waitFor();
  await page.keyboard.press('Escape');
  await page.getByPlaceholder('Whose looks').fill('manager');
  const of = rows.filter({ has: page.locator(`[data-subject="${card}"]`) }).filter({ hasText: 'manager' });
  await expect.poll(async () => (await of.count()) === (await rows.count())).toBe(true);
  expect(await rows.count()).toBeGreaterThan(0);
  // A day is written as the desk writes it, whatever language the browser is in.
  const from = page.getByLabel('From');
  await from.fill('31.02.2026');
  expect(await from.evaluate((field: HTMLInputElement) => field.validationMessage)).toBe('Write it as DD.MM.YYYY HH:MM');
  await from.fill('01.01.2039 10:00');
  await page.getByText('Nothing matches').waitFor();
  expect([seen.errors, seen.outside]).toEqual([[], []]);
  await seen.context.close();
});

describe.each(['night', 'day'] as Theme[])('accessible by %s (WCAG 2.2 AA)', (theme) => {
  const walker = new Walker();
  afterAll(() => walker.end());
  test.each([
    ['stations', '/administration/stations', '[data-row]'],
    ['contacts', '/administration/contacts', '[data-row]'],
    ['desks', '/administration/desks', 'h1'],
    ['territories', '/administration/territories', 'tbody tr'],
    ['reports', '/boards/reports', 'h1'],
    ['looks', '/administration/looks', 'tr[data-look]'],
  ])('%s', async (_name, path, ready) => {
    const seen = await walker.at(browser, hub, credentials('administrator'), path, { theme, language: theme === 'night' ? 'kk' : 'ru' });
    const { page } = seen;
    await page.locator(ready).first().waitFor();
    expect(await faults(page)).toEqual([]);
    expect([seen.errors, seen.outside]).toEqual([[], []]);
  });

  test('the dry run', async () => {
    const seen = await walker.at(browser, hub, credentials('administrator'), '/administration/plans', { theme, language: theme === 'night' ? 'kk' : 'ru' });
    const { page } = seen;
    await page.locator('tbody tr').first().waitFor();
    await page.keyboard.press('t');
    await page.locator('[data-trial]').waitFor();
    expect(await faults(page)).toEqual([]);
  });
});
