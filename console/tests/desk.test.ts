// The desk's mode, its connection, its languages and whether everybody can use it.
import { afterAll, describe, expect, test } from 'vitest';
import { faults } from './world/accessible';
import { open, signIn, type Language, type Seen, type Theme, type Wanted } from './world/browser';
import { Caller } from './world/caller';
import { shift } from './world/shift';
import { browser, hub, stage } from './world/stage';
import { credentials, Walker } from './world/walker';

let incident: string;

stage({ demo: true }, async () => {
  hub.agency('fire_rescue');
  incident = await shift(await Caller.of(hub));
});

test('a change of mode lists its effects with their clauses before it is confirmed, and goes back', async () => {
  const seen = await open(browser, hub, { language: 'en' });
  const { page } = seen;
  await signIn(page);
  await page.locator('.queue li').first().waitFor();
  const mode = page.locator('.banner [data-mode]');
  await expect.poll(() => mode.getAttribute('data-mode')).toBe('everyday');

  for (const to of ['emergency', 'everyday']) {
    await page.keyboard.press('Shift+M');
    await page.locator(`input[name=mode][value=${to}]`).focus();
    await page.keyboard.press('Space');
    const effects = page.locator('[data-effects]');
    await expect.poll(() => effects.locator('[role=status]').count()).toBe(0);
    if (to === 'emergency') {
      await effects.locator('li').first().waitFor();
      expect(await effects.innerText()).toContain('112-R c.5(3)¶1');
    }
    await page.getByLabel('Reason', { exact: true }).fill('Exercise of the test');
    await page.getByLabel('Legal basis').fill('Order No. 1');
    await page.keyboard.press('Enter');
    await expect.poll(() => mode.getAttribute('data-mode')).toBe(to);
  }
  expect(seen.errors).toEqual([]);
  await seen.context.close();
});

test('a broken line is unmistakable, and afterwards nothing is missing', async () => {
  const seen = await open(browser, hub, { language: 'en' });
  const { page } = seen;
  await signIn(page);
  await page.locator('.queue li').first().waitFor();
  const before = await page.locator('.queue li').count();
  await hub.kill();
  await page.locator('.shell.stale').waitFor();
  // What is told of the region is said to be of then, and no dialog hides that the line is broken.
  expect(await page.locator('.banner [data-as-of]').innerText()).toMatch(/^as of \d\d:\d\d:\d\d$/);
  await page.keyboard.press('?');
  const [bar, dialog] = await Promise.all([page.locator('div.stale[role=alert]').boundingBox(), page.getByRole('dialog').boundingBox()]);
  // To the pixel: a height is rounded.
  expect(dialog!.y).toBeGreaterThan(bar!.y + bar!.height - 1);
  await page.keyboard.press('Escape');
  await page.getByText('No connection since').waitFor();
  await hub.start();
  const caller = await Caller.of(hub);
  // While the console may still be trying: two cards far from all others.
  const first = await caller.call('Лифт остановился, люди внутри', 'микрорайон Шугыла, 34', 43.2021, 76.7842, 50, 'ru');
  const second = await caller.call('Өзенге адам құлады', 'Талғар өзені', 43.3011, 77.0302, 50, 'kk');
  for (const id of [first, second]) await page.locator(`[data-row="${id}"]`).waitFor();
  await page.locator('.shell:not(.stale)').waitFor();
  expect(await page.locator('.queue li').count()).toBe(before + 2);
  expect(seen.outside).toEqual([]);
  await seen.context.close();
});

test.each([
  ['kk', 'Кезекші пульті', 'Ғимараттағы өрт'],
  ['ru', 'Пульт дежурного', 'Пожар в здании'],
  ['en', 'Duty desk', 'Building fire'],
] as [Language, string, string][])('the desk speaks %s', async (language, title, fire) => {
  const seen = await open(browser, hub, { language, at: `/desk/${incident}` });
  const { page } = seen;
  await signIn(page);
  await page.locator('.need').first().waitFor();
  await page.locator('article ol li').first().waitFor();
  expect(await page.title()).toContain(title);
  expect(await page.locator('article h2').first().innerText()).toBe(fire);
  expect(await page.locator('html').getAttribute('lang')).toBe(language);
  // A key without words would show itself as its name.
  const shown = await page.locator('#app').innerText();
  expect(shown.match(/\b(?:[a-z]+-){1,}[a-z]+\b/g)?.filter((word) => /^(event|content|question|status|stage|reason|severity|key|service|unit|scale|problem)-/.test(word)) ?? []).toEqual([]);
  await seen.context.close();
});

