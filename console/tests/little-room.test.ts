// Where there is little room: a low screen while an alarm sounds, services that are late, a map at a large text.
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { faults } from './world/accessible';
import { open, signIn, type Language } from './world/browser';
import { Caller } from './world/caller';
import { browser, hub, stage } from './world/stage';

const LANGUAGES: Language[] = ['kk', 'ru', 'en'];
let incident: string;

stage({ demo: true }, async () => {
  const officer = await Caller.of(hub);
  incident = await officer.call('Горит квартира на третьем этаже, много дыма, внутри дети', 'улица Абая, 10', 43.2401, 76.9512, 60, 'ru');
  await officer.call('Мужчина упал, без сознания, не дышит', 'площадь Республики', 43.2384, 76.9453, 40, 'ru');
});

const large = (page: Page, size: number) => page.evaluate((percent) => (document.documentElement.style.fontSize = `${0.14 * percent}px`), size);

/** How much of the open card is in sight between its head and its actions, pixels. */
const inSight = (page: Page): Promise<number> =>
  page.evaluate(() => {
    const box = (selector: string) => document.querySelector(selector)!.getBoundingClientRect();
    const from = Math.max(box('article[data-incident] header').bottom, box('.above').bottom);
    return Math.min(box('article[data-incident] footer').top, box('.noticed').top) - from;
  });

test.each(LANGUAGES)('while an alarm sounds on a low screen most of it is the open card’s, in %s', async (language) => {
  const seen = await open(browser, hub, { language, width: 1280, height: 720, at: `/desk/${incident}` });
  const { page } = seen;
  await signIn(page);
  await page.locator('.need').first().waitFor();
  const alarm = page.locator('[data-alarm]');
  // As loud as it becomes: the longest that it takes room.
  await expect.poll(() => alarm.getAttribute('data-urge'), { timeout: 120_000 }).toBe('2');
  expect(await inSight(page)).toBeGreaterThan(400);
  // A row of the card that is half scrolled away counts as small.
  expect((await faults(page)).filter((one) => !one.includes('.need'))).toEqual([]);
  await large(page, 130);
  await expect.poll(() => inSight(page)).toBeGreaterThan(290);
  // The line for commands is in sight as well; what has no room is scrolled to, and the page itself is not.
  expect((await page.locator('.desk > .line').boundingBox())!.y).toBeLessThan((await alarm.boundingBox())!.y);
  expect(await page.evaluate(() => document.documentElement.scrollHeight - innerHeight)).toBeLessThanOrEqual(0);
  expect(seen.errors).toEqual([]);
  await seen.context.close();
});

test.each(LANGUAGES)('on a screen of 1280 the card does not scroll sideways, and what is late is one line of the banner, in %s', async (language) => {
  const officer = await Caller.of(hub);
  await officer.ask('POST', `/incidents/${incident}/forces`, { forces: [{ act: 'additional', service: 'ambulance', count: 1 }] });
  const seen = await open(browser, hub, { language, width: 1280, height: 720, at: `/desk/${incident}` });
  const { page } = seen;
  const at = new Date().toISOString();
  // Each has come as far as it can.
  await page.route('**/deliveries*', async (route) => {
    const answer = await route.fetch();
    const body = (await answer.json()) as { items: { delivery: object; stage: string }[] };
    for (const one of body.items) Object.assign(one.delivery, { sent_at: at, in_broker_at: at, acknowledged_at: at, read_at: at });
    await route.fulfill({ response: answer, json: body });
  });
  await page.route('**/api/v1/obligations*', async (route) => {
    const answer = await route.fetch();
    const body = (await answer.json()) as { items: object[] };
    for (const one of body.items) Object.assign(one, { status: 'late' });
    await route.fulfill({ response: answer, json: body });
  });
  await signIn(page);
  await page.locator('.card tbody td').first().waitFor();
  expect(await page.locator('.card').evaluate((card) => card.scrollWidth - card.clientWidth)).toBe(0);
  const row = page.locator('.card tbody tr').first();
  expect(await row.locator('td:visible').count()).toBe(2);
  expect(await row.locator('td:visible').last().innerText()).toMatch(/^\S+ ✓ \d\d:\d\d$/);
  const late = page.locator('header.banner .late.some');
  const { height, lines, over } = await late.evaluate((pill) => {
    const words = document.createRange();
    words.selectNodeContents(pill.querySelector('a')!);
    const tops = new Set([...words.getClientRects()].filter(({ height }) => height > 14).map(({ top }) => Math.round(top / 8)));
    return { height: pill.getBoundingClientRect().height, lines: tops.size, over: pill.scrollWidth - pill.clientWidth };
  });
  expect([lines, over]).toEqual([1, 0]);
  expect(height).toBeLessThan(32);
  expect(await page.locator('header.banner').evaluate((banner) => banner.scrollWidth - banner.clientWidth)).toBe(0);
  // One row of what is told, and one of the screens.
  expect((await page.locator('header.banner').boundingBox())!.height).toBeLessThan(66);
  await page.unrouteAll({ behavior: 'ignoreErrors' });
  expect(seen.errors).toEqual([]);
  await seen.context.close();
});

