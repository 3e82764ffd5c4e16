// Five thousand open cards in one region: the desk and the map have all of them, wherever the pages end in which they are read.
import type { Browser, Page, Route } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launch, open, signIn } from './world/browser';
import { Caller } from './world/caller';
import { multiply } from './world/crowd';
import { Hub } from './world/hub';

const CARDS = 5_000;
/** On a busy machine. */
const SOON = { timeout: 60_000 };

let hub: Hub;
let browser: Browser;
let ids: string[];

beforeAll(async () => {
  hub = await Hub.open();
  const officer = await Caller.of(hub);
  const one = await officer.call('Застряли в лифте', 'улица Абая, 10', 43.2401, 76.9512, 20, 'ru');
  const made = multiply(await officer.ask<object>('GET', `/incidents/${one}`), CARDS - 1);
  await hub.kill();
  hub.copy('incident', made.rows);
  await hub.start(120_000);
  ids = [one, ...made.ids].sort();
  browser = await launch();
}, 300_000);

afterAll(async () => {
  await browser?.close();
  await hub?.close();
});

/** How many cards the queue says it has. */
const counted = (page: Page) => page.locator('.queue h2 .number').evaluateAll((all) => all.reduce((sum, one) => sum + Number(one.textContent), 0));

test('the queue goes to the last card without a gap, and the map has as many', async () => {
  const seen = await open(browser, hub);
  const { page } = seen;
  await signIn(page);
  await expect.poll(() => counted(page), SOON).toBe(CARDS);
  const rows = page.locator('.queue [data-row]');
  await expect
    .poll(async () => {
      await page.locator('.queue').evaluate((list) => list.scrollTo(0, list.scrollHeight));
      return rows.count();
    }, { timeout: 240_000, interval: 100 })
    .toBe(CARDS);
  const shown = await rows.evaluateAll((all) => all.map((one) => (one as HTMLElement).dataset['row'] ?? ''));
  expect(new Set(shown)).toEqual(new Set(ids));

  await page.goto(`${hub.url}/map`);
  await expect.poll(() => page.locator('.total strong').innerText(), SOON).toBe(String(CARDS));
  expect([seen.errors, seen.outside]).toEqual([[], []]);
  await seen.context.close();
}, 400_000);

test('a card that is closed and one that is opened while the pages are read are as they are now', async () => {
  const officer = await Caller.of(hub);
  const seen = await open(browser, hub);
  const { page } = seen;
  let pages = 0;
  let held: Route | null = null;
  await page.route(/\/api\/v1\/incidents\?.*after=/, (route) => {
    if (++pages === 3) held = route;
    else void route.continue();
  });
  await signIn(page);
  await expect.poll(() => held !== null, SOON).toBe(true);
  // A card of the first page, which the console has read already.
  const [closed, still] = [ids[0]!, ids[1]!];
  const told = page.waitForResponse((response) => response.url().includes(`ids=`) && response.url().includes(closed), SOON);
  await officer.ask('POST', `/incidents/${closed}/close`, { outcome: 'not_confirmed' }, { 'if-match': '*' });
  await told;
  const opened = await officer.call('Дерево упало на машину', 'улица Саина, 3', 43.2301, 76.8512, 20, 'ru');
  await (held as Route | null)?.continue();
  await expect.poll(() => counted(page), SOON).toBe(ids.includes(opened) ? CARDS - 1 : CARDS);
  const ask = (id: string) => page.goto(`${hub.url}/desk/${id}`).then(() => page.locator(`article[data-incident="${id}"]`).waitFor());
  expect(await page.locator(`[data-row="${closed}"]`).count()).toBe(0);
  await ask(still);
  expect(pages).toBeGreaterThanOrEqual(CARDS / 200 - 1);
  expect(seen.outside).toEqual([]);
  await seen.context.close();
}, 300_000);
