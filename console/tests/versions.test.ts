// Two people who change the same thing at once: neither overwrites the other unseen, and both see what the other did.
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { faults } from './world/accessible';
import { open, signIn, type Language, type Theme } from './world/browser';
import { Caller } from './world/caller';
import { browser, hub, stage } from './world/stage';

let administrator: Caller;

stage({}, async () => {
  administrator = await Caller.of(hub, 'administrator');
});

interface Settings {
  hold: number;
  stale_position: number;
  heartbeat_wait: number;
}
const settings = () => administrator.ask<Settings>('GET', '/settings?region=75');

async function reach(page: Page, path: string): Promise<void> {
  await signIn(page, 'administrator');
  await page.goto(`${hub.url}${path}`);
}

test('of two who change the settings the second is shown what the first saved, and both changes are kept', async () => {
  const colleague = await open(browser, hub, { language: 'en' });
  const seen = await open(browser, hub, { language: 'en' });
  for (const { page } of [colleague, seen]) await reach(page, '/administration/settings');
  const hold = (page: Page) => page.getByLabel('How long recommended units are held, s');
  const stale = (page: Page) => page.getByLabel('When a position is stale, s');
  await hold(seen.page).fill('60');
  await stale(seen.page).fill('200');

  await hold(colleague.page).fill('90');
  await colleague.page.keyboard.press('Enter');
  await colleague.page.getByText('Saved and in force').waitFor();

  await stale(seen.page).press('Enter');
  const theirs = seen.page.locator('[data-theirs]');
  await theirs.waitFor();
  expect(await theirs.locator('[data-field=hold] td').allInnerTexts()).toEqual(['120', '90', '60']);
  expect(await settings(), 'nothing is overwritten').toMatchObject({ hold: 90, stale_position: 300 });
  expect([await hold(seen.page).inputValue(), await stale(seen.page).inputValue()], 'what was written stays').toEqual(['60', '200']);

  await hold(seen.page).fill('90');
  await seen.page.keyboard.press('Enter');
  await seen.page.getByText('Saved and in force').waitFor();
  expect(await settings()).toMatchObject({ hold: 90, stale_position: 200 });
  expect([...seen.errors, ...colleague.errors]).toEqual([]);
  await seen.context.close();
  await colleague.context.close();
});

test('whom to tell of what is late and after how long is set in the form; two who change it at once both keep theirs', async () => {
  interface Told {
    notices: { phone: object[]; head: object[]; summaries: string[] };
    limits: { escalation: Record<string, object> };
  }
  const told = () => administrator.ask<Told>('GET', '/settings?region=75');
  const before = await told();
  expect(before.limits.escalation).toEqual({});
  const seen = await open(browser, hub, { language: 'en' });
  const { page } = seen;
  await reach(page, '/administration/settings');
  const after = (level: string) => page.getByLabel(`urgently, ${level}: After how long, s from the limit`);
  expect(await after('telephone').getAttribute('placeholder'), 'the project’s own is said').toBe("project's own: 120");
  for (const [level, seconds] of [['repeat', '5'], ['telephone', '40'], ['head of the service', '90']] as const) await after(level).fill(seconds);
  await page.getByLabel('telephone: head of shift').check();
  await page.getByLabel('head of the service: who owes (the service)').uncheck();
  await page.getByLabel('Summaries of the situation: Organisations').selectOption('territorial_body');
  // Meanwhile a colleague has the head tell an organisation.
  await administrator.ask('PUT', '/settings?region=75', { ...before, notices: { ...before.notices, head: [...before.notices.head, { to: 'organisation', organisation: 'territorial_body' }] } }, { 'If-Match': '*' });
  // A grade has all of its steps or none.
  await after('repeat').press('Enter');
  expect(await after('leadership').evaluate((input: HTMLInputElement) => input.validity.valueMissing)).toBe(true);
  await after('leadership').fill('300');
  await page.keyboard.press('Enter');
  await page.locator('[data-field="notices.head.organisations.territorial_body"]', { hasText: 'head of the service' }).waitFor();
  await page.keyboard.press('Enter');
  await page.getByText('Saved and in force').waitFor();
  const now = await told();
  expect(now.limits.escalation).toEqual({ urgently: { repeat: 5, phone: 40, head: 90, leadership: 300 } });
  expect(now.notices).toMatchObject({
    phone: [{ to: 'office', office: 'duty_officer' }, { to: 'office', office: 'head_of_shift' }],
    head: [{ to: 'office', office: 'head_of_shift' }, { to: 'organisation', organisation: 'territorial_body' }],
    summaries: ['command_centre', 'territorial_body'],
  });

  // A step that reaches nobody of the hub is refused in words, and changes nothing.
  await page.getByLabel('leadership: leadership').uncheck();
  await page.getByRole('button', { name: /^Save/ }).click();
  await page.locator('#settings .problem', { hasText: 'at least one office' }).waitFor();
  expect((await told()).notices).toEqual(now.notices);
  expect(seen.errors).toEqual([]);
  await seen.context.close();
});

