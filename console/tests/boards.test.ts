// Boards, situation map and administration in a real browser against a real hub.
import { afterAll, describe, expect, test } from 'vitest';
import { faults } from './world/accessible';
import { hire, signInAs } from './world/agency';
import { open, signIn, type Theme } from './world/browser';
import { Caller } from './world/caller';
import { shift } from './world/shift';
import { browser, hub, stage } from './world/stage';
import { until } from './world/until';
import { credentials, Walker } from './world/walker';

let incident: string;

stage({ demo: true }, async () => {
  await hire(await Caller.of(hub, 'administrator'));
  incident = await shift(await Caller.of(hub));
});

test('the administrator sets how a service is reached, by keyboard, and the board shows it', async () => {
  const seen = await open(browser, hub, { at: '/boards' });
  const { page } = seen;
  await signIn(page, 'administrator');
  const police = page.locator('tbody tr', { hasText: 'Police' });
  await police.waitFor();
  await page.keyboard.press('/');
  await page.keyboard.type('police');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').locator('input[value=phone]').check();
  await page.getByRole('dialog').locator('input[type=tel]').fill('102');
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await expect.poll(() => police.innerText()).toContain('102');
  expect(await police.innerText()).toContain('by telephone');
  expect([seen.errors, seen.outside]).toEqual([[], []]);
  await seen.context.close();
});

test('what somebody changes elsewhere is on the board before it would be read again', async () => {
  const seen = await open(browser, hub, { at: '/boards' });
  const { page } = seen;
  await signIn(page, 'manager');
  const row = page.locator('tbody tr', { hasText: 'Police' });
  await row.waitFor();
  const administrator = await Caller.of(hub, 'administrator');
  // The board is read by itself every half minute: of three changes one after the other at most one could come by that.
  for (const phone of ['2-22-22', '3-33-33', '4-44-44']) {
    await administrator.ask('PUT', '/services/police/link?region=75', { way: 'phone', phone }, { 'If-Match': '*' });
    await row.getByText(phone).waitFor({ timeout: 9_000 });
  }
  await seen.context.close();
});

test('an obligation is cancelled with a reason and leaves the board', async () => {
  const seen = await open(browser, hub);
  const { page } = seen;
  const officer = await Caller.of(hub);
  await officer.ask('POST', `/incidents/${incident}/forces`, { forces: [] });
  await signIn(page);
  await page.goto(`${hub.url}/boards/obligations`);
  await page.locator('[data-row]').first().waitFor();
  const before = await page.locator('tbody tr').count();
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  await page.getByLabel('Reason', { exact: true }).fill('told by telephone');
  await page.getByRole('button', { name: 'Cancel it' }).click();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await expect.poll(() => page.locator('tbody tr').count()).toBe(before - 1);
  expect(seen.errors).toEqual([]);
  await seen.context.close();
});

test('units are found by state and by words, and the four boards are one key apart', async () => {
  const seen = await open(browser, hub, { at: '/boards' });
  const { page } = seen;
  await signIn(page);
  await page.locator('tbody tr').first().waitFor();
  await page.keyboard.press('3');
  await expect.poll(() => new URL(page.url()).pathname).toBe('/boards/units');
  await page.locator('tbody tr').first().waitFor();
  const all = await page.locator('tbody tr').count();
  await page.keyboard.press('/');
  await page.keyboard.type('ladder');
  await expect.poll(() => page.locator('tbody tr').count()).toBeLessThan(all);
  expect(await page.locator('tbody tr').count()).toBeGreaterThan(0);
  await page.keyboard.press('Escape');
  await page.keyboard.press('4');
  await page.getByText('No dead letters').waitFor();
  await seen.context.close();
});

test('a link gives the same situation to somebody else, at a minute that has passed as well', async () => {
  const first = await open(browser, hub, { at: '/map' });
  await signIn(first.page, 'manager');
  await first.page.locator('.map[data-ready=true]').waitFor({ timeout: 60_000 });
  const total = first.page.locator('.total strong');
  await expect.poll(async () => Number(await total.innerText())).toBeGreaterThan(3);
  const now = Number(await total.innerText());
  await first.page.getByLabel('Severity').selectOption('p1');
  await expect.poll(async () => Number(await total.innerText())).toBeLessThan(now);
  const grave = await total.innerText();
  const link = first.page.url();
  expect(link).toContain('severity=p1');

  const second = await open(browser, hub);
  await signIn(second.page, 'duty_officer');
  await second.page.goto(link);
  await expect.poll(() => second.page.locator('.total strong').innerText()).toBe(grave);

  // Long before the first call there was nothing.
  await first.page.getByLabel('Severity').selectOption('');
  await first.page.goto(`${hub.url}/map?at=2026-01-01T00:00:00Z`);
  await first.page.locator('.status').getByText('Past moment').waitFor();
  await expect.poll(() => first.page.locator('.total strong').innerText()).toBe('0');
  await first.page.keyboard.press('l');
  await expect.poll(async () => Number(await first.page.locator('.total strong').innerText())).toBe(now);
  await first.page.keyboard.press('w');
  await first.page.locator('.wall-head').waitFor();
  await first.page.keyboard.press('Escape');
  await first.page.locator('.wall-head').waitFor({ state: 'detached' });
  expect([first.errors, first.outside, second.errors]).toEqual([[], [], []]);
  await first.context.close();
  await second.context.close();
});

