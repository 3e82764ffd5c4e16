// The desk by keyboard alone: what is pressed does what is in sight, and nothing behind it.
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { faults } from './world/accessible';
import { open, signIn } from './world/browser';
import { Caller } from './world/caller';
import { browser, hub, stage } from './world/stage';
import { until } from './world/until';

interface Card {
  status: string;
  requests: Record<string, unknown>;
  subject: string;
  categories: { code: string }[];
  locations: { location: { address?: string | null } }[];
}

let officer: Caller;
const card = (id: string) => officer.ask<Card>('GET', `/incidents/${id}`);
const category = async (id: string) => (await card(id)).categories.at(-1)!.code;
const focusIs = (page: Page) => page.evaluate(() => document.activeElement?.tagName ?? '');

stage({}, async () => {
  officer = await Caller.of(hub);
});

test('in the dialog of the place Enter confirms the place, and no key reaches the card behind', async () => {
  await officer.call('Мужчина упал, без сознания, не дышит', 'площадь Республики, 1', 43.2384, 76.9453, 40, 'ru');
  const id = await officer.call('Горит квартира, внутри люди, много дыма', 'улица Навои, 208', 43.2151, 76.8702, 40, 'ru');
  const seen = await open(browser, hub, { language: 'en', at: `/desk/${id}` });
  const { page } = seen;
  await signIn(page);
  await page.locator('.need').first().waitFor();
  const dialog = page.getByRole('dialog', { name: /^Give a better place/ });
  await page.keyboard.press('l');
  await dialog.waitFor();
  await page.keyboard.press('Control+A');
  await page.keyboard.type('Республики');
  await dialog.getByRole('button', { name: /площадь Республики, 1/ }).first().focus();
  await page.keyboard.press('Enter');
  await expect.poll(() => dialog.getByRole('textbox').first().inputValue()).toBe('площадь Республики, 1');
  expect(await focusIs(page), 'what is chosen is confirmed from there').toBe('INPUT');

  // Wherever the focus has got to.
  await page.evaluate(() => (document.activeElement as HTMLElement).blur());
  await page.keyboard.press('x');
  await page.keyboard.press('1');
  expect(await page.getByRole('dialog').count()).toBe(1);
  expect(await dialog.count()).toBe(1);
  await page.keyboard.press('Enter');
  await dialog.waitFor({ state: 'detached' });
  const after = await card(id);
  expect(after.locations.at(-1)!.location.address).toBe('площадь Республики, 1');
  expect(Object.keys(after.requests), 'nobody was sent meanwhile').toEqual([]);
  expect(seen.errors).toEqual([]);
  await seen.context.close();
});

test('in the dialog of the category Enter takes what is marked and nothing before, and a subject is confirmed', async () => {
  // Somewhere else each time: run again, it is a card of its own, and not one that the first run changed.
  const id = await officer.call('Горит жилой дом, на третьем этаже люди', 'улица Толе би, 59', 43.2 + Math.random() * 0.1, 76.9432, 40, 'ru');
  const before = await category(id);
  const { subject } = await card(id);
  const seen = await open(browser, hub, { language: 'en', at: `/desk/${id}` });
  const { page } = seen;
  await signIn(page);
  await page.locator('article footer').waitFor();
  const dialog = page.getByRole('dialog', { name: /^Category/ });
  await page.keyboard.press('c');
  await dialog.waitFor();
  await page.keyboard.press('Enter');
  await dialog.getByText('Now: ').waitFor();
  expect(await faults(page)).toEqual([]);

  const select = dialog.getByRole('combobox');
  await select.focus();
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('ArrowUp');
  expect(await focusIs(page)).toBe('SELECT');
  expect([await category(id), (await card(id)).subject], 'nothing is written by an arrow').toEqual([before, subject]);
  const now = await select.inputValue();
  expect(now).not.toBe(subject);
  // The hub's answer is held back while the officer goes on typing: it takes nothing from them.
  let answer = () => {};
  await page.route(`**/incidents/${id}/subject`, async (route) => {
    const response = await route.fetch();
    await new Promise<void>((go) => (answer = go));
    await route.fulfill({ response });
  });
  const confirm = async (to: string) => {
    await page.keyboard.press('Control+Enter');
    await until('the subject is confirmed', async () => (await card(id)).subject === to);
    await dialog.getByRole('textbox').focus();
  };
  await confirm(now);
  await page.keyboard.type('lift');
  answer();
  await dialog.getByRole('button', { name: 'Ctrl+Enter' }).waitFor({ state: 'detached' });
  expect(await focusIs(page), 'who types keeps the focus').toBe('INPUT');

  await select.focus();
  await page.keyboard.press('ArrowDown');
  const last = await select.inputValue();
  expect(last).not.toBe(now);
  await confirm(last);
  await page.keyboard.press('Control+A');
  await page.keyboard.type('gas');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowUp');
  const marked = (await dialog.locator('li.marked').innerText()).replace('Enter', '').trim();
  expect(await dialog.getByRole('status').first().innerText()).toContain(marked.split('\n').at(-1)!.trim());
  // Pressed before the hub has answered, it is done after it.
  await page.keyboard.press('Enter');
  answer();
  await dialog.waitFor({ state: 'detached' });
  await until('what was marked is the category', async () => (await category(id)) !== before);
  expect((await card(id)).subject).toBe(last);
  expect(seen.errors).toEqual([]);
  await seen.context.close();
});

