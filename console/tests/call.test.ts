// Nothing typed is lost: not by the hub that is away, not by a crash of the browser, not by an alarm in between.
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launch, open, signIn } from './world/browser';
import { Caller } from './world/caller';
import { Hub } from './world/hub';

let hub: Hub;
let browser: Browser;

beforeAll(async () => {
  hub = await Hub.open();
  browser = await launch();
});

afterAll(async () => {
  await browser?.close();
  await hub?.close();
});

test('a call that the hub could not keep outlives the browser, and is kept when the hub is back', async () => {
  const seen = await open(browser, hub, { language: 'en' });
  const { page, context } = seen;
  await signIn(page);
  await page.goto(`${hub.url}/call`);
  await page.locator('textarea[name=text]').waitFor();
  await context.route('**/api/v1/drafts/**', (route) => route.abort());
  await page.locator('textarea[name=text]').fill('Өзенге көлік құлады, ішінде екі адам');
  await page.locator('input[name=number]').fill('8 777 000 11 22');
  await page.locator('[data-kept=not-kept]').waitFor();
  await page.close({ runBeforeUnload: false });
  await context.unroute('**/api/v1/drafts/**');

  const again = await context.newPage();
  await again.goto(hub.url);
  await signIn(again);
  await again.goto(`${hub.url}/call`);
  await expect.poll(() => again.locator('textarea[name=text]').inputValue()).toBe('Өзенге көлік құлады, ішінде екі адам');
  expect(await again.locator('input[name=number]').inputValue()).toBe('8 777 000 11 22');
  await again.locator('[data-kept=kept]').waitFor();
  expect(await again.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith('hub112.call.'))), 'what the hub has is not kept here').toEqual([]);
  await context.close();
});

test('a note that is being written waits while an alarm is looked at', async () => {
  const officer = await Caller.of(hub);
  const id = await officer.call('Пахнет газом в подъезде', 'улица Тимирязева, 71', 43.2262, 76.9051, 90, 'ru');
  const seen = await open(browser, hub, { language: 'en' });
  const { page } = seen;
  await signIn(page);
  await page.goto(`${hub.url}/desk/${id}`);
  await page.locator('article footer').waitFor();
  await page.keyboard.press('n');
  await page.keyboard.type('The caller has left the house');
  const life = await officer.call('Мужчина упал, без сознания, не дышит', 'площадь Республики, 1', 43.2384, 76.9453, 40, 'ru');
  await page.locator(`[data-alarm="${life}"]`).getByRole('button').click();
  await page.locator(`article[data-incident="${life}"]`).waitFor();
  expect(await page.getByRole('textbox', { name: 'Note' }).inputValue()).toBe('');
  await page.locator(`[data-row="${id}"] button`).click();
  await page.locator(`article[data-incident="${id}"]`).waitFor();
  expect(await page.getByRole('textbox', { name: 'Note' }).inputValue()).toBe('The caller has left the house');
  await page.reload();
  await page.locator(`article[data-incident="${id}"]`).waitFor();
  expect(await page.getByRole('textbox', { name: 'Note' }).inputValue()).toBe('The caller has left the house');
  await page.keyboard.press('n');
  await page.keyboard.press('Enter');
  await page.locator('[aria-label=Timeline]').getByText('The caller has left the house').waitFor();
  expect(await page.getByRole('textbox', { name: 'Note' }).inputValue()).toBe('');
  expect(seen.errors).toEqual([]);
  await seen.context.close();
});