test('an account is made in the browser and works at once; every change is on record', async () => {
  const seen = await open(browser, hub, { at: '/administration' });
  const { page } = seen;
  await signIn(page, 'administrator');
  await page.locator('tbody tr').first().waitFor();
  await page.keyboard.press('n');
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Account', { exact: true }).fill('zhanar');
  await dialog.getByRole('button', { name: 'Make one' }).click();
  const password = await dialog.locator('.secret input').inputValue();
  await dialog.getByRole('button', { name: 'Save' }).click();
  await page.locator('tbody tr', { hasText: 'zhanar' }).waitFor();
  await page.goto(`${hub.url}/administration/changes`);
  const row = page.locator('tbody tr', { hasText: 'zhanar' }).first();
  await row.waitFor();
  expect(await row.innerText()).toContain('administrator');
  expect(await page.locator('#app').innerText()).not.toContain(password);

  const other = await open(browser, hub, { at: '/profile' });
  await signInAs(other.page, 'zhanar', password);
  await other.page.getByLabel('Password until now').fill(password);
  await other.page.getByLabel('New password (at least 12 signs)').fill('a much better password');
  await other.page.getByLabel('New password again').fill('a much better password');
  await other.page.keyboard.press('Enter');
  await other.page.getByText('The password is changed').waitFor();
  await other.page.goto(`${hub.url}/administration`);
  await other.page.getByText('This screen is not open to your role').waitFor();
  expect([seen.errors, other.errors]).toEqual([[], []]);
  await other.context.close();
  await seen.context.close();
});

test('stations are called by their names on the board of units', async () => {
  const seen = await open(browser, hub, { at: '/boards/units' });
  await signIn(seen.page, 'manager');
  const row = seen.page.locator('tbody tr', { hasText: 'Қыран-101' });
  await row.getByText('Полиция бөлімі / Отдел полиции 1').waitFor();
  expect(await seen.page.locator('tbody').getByText(/75-[a-z_]+-station-\d/).count()).toBe(0);
  expect(seen.errors).toEqual([]);
  await seen.context.close();
});

test('a limit that the administrator sets is in force, and one that is emptied is the project’s own again', async () => {
  const seen = await open(browser, hub);
  const { page } = seen;
  const administrator = await Caller.of(hub, 'administrator');
  const limits = async () => (await administrator.ask<{ limits: { seconds: Record<string, number> } }>('GET', '/settings?region=75')).limits.seconds;
  await signIn(page, 'administrator');
  await page.goto(`${hub.url}/administration/settings`);
  const field = page.getByLabel('O-09: Limit, s');
  await field.fill('95');
  await page.keyboard.press('Enter');
  await page.getByText('Saved and in force').waitFor();
  expect(await limits()).toEqual({ 'O-09': 95 });
  await field.fill('');
  await page.keyboard.press('Enter');
  await until('the limit is the project’s own', async () => Object.keys(await limits()).length === 0);
  expect(seen.errors).toEqual([]);
  await seen.context.close();
});

describe.each(['night', 'day'] as Theme[])('accessible by %s (WCAG 2.2 AA)', (theme) => {
  const walker = new Walker();
  afterAll(() => walker.end());
  const screens: [string, 'administrator' | 'manager' | 'duty_officer', string, string][] = [
    ['services', 'administrator', '/boards', 'tbody tr'],
    ['obligations', 'duty_officer', '/boards/obligations', 'h1'],
    ['units', 'manager', '/boards/units', 'tbody tr'],
    ['dead letters', 'administrator', '/boards/dead-letters', '.state'],
    ['situation', 'manager', '/map', '.total'],
    ['wall', 'manager', '/map?wall=1', '.wall-head'],
    ['past', 'manager', '/map?at=2026-01-01T00:00:00Z', '.past'],
    ['accounts', 'administrator', '/administration', 'tbody tr'],
    ['credentials', 'administrator', '/administration/credentials', 'tbody tr'],
    ['register', 'administrator', '/administration/units', 'tbody tr'],
    ['settings', 'administrator', '/administration/settings', '#settings'],
    ['plans', 'administrator', '/administration/plans', 'tbody tr'],
    ['changes', 'administrator', '/administration/changes', 'tbody tr'],
    ['profile', 'manager', '/profile', 'form'],
  ];
  test.each(screens)('%s', async (_name, role, path, ready) => {
    const seen = await walker.at(browser, hub, credentials(role), path, { theme, language: theme === 'night' ? 'kk' : 'ru' });
    const { page } = seen;
    await page.locator(ready).first().waitFor();
    expect(await faults(page)).toEqual([]);
    if (path === '/boards' || path === '/administration') {
      await page.keyboard.press('j');
      await page.keyboard.press('Enter');
      await page.getByRole('dialog').waitFor();
      expect(await faults(page), 'with its dialog').toEqual([]);
    }
    expect([seen.errors, seen.outside]).toEqual([[], []]);
  });
});