test('the digits correct the category again and again', async () => {
  const id = await officer.call('Горит мусорный бак, дым идёт в подъезд', 'улица Абая, 150', 43.2392, 76.9001, 40, 'ru');
  const seen = await open(browser, hub, { language: 'en', at: `/desk/${id}` });
  const { page } = seen;
  await signIn(page);
  await page.locator('article footer').waitFor();
  const offered = page.getByRole('region', { name: 'Category' }).getByRole('button', { name: /^1/ });
  const heading = page.locator('article header h2');
  const settled = page.locator('[data-settling=false]');
  let was = await heading.innerText();
  const another = async () => {
    await expect.poll(() => heading.innerText()).not.toBe(was);
    was = await heading.innerText();
    await settled.waitFor();
  };
  await page.keyboard.press('c');
  await page.getByRole('dialog').waitFor();
  await page.keyboard.type('silent');
  await page.keyboard.press('Enter');
  await another();
  for (let times = 0; times < 3; times++) {
    await offered.waitFor();
    await page.keyboard.press('1');
    await another();
  }
  expect(seen.errors).toEqual([]);
  await seen.context.close();
});

test('in the call the arrows and Enter choose a place and a category, and nothing but its own key sends', async () => {
  await officer.call('Застряли в лифте', 'улица Сатпаева, 90', 43.2362, 76.9899, 50, 'ru');
  await officer.call('Пахнет газом в подъезде', 'улица Сатпаева, 12', 43.2352, 76.9209, 50, 'ru');
  const seen = await open(browser, hub, { language: 'en', at: '/call?new' });
  const { page } = seen;
  await signIn(page);
  const words = page.locator('textarea[name=text]');
  await words.fill('Горит квартира, внутри люди');
  const address = page.locator('input[name=address]');
  const places = page.getByRole('group', { name: 'Known places' });
  await address.focus();
  await page.keyboard.type('Сатпаева');
  await places.getByRole('button').nth(1).waitFor();
  await page.keyboard.press('Enter');
  await places.locator('.marked').waitFor();
  expect(await faults(page)).toEqual([]);
  await page.keyboard.press('ArrowDown');
  const name = (await places.locator('.marked').innerText()).replace('Enter', '').trim();
  expect(name).toBe(await places.getByRole('button').nth(1).innerText().then((text) => text.replace('Enter', '').trim()));
  await page.keyboard.press('Enter');
  await expect.poll(() => address.inputValue()).toBe(name);
  await page.keyboard.type('87771234567');
  await page.keyboard.press('Enter');

  const field = page.locator('input[name=category]');
  await field.focus();
  await page.keyboard.press('Enter');
  await page.keyboard.type('gas');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.locator('.chosen').waitFor();
  expect(new URL(page.url()).pathname, 'nothing was sent').toBe('/call');
  await page.keyboard.press('Control+Enter');
  await page.waitForURL(/\/desk\/[0-9a-f-]{36}/);

  // An address without a point is an ordinary state of a card.
  await page.locator('article footer').waitFor();
  await page.keyboard.press('N');
  await words.fill('Горит сарай');
  await address.fill('за мостом у старой мельницы');
  await address.press('Enter');
  expect(new URL(page.url()).pathname).toBe('/call');
  await page.keyboard.press('Control+Enter');
  await page.waitForURL(/\/desk\/[0-9a-f-]{36}/);
  const forces = page.getByRole('region', { name: 'Recommended forces' });
  await forces.locator('[data-no-place]').waitFor();
  expect(await forces.getByRole('alert').count()).toBe(0);
  await forces.locator('[data-no-place] button').waitFor();
  expect(seen.errors).toEqual([]);
  await seen.context.close();
});

