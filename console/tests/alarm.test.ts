// What must be noticed: heard and seen, wherever one is; and that nothing of it takes the keys from who types.
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launch, open, signIn } from './world/browser';
import { Caller } from './world/caller';
import { heard, listen } from './world/ear';
import { Hub } from './world/hub';
import { uuid } from '../src/api/uuid';

let hub: Hub;
let browser: Browser;
let officer: Caller;

beforeAll(async () => {
  hub = await Hub.open();
  officer = await Caller.of(hub);
  browser = await launch();
});

afterAll(async () => {
  await browser?.close();
  await hub?.close();
});

test('a threat to life is heard wherever one types, takes no key, stands over a dialog, and grows until it is acknowledged', async () => {
  const other = await officer.call('Пахнет газом в подъезде', 'улица Тимирязева, 71', 43.2262, 76.9051, 90, 'ru');
  const seen = await open(browser, hub);
  await listen(seen.context);
  const { page } = seen;
  await page.reload();
  await signIn(page);
  await page.goto(`${hub.url}/desk/${other}`);
  await page.locator('article footer').waitFor();
  await page.keyboard.press('x');
  await page.locator('input[name=outcome][value=set_aside]').check();
  await page.getByLabel('Reason').fill('A test of the line');
  const before = (await heard(page)).length;

  const id = await officer.call('Мужчина упал, без сознания, не дышит', 'площадь Республики, 1', 43.2384, 76.9453, 40, 'ru');
  const bar = page.locator(`[data-alarm="${id}"]`);
  await bar.waitFor();
  await expect.poll(async () => (await heard(page)).length).toBeGreaterThan(before);
  // Whoever types goes on typing: the key of the alarm is a letter here.
  await page.keyboard.type(' a');
  expect(await page.getByLabel('Reason').inputValue()).toBe('A test of the line a');
  expect(await bar.isVisible()).toBe(true);
  const covered = await bar.evaluate((element) => {
    const box = element.getBoundingClientRect();
    const top = document.elementFromPoint(box.right - 40, box.top + box.height / 2);
    return top === null || !element.contains(top);
  });
  expect(covered, 'the dialog does not hide it').toBe(false);

  const loudest = async (from: number) => Math.max(...(await heard(page)).slice(from).map((tone) => tone.loudness));
  const first = await loudest(before);
  await expect.poll(() => bar.getAttribute('data-urge'), { timeout: 25_000 }).toBe('1');
  const after = (await heard(page)).length;
  await expect.poll(async () => (await heard(page)).length, { timeout: 30_000 }).toBeGreaterThan(after);
  expect(await loudest(after - 1)).toBeGreaterThan(first);
  expect(await page.title()).toContain('⚠');
  // Who comes to it later, or loads the page anew, does not make it wait from the beginning.
  const again = await seen.context.newPage();
  await again.goto(hub.url);
  await signIn(again);
  await again.locator(`[data-alarm="${id}"]`).waitFor();
  expect(Number(await again.locator('[data-alarm]').getAttribute('data-urge'))).toBeGreaterThan(0);
  await again.close();

  // Acknowledged: the card is open, the sound ends, and what was begun for the other card is not done to this one.
  await bar.getByRole('button').click();
  await page.locator(`article[data-incident="${id}"]`).waitFor();
  await bar.waitFor({ state: 'detached' });
  expect(await page.getByRole('dialog').count()).toBe(0);
  const silent = (await heard(page)).length;
  await page.waitForTimeout(6000);
  expect((await heard(page)).length).toBe(silent);
  expect((await officer.ask<{ status: string }>('GET', `/incidents/${other}`)).status).toBe('open');
  expect(seen.errors).toEqual([]);
  await seen.context.close();
}, 240_000);

test('a browser that lets nothing be heard yet is said in the banner until a key is pressed', async () => {
  const seen = await open(browser, hub);
  await listen(seen.context, true);
  const { page } = seen;
  await page.reload();
  await signIn(page);
  await page.reload();
  await page.locator('[data-sound=blocked]').waitFor();
  await page.keyboard.press('Shift');
  await page.locator('[data-sound=blocked]').waitFor({ state: 'detached' });
  await seen.context.close();
});

test('a mode that the hub proposes is in the banner of every screen until a person has decided', async () => {
  const administrator = await Caller.of(hub, 'administrator');
  const settings = await administrator.ask<{ modes: object }>('GET', '/settings?region=75');
  await administrator.ask('PUT', '/settings?region=75', { ...settings, modes: { ...settings.modes, open_incidents: 1 } }, { 'If-Match': '*' });
  const seen = await open(browser, hub);
  const { page } = seen;
  await signIn(page);
  await page.goto(`${hub.url}/directives`);
  await officer.call('Қоқыс жанып жатыр', 'Әл-Фараби даңғылы, 140', 43.2189, 76.8921, 300, 'kk');
  const proposed = page.locator('[data-proposed=high_readiness]');
  await proposed.waitFor();
  await proposed.click();
  const proposal = page.locator('[data-proposal]');
  await proposal.waitFor();
  expect(await proposal.innerText()).toContain('the threshold is 1');
  await proposal.getByRole('button', { name: 'Decline' }).click();
  await page.keyboard.type('Rubbish fires, each by itself');
  await page.keyboard.press('Enter');
  await proposal.waitFor({ state: 'detached' });
  await proposed.waitFor({ state: 'detached' });
  expect(seen.errors).toEqual([]);
  await seen.context.close();
});

test('an exercise says so in the banner and on its card', async () => {
  const seen = await open(browser, hub);
  const { page } = seen;
  await signIn(page);
  await page.locator('.queue').waitFor();
  expect(await page.locator('[data-exercises]').count()).toBe(0);
  const { incident } = await officer.ask<{ incident: string }>('POST', '/messages?region=75', {
    id: uuid(),
    channel: 'call',
    received_at: new Date().toISOString(),
    sender: { kind: 'person', call_back: { kind: 'no_number' } },
    text: 'Учебная тревога: пожар в школе',
    exercise: true,
    location: { source: 'caller', address: 'школа № 12' },
  });
  await page.locator('[data-exercises="1"]').waitFor();
  await page.goto(`${hub.url}/desk/${incident}`);
  await page.locator('article header').getByText('EXERCISE').waitFor();
  expect(seen.errors).toEqual([]);
  await seen.context.close();
});

test('one line says what and where: the call-taker’s card is filled in with it, on any layout', async () => {
  await officer.call('Застряли в лифте', 'улица Абая, 10', 43.2401, 76.9512, 20, 'ru');
  const seen = await open(browser, hub);
  const { page } = seen;
  await signIn(page);
  await page.locator('.queue li').first().waitFor();
  await page.keyboard.press('/');
  await page.keyboard.type('smell gas abay 10');
  await page.locator('output', { hasText: 'Smell of gas · улица Абая, 10' }).waitFor();
  await page.keyboard.press('Enter');
  await page.locator('textarea[name=text]').waitFor();
  expect(await page.locator('textarea[name=text]').inputValue()).toBe('smell gas abay 10');
  expect(await page.locator('input[name=address]').inputValue()).toBe('улица Абая, 10');
  await page.locator('.chosen', { hasText: 'Smell of gas' }).waitFor();
  await page.keyboard.press('Control+Enter');
  await page.locator('article .need').first().waitFor();

  // A number that is in no row is looked for among all cards.
  await page.keyboard.press('/');
  await page.keyboard.type('999999');
  await page.keyboard.press('Enter');
  await page.getByText('999999 is no card').or(page.getByText('There is no card')).waitFor();
  expect(seen.errors).toEqual([]);
  await seen.context.close();
});
