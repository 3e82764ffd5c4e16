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
  const seen = await open(browser, hub, { language: 'en', at: '/call' });
  const { page, context } = seen;
  await signIn(page);
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

test('what is written while the hub answers late goes to the card of that call, and a call begun meanwhile stays', async () => {
  const officer = await Caller.of(hub);
  const seen = await open(browser, hub, { language: 'en' });
  const { page, context } = seen;
  await signIn(page);
  await page.goto(`${hub.url}/call?new`);
  const words = page.locator('textarea[name=text]');
  await words.waitFor();
  let answer = () => {};
  const late = () => {
    const held = new Promise<void>((resolve) => (answer = resolve));
    return context.route('**/api/v1/messages?*', async (route) => (await held, await route.continue()), { times: 1 });
  };
  const card = async (response: Promise<{ json(): Promise<unknown> }>) => ((await (await response).json()) as { incident: string }).incident;

  await late();
  await words.fill('Горит мусор во дворе');
  await page.locator('input[name=address]').fill('улица Гоголя, 20');
  await page.keyboard.press('Control+Enter');
  await page.getByText('Sending').first().waitFor();
  await words.focus();
  await page.keyboard.press('Control+End');
  await page.keyboard.type(', рядом машина');
  let sent = page.waitForResponse((response) => response.url().includes('/api/v1/messages?'));
  answer();
  const first = await card(sent);
  await page.getByText('is added to its card').waitFor();
  expect(await words.inputValue()).toBe(', рядом машина');
  expect(new URL(page.url()).pathname).toBe('/call');
  await words.focus();
  await page.keyboard.press('Control+End');
  await page.keyboard.type(' с газом');
  await page.keyboard.press('Control+Enter');
  await page.locator(`article[data-incident="${first}"]`).waitFor();
  const { answers } = await officer.ask<{ answers: { text: string }[] }>('GET', `/incidents/${first}`);
  expect(answers.map((one) => one.text)).toEqual([', рядом машина с газом']);
  await page.keyboard.press('N');
  await words.waitFor();
  expect(await page.locator('section[aria-label="Calls not sent"] li', { hasText: /мусор|машина/ }).count(), 'nothing of it is left').toBe(0);

  await late();
  await words.fill('Застряли в лифте');
  await page.keyboard.press('Control+Enter');
  await page.getByText('Sending').first().waitFor();
  await page.locator('form').getByRole('button', { name: 'New call' }).click();
  await words.fill('Пахнет газом');
  sent = page.waitForResponse((response) => response.url().includes('/api/v1/messages?'));
  answer();
  const second = await card(sent);
  await page.locator(`a[href="/desk/${second}"]`).waitFor();
  expect(await words.inputValue()).toBe('Пахнет газом');
  expect(new URL(page.url()).pathname).toBe('/call');
  expect(seen.errors).toEqual([]);
  await context.close();
});

test('a new call is fresh: what was begun before is offered, and comes back by itself only after a reload', async () => {
  const seen = await open(browser, hub, { language: 'en' });
  const { page } = seen;
  await signIn(page);
  await page.goto(`${hub.url}/call?new`);
  const words = page.locator('textarea[name=text]');
  const address = page.locator('input[name=address]');
  await address.waitFor();
  await address.fill('улица Пушкина, 3');
  await page.locator('[data-kept=kept]').waitFor();
  await page.goto(`${hub.url}/desk`);
  await page.locator('.queue').waitFor();
  await page.keyboard.press('N');
  await words.waitFor();
  const offered = page.locator('section[aria-label="Calls not sent"]').getByRole('button', { name: 'улица Пушкина, 3' });
  await offered.waitFor();
  expect(await address.inputValue()).toBe('');
  await page.keyboard.type('Другой человек');
  expect(await words.inputValue()).toBe('Другой человек');
  await page.locator('[data-kept=kept]').waitFor();
  await page.reload();
  await expect.poll(() => words.inputValue()).toBe('Другой человек');
  expect(await address.inputValue()).toBe('');
  await offered.click();
  expect(await address.inputValue()).toBe('улица Пушкина, 3');
  expect(seen.errors).toEqual([]);
  await seen.context.close();
});

test('a note that is being written waits while an alarm is looked at', async () => {
  const officer = await Caller.of(hub);
  const id = await officer.call('Пахнет газом в подъезде', 'улица Тимирязева, 71', 43.2262, 76.9051, 90, 'ru');
  const seen = await open(browser, hub, { language: 'en', at: `/desk/${id}` });
  const { page } = seen;
  await signIn(page);
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
