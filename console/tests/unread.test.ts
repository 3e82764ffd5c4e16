// What could not be read is never shown as if it had been: the desk says so, asks again by itself and at a key, and goes on.
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { open, signIn } from './world/browser';
import { Caller } from './world/caller';
import { browser, hub, stage } from './world/stage';

let officer: Caller;

stage({}, async () => {
  officer = await Caller.of(hub);
});

/** The hub answers 503 until what is returned is called; it asks to be left alone for long. */
async function down(page: Page, path: string): Promise<() => void> {
  let up = false;
  const body = JSON.stringify({ type: 'urn:hub112:problem:unavailable', title: 'x', status: 503, detail: 'x' });
  await page.route(path, (route) => (up ? route.continue() : route.fulfill({ status: 503, contentType: 'application/problem+json', headers: { 'retry-after': '3600' }, body })));
  return () => (up = true);
}

test('a recommendation and a timeline that could not be read are read again at a key, and forces go', async () => {
  const id = await officer.call('Горит квартира, внутри люди, много дыма', 'улица Навои, 208', 43.2151, 76.8702, 40, 'ru');
  const seen = await open(browser, hub, { language: 'en', at: `/desk/${id}` });
  const { page } = seen;
  const up = [await down(page, '**/recommendation'), await down(page, `**/incidents/${id}/timeline*`)];
  await signIn(page);
  const again = page.locator('article').getByRole('button', { name: 'Try again' });
  await expect.poll(() => again.count()).toBe(2);
  up.forEach((now) => now());
  await page.keyboard.press('y');
  await page.locator('.need').first().waitFor();
  await expect.poll(() => again.count()).toBe(0);
  await page.keyboard.press('Enter');
  await page.locator('[data-request]').first().waitFor();
  expect(seen.errors).toEqual([]);
  await seen.context.close();
});

test('one failed answer is asked for again by itself', async () => {
  const id = await officer.call('Пахнет газом в подъезде', 'улица Тимирязева, 71', 43.2262, 76.9051, 90, 'ru');
  const seen = await open(browser, hub, { language: 'en', at: `/desk/${id}` });
  await seen.page.route('**/recommendation', (route) => route.fulfill({ status: 503, body: '' }), { times: 1 });
  await signIn(seen.page);
  await seen.page.locator('.need').first().waitFor();
  expect(seen.errors).toEqual([]);
  await seen.context.close();
});

test('a change of mode whose effects could not be read is not stuck', async () => {
  const seen = await open(browser, hub, { language: 'en', at: '/desk' });
  const { page } = seen;
  const up = await down(page, '**/mode/preview*');
  await signIn(page);
  await page.locator('[data-mode=everyday]').waitFor();
  // The banner knows the mode before the desk takes keys.
  await page.locator('button kbd', { hasText: /^M$/ }).waitFor();
  await page.keyboard.press('Shift+M');
  await page.locator('input[name=mode][value=emergency]').check();
  const again = page.getByRole('dialog').getByRole('button', { name: 'Try again' });
  await again.waitFor();
  expect(await page.locator('button[form=mode]').isDisabled(), 'nothing is confirmed whose effects nobody has seen').toBe(true);
  up();
  await again.click();
  await page.locator('[data-effects] li').first().waitFor();
  expect(await page.locator('button[form=mode]').isEnabled()).toBe(true);
  expect(seen.errors).toEqual([]);
  await seen.context.close();
});

test('until the mode has been read it is unknown, and nothing is said not to be late', async () => {
  await officer.ask('POST', '/mode?region=75', { command: 'declare', mode: 'emergency', order: { reason: 'Mudflow', legal_reference: 'Order No. 1' } });
  const seen = await open(browser, hub, { language: 'en', at: '/desk' });
  const { page } = seen;
  let answer = () => {};
  const held = new Promise<void>((resolve) => (answer = resolve));
  await page.route('**/api/v1/mode?*', async (route) => {
    await held;
    await route.continue();
  });
  await signIn(page);
  await page.locator('.banner [data-mode=unknown]').waitFor();
  await page.locator('.link .safe').waitFor();
  const banner = await page.locator('header.banner').innerText();
  expect(banner.toLowerCase()).toContain('unknown');
  expect(banner).not.toContain('nothing late');
  answer();
  await page.locator('.banner [data-mode=emergency]').waitFor();
  expect(seen.errors).toEqual([]);
  await seen.context.close();
});