test('the channel check goes on by keys, and the line under the cursor is in sight', async () => {
  const seen = await open(browser, hub, { language: 'en', at: '/shift', width: 1280, height: 560 });
  const { page } = seen;
  await signIn(page);
  await page.getByRole('button', { name: 'Open the shift' }).click();
  await page.locator('tr[data-check]').first().waitFor();
  await page.locator('h1').click();
  const under = page.locator('tr[data-under]');
  const inSight = () => under.evaluate((row) => row.getBoundingClientRect().top >= 0 && row.getBoundingClientRect().bottom <= innerHeight);
  const count = await page.locator('tr[data-check]').count();
  for (let line = 0; line < count - 1; line++) await page.keyboard.press('j');
  await expect.poll(inSight).toBe(true);
  await page.evaluate(() => document.getElementById('content')!.scrollTo(0, 0));
  await page.keyboard.press('u');
  await expect.poll(inSight).toBe(true);
  await page.keyboard.press('3');
  await under.locator('form input').waitFor();
  await page.keyboard.type('crackles');
  await page.keyboard.press('Escape');
  await page.keyboard.press('4');
  await under.locator('form input').waitFor();
  expect(await under.locator('form input').inputValue()).toBe('crackles');
  await page.keyboard.press('Enter');
  await page.locator('tr[data-result=skipped]').waitFor();
  while ((await under.getAttribute('data-check')) !== 'contacts') await page.keyboard.press('k');
  await page.keyboard.press('5');
  await page.locator('[data-contacts]').waitFor();
  expect(seen.errors).toEqual([]);
  await seen.context.close();
});

test('a digit after G leads to another screen, and the help says so', async () => {
  const seen = await open(browser, hub, { language: 'en', at: '/desk' });
  const { page } = seen;
  await signIn(page);
  await page.locator('.queue').waitFor();
  await page.keyboard.press('G');
  await page.getByRole('dialog', { name: 'Screens' }).waitFor();
  expect(await faults(page)).toEqual([]);
  await page.keyboard.press('3');
  await expect.poll(() => new URL(page.url()).pathname).toBe('/shift');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await page.keyboard.press('?');
  await page.getByRole('dialog').getByRole('row', { name: /^G 3/ }).waitFor();
  await page.keyboard.press('Escape');
  await page.keyboard.press('G');
  await page.getByRole('dialog', { name: 'Screens' }).waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  expect(new URL(page.url()).pathname).toBe('/shift');
  expect(seen.errors).toEqual([]);
  await seen.context.close();
});

test('Escape leaves the note line and the look-up', async () => {
  const id = await officer.call('Лежит человек на остановке', 'проспект Достык, 5', 43.2452, 76.9571, 40, 'ru');
  const seen = await open(browser, hub, { language: 'en', at: `/desk/${id}` });
  const { page } = seen;
  await signIn(page);
  await page.locator('article footer').waitFor();
  await page.keyboard.press('n');
  expect(await focusIs(page)).toBe('INPUT');
  await page.keyboard.press('Escape');
  expect(await focusIs(page)).toBe('BODY');
  await page.keyboard.press('b');
  await page.locator('input[name=asked]').fill('77011234567');
  await page.keyboard.press('Escape');
  await page.locator('input[name=asked]').waitFor({ state: 'detached' });
  await page.keyboard.press('b');
  expect(await page.locator('input[name=asked]').inputValue()).toBe('77011234567');
  expect(seen.errors).toEqual([]);
  await seen.context.close();
});

test('a row of the plans is added when it is kept, and Escape leaves nothing behind', async () => {
  const seen = await open(browser, hub, { language: 'en', at: '/administration/plans' });
  const { page } = seen;
  await signIn(page, 'administrator');
  const rows = page.locator('[data-row]');
  await rows.first().waitFor();
  const before = await rows.count();
  await page.keyboard.press('n');
  await page.getByRole('dialog').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  expect(await rows.count()).toBe(before);
  await page.keyboard.press('n');
  await page.getByRole('dialog').locator('input[type=number]').press('Enter');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  expect(await rows.count()).toBe(before + 1);
  expect(seen.errors).toEqual([]);
  await seen.context.close();
});