test('an account, a unit and a way to a service that a colleague changed meanwhile keep the colleague’s change', async () => {
  const account = { role: 'manager', region: '75', service: null, active: true, password: null };
  await administrator.ask('PUT', '/accounts/aigerim', account, { 'If-None-Match': '*' });
  const seen = await open(browser, hub, { language: 'en' });
  const { page } = seen;
  const theirs = page.locator('[data-theirs]');
  const save = page.getByRole('dialog').getByRole('button', { name: /Save/ });
  await signIn(page, 'administrator');

  await page.goto(`${hub.url}/administration`);
  await page.getByRole('button', { name: 'aigerim' }).click();
  await page.getByRole('dialog').getByLabel('The account is in force').uncheck();
  await administrator.ask('PUT', '/accounts/aigerim', { ...account, role: 'duty_officer' }, { 'If-Match': '*' });
  await save.click();
  await theirs.locator('[data-field=role]').waitFor();
  await save.click();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  const accounts = await administrator.ask<{ name: string; role: string; active: boolean }[]>('GET', '/accounts');
  expect(accounts.find((one) => one.name === 'aigerim')).toMatchObject({ role: 'duty_officer', active: false });

  interface Unit {
    id: string;
    call_sign: string;
    station: string;
  }
  const unit = (await administrator.ask<{ items: Unit[] }>('GET', '/units?limit=1')).items[0]!;
  await page.goto(`${hub.url}/administration/units`);
  await page.getByRole('row', { name: unit.id }).getByRole('button').click();
  await page.getByRole('dialog').getByLabel('Call sign').fill('X-1');
  await administrator.ask('PUT', `/units/${unit.id}`, { ...unit, station: 'Station of a colleague' }, { 'If-Match': '*' });
  await save.click();
  await theirs.locator('[data-field=station]').waitFor();
  await save.click();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  const kept = (await administrator.ask<{ items: Unit[] }>('GET', `/units?ids=${unit.id}`)).items[0]!;
  expect(kept).toMatchObject({ call_sign: 'X-1', station: 'Station of a colleague' });

  await page.goto(`${hub.url}/administration/contacts`);
  await page.locator('tbody tr', { hasText: 'Police' }).getByRole('button').first().click();
  await page.locator('#service-link').getByLabel('Duty telephone').fill('102');
  await administrator.ask('PUT', '/services/police/link?region=75', { way: 'http', phone: null }, { 'If-Match': '*' });
  await save.click();
  await theirs.locator('[data-field=way]').waitFor();
  await save.click();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  const services = await administrator.ask<{ service: string; link: { way: string; phone: string } | null }[]>('GET', '/services?region=75');
  expect(services.find((one) => one.service === 'police')?.link).toMatchObject({ way: 'http', phone: '102' });
  expect(seen.errors).toEqual([]);
  await seen.context.close();
});

describe.each([['night', 'kk'], ['day', 'ru']] as [Theme, Language][])('accessible by %s, in %s (WCAG 2.2 AA)', (theme, language) => {
  test('what a colleague saved meanwhile', async () => {
    const seen = await open(browser, hub, { language, theme });
    await reach(seen.page, '/administration/settings');
    await seen.page.locator('#settings input[type=number]').first().fill(theme === 'night' ? '61' : '62');
    const now = await settings();
    await administrator.ask('PUT', '/settings?region=75', { ...now, hold: now.hold + 5 }, { 'If-Match': '*' });
    await seen.page.locator('#settings input[type=number]').first().press('Enter');
    await seen.page.locator('[data-theirs]').waitFor();
    expect(await faults(seen.page)).toEqual([]);
    if (process.env['CONSOLE_PICTURES'] !== undefined) await seen.page.screenshot({ path: `${process.env['CONSOLE_PICTURES']}/theirs-${theme}-${language}.png` });
    await seen.context.close();
  });
});