test('borders that did not come are asked for again, and meanwhile the map says that they are missing', async () => {
  const seen = await open(browser, hub, { language: 'en' });
  const { page } = seen;
  let away = true;
  await page.route('**/api/v1/territories**', (route) => (away ? route.abort() : route.continue()));
  await signIn(page);
  const said = page.getByText('Borders have not come yet');
  await said.waitFor();
  expect(await page.locator('[data-borders]').getAttribute('data-borders')).toBe('false');
  away = false;
  await page.locator('[data-borders=true]').waitFor();
  expect(await said.count()).toBe(0);
  await seen.context.close();
});

test('who states the scale alone records no figure', async () => {
  const officer = await Caller.of(hub);
  const card = () => officer.ask<{ consequences: { figures: object }[]; scales: { scale: string }[] }>('GET', `/incidents/${incident}`);
  const seen = await open(browser, hub, { language: 'en', at: `/desk/${incident}` });
  const { page } = seen;
  await signIn(page);
  await page.locator('.need').first().waitFor();
  await page.keyboard.press('s');
  const dialog = page.getByRole('dialog');
  await dialog.locator('[data-unstated]').waitFor();
  expect(await dialog.locator('input[name=dead]').inputValue()).toBe('');
  await dialog.locator('select').selectOption('local');
  await dialog.getByLabel('Basis').fill('By the word of the commander');
  await page.keyboard.press('Enter');
  await dialog.waitFor({ state: 'detached' });
  expect((await card()).consequences).toEqual([]);

  await page.keyboard.press('s');
  await dialog.locator('input[name=injured]').fill('2');
  // A nought is stated, not taken for granted.
  await page.keyboard.press('Enter');
  await dialog.waitFor({ state: 'detached' });
  expect((await card()).consequences.map((one) => one.figures)).toMatchObject([{ dead: null, injured: 2, affected: null, disrupted: null }]);
  expect([seen.errors, seen.outside]).toEqual([[], []]);
  await seen.context.close();
});

test('an administrator looks and does not decide', async () => {
  const seen = await open(browser, hub, { language: 'en', at: `/desk/${incident}` });
  const { page } = seen;
  await signIn(page, 'administrator');
  await page.locator('article h2').first().waitFor();
  expect(await page.locator('article footer').count()).toBe(0);
  await page.goto(`${hub.url}/call`);
  await page.getByText('This screen is not open to your role').waitFor();
  await seen.context.close();
});

describe.each(['night', 'day'] as Theme[])('accessible by %s (WCAG 2.2 AA)', (theme) => {
  const walker = new Walker();
  let unknown: Seen | null = null;
  const stranger = async (wanted: Wanted) => (unknown = await open(browser, hub, wanted));
  afterAll(async () => {
    await walker.end();
    await unknown?.context.close();
  });
  const screens: [string, string, string][] = [
    ['sign-in', '/', 'form'],
    ['desk', '/desk', '.queue li'],
    ['card', '', '.need'],
    ['call', '/call', 'textarea'],
    ['shift', '/shift', 'h1'],
    ['directives', '/directives', 'article'],
    ['situation', '/situation', 'article'],
    ['mode', '/desk', '.queue li'],
    ['help', '', '.need'],
    ['connect', '', '.need'],
  ];
  test.each(screens)('%s', async (name, path, ready) => {
    const wanted = { theme, language: 'ru' } as const;
    const { page } = name === 'sign-in' ? await stranger(wanted) : await walker.at(browser, hub, credentials('duty_officer'), path === '' ? `/desk/${incident}` : path, wanted);
    await page.locator(ready).first().waitFor();
    if (name === 'help' || name === 'connect') {
      await page.keyboard.press(name === 'help' ? '?' : 'd');
      await page.getByRole('dialog').waitFor();
    }
    if (name === 'mode') {
      await page.keyboard.press('Shift+M');
      await page.locator('input[name=mode][value=emergency]').check();
      await page.locator('[data-effects] li').first().waitFor();
    }
    expect(await faults(page)).toEqual([]);
  });
});