test('the row under the cursor stays in sight: below the heading, above the alarm bar, and where rows come before it', async () => {
  const officer = await Caller.of(hub);
  for (let house = 1; house <= 14; house++) await officer.call('Пахнет газом в подъезде', `улица Жандосова, ${house * 10}`, 43.2 + house * 0.01, 76.8 + house * 0.01, 30, 'ru');
  const seen = await open(browser, hub, { language: 'ru', width: 1280, height: 720, at: '/desk' });
  const { page } = seen;
  await signIn(page);
  while ((await page.locator('[data-alarm]').count()) > 0) await page.keyboard.press('F2');
  await page.locator('.queue li[data-row]').nth(14).waitFor();
  const under = page.locator('.queue li.under');
  /** How far it lies outside what is in sight of the queue, pixels. */
  const hidden = () =>
    page.evaluate(() => {
      const row = document.querySelector('.queue li.under')!.getBoundingClientRect();
      const list = document.querySelector('.queue')!.getBoundingClientRect();
      const heading = document.querySelector('.queue li.under')!.closest('ol')!.previousElementSibling!.getBoundingClientRect();
      return Math.round(Math.max(0, heading.bottom - row.top, row.bottom - list.bottom));
    });
  const rows = await page.locator('.queue li[data-row]').count();
  for (let row = 0; row < rows; row++) await page.keyboard.press('j');
  await expect.poll(hidden).toBe(0);
  for (let row = 0; row < rows - 4; row++) {
    await page.keyboard.press('k');
    expect(await hidden(), 'not behind the heading').toBeLessThanOrEqual(1);
  }
  for (let row = 0; row < rows; row++) await page.keyboard.press('j');
  const last = await under.getAttribute('data-row');
  await officer.call('Мужчина упал, без сознания, не дышит', 'улица Манаса, 21', 43.2184, 76.9053, 40, 'ru');
  await page.locator('[data-alarm]').waitFor();
  expect(await under.getAttribute('data-row')).toBe(last);
  await expect.poll(hidden, { timeout: 5_000 }).toBe(0);
  expect(seen.errors).toEqual([]);
  await seen.context.close();
});

test.each(LANGUAGES)('of the board of services nothing is cut off though some are late, in %s', async (language) => {
  const seen = await open(browser, hub, { language, at: `/desk/${incident}` });
  const { page } = seen;
  await page.route('**/api/v1/services*', async (route) => {
    const answer = await route.fetch();
    const body = (await answer.json()) as { items?: object[] } & object[];
    for (const one of body.items ?? body) Object.assign(one, { late: 12, undecided: 3, owed: 15, readiness: { formations: [{}, {}, {}] } });
    await route.fulfill({ response: answer, json: body });
  });
  await signIn(page);
  await page.locator('.board [data-service] .danger').first().waitFor();
  const over = () => page.locator('.board').evaluate((board) => board.scrollWidth - board.clientWidth);
  expect(await over()).toBe(0);
  await page.setViewportSize({ width: 1280, height: 720 });
  await expect.poll(over).toBe(0);
  await large(page, 115);
  await expect.poll(over).toBe(0);
  await seen.context.close();
});

/** Those of the parts that lie on one another. */
const overlaps = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const parts = ['.maplibregl-ctrl-scale', '.maplibregl-ctrl-attrib', '.maplibregl-ctrl-group', '.legend[data-symbols]', '.ways', '.over', '.filters', '.time', 'aside'];
    const boxes = parts.flatMap((part) => [...document.querySelectorAll(part)].map((element) => ({ part, ...element.getBoundingClientRect().toJSON() }) as DOMRect & { part: string }));
    const lie = (a: DOMRect, b: DOMRect) => a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1;
    return boxes.flatMap((a, nth) => boxes.slice(nth + 1).flatMap((b) => (lie(a, b) ? [`${a.part} and ${b.part}`] : [])));
  });

test.each(['/map', `/desk`])('at %s nothing that lies on the map lies on another, with the text twice as large too', async (at) => {
  for (const [width, height] of [[1920, 1080], [1366, 768]] as const) {
    const seen = await open(browser, hub, { language: 'ru', width, height, at });
    const { page } = seen;
    await signIn(page, 'manager');
    await page.locator('.map[data-ready=true]').waitFor();
    for (const size of [100, 200]) {
      await large(page, size);
      await expect.poll(() => overlaps(page)).toEqual([]);
    }
    await seen.context.close();
  }
});

test.each(LANGUAGES)('six units on their way do not lie under the legend on a low screen, and how many have no room is said, in %s', async (language) => {
  const officer = await Caller.of(hub);
  const ways = () => officer.ask<{ items: { unit: string }[] }>('GET', `/incidents/${incident}/routes`);
  if ((await ways()).items.length === 0) await officer.ask('POST', `/incidents/${incident}/forces`, { forces: [] });
  await expect.poll(async () => (await ways()).items.length).toBeGreaterThan(0);
  const seen = await open(browser, hub, { language, width: 1280, height: 720, at: `/desk/${incident}` });
  const { page } = seen;
  await page.route('**/api/v1/incidents/*/routes*', async (route) => {
    const { items } = await ways();
    await route.fulfill({ json: { items: Array.from({ length: 6 }, (_, at) => ({ ...items[0], unit: `75-fire_rescue-9${at}` })) } });
  });
  await signIn(page);
  await page.locator('.ways[data-ways="6"]').waitFor();
  await expect.poll(() => overlaps(page)).toEqual([]);
  const inSight = async () => page.locator('.ways li').filter({ visible: true }).count();
  const more = async () => Number((await page.locator('[data-ways-more]').getAttribute('data-ways-more', { timeout: 1_000 }).catch(() => null)) ?? 0);
  await expect.poll(inSight).toBeGreaterThan(2);
  // Both are read while rows are still being measured: they agree once that is done.
  await expect.poll(async () => (await inSight()) + (await more())).toBe(6);
  // With the room there are all of them again.
  await page.setViewportSize({ width: 1920, height: 1400 });
  await expect.poll(inSight).toBe(6);
  await expect.poll(() => overlaps(page)).toEqual([]);
  expect(seen.errors).toEqual([]);
  await seen.context.close();
});
