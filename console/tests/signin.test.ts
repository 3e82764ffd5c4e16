// A shift is longer than a sign-in: its end is said in time, and whoever goes on loses nothing.
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { faults } from './world/accessible';
import { open, signIn, type Theme } from './world/browser';
import { Caller } from './world/caller';
import { PASSWORDS } from './world/hub';
import { browser, hub, stage } from './world/stage';
import { until } from './world/until';

let officer: Caller;

stage({}, async () => {
  officer = await Caller.of(hub);
});

/** The first sign-in of the page ends so soon; later ones last as long as the hub says. */
async function endsIn(page: Page, minutes: number): Promise<void> {
  await page.route(
    '**/api/v1/sign-in',
    async (route) => {
      const response = await route.fetch();
      const signed = (await response.json()) as object;
      await route.fulfill({ response, json: { ...signed, expires_at: new Date(Date.now() + minutes * 60_000).toISOString() } });
    },
    { times: 1 },
  );
}

const token = (page: Page) => page.evaluate(() => (JSON.parse(sessionStorage.getItem('hub112.account')!) as { token: string }).token);
const accepted = async (one: string) => (await fetch(`${hub.url}/api/v1/me`, { headers: { authorization: `Bearer ${one}` } })).ok;

/** As when it has run out: the hub knows it no more. */
async function takeBack(page: Page): Promise<void> {
  const answer = await fetch(`${hub.url}/api/v1/sign-in`, { method: 'DELETE', headers: { authorization: `Bearer ${await token(page)}` } });
  expect(answer.status).toBe(204);
}

test('the end is said in time on whichever screen, and a password by the keys is enough to go on', async () => {
  const seen = await open(browser, hub, { at: '/directives' });
  const { page } = seen;
  await endsIn(page, 20);
  await signIn(page);
  const strip = page.locator('[data-ending]');
  await strip.waitFor();
  await page.locator('.directives').waitFor();
  await page.keyboard.press('n');
  const text = page.getByRole('dialog').locator('textarea').first();
  await text.fill('Оцепить улицу');
  // Somebody types: the key works all the same, and what is written stays.
  const old = await token(page);
  await page.keyboard.press('F8');
  const form = page.locator('form[data-go-on]');
  await form.locator('input[name=password]').waitFor();
  await page.keyboard.type('not the password');
  await page.keyboard.press('Enter');
  await form.getByText('The password is wrong').waitFor();
  expect(await page.locator('[data-ended]').count(), 'a wrong password ends nothing').toBe(0);
  await page.keyboard.type(PASSWORDS.duty_officer);
  await page.keyboard.press('Enter');
  await strip.waitFor({ state: 'detached' });
  await form.waitFor({ state: 'detached' });
  expect(await text.inputValue()).toBe('Оцепить улицу');
  expect(await token(page)).not.toBe(old);
  await until('the old token is taken back', async () => !(await accepted(old)));
  expect(seen.errors).toEqual([]);
  await seen.context.close();
});

test('a sign-in that ended shows nothing to whoever passes by, and gives everything back to whoever worked', async () => {
  const card = await officer.call('Горит квартира на третьем этаже, много дыма', 'улица Абая, 10', 43.2401, 76.9512, 60, 'ru');
  const seen = await open(browser, hub, { at: `/desk/${card}` });
  const { page } = seen;
  await signIn(page);
  await page.locator('article h2').first().waitFor();
  await page.keyboard.press('s');
  const dialog = page.getByRole('dialog');
  await dialog.waitFor();
  const title = await dialog.locator('h2').innerText();
  await takeBack(page);
  // Whatever is asked next is refused.
  await officer.call('Пахнет газом в подъезде', 'улица Тимирязева, 71', 43.2262, 76.9051, 60, 'ru');
  const over = page.locator('[data-ended]');
  await over.waitFor();
  expect(await page.getByText('улица Абая, 10').first().isVisible()).toBe(false);
  await expect.poll(() => over.locator('input[name=password]').evaluate((field) => field === document.activeElement)).toBe(true);
  // No key reaches what stands behind.
  await page.keyboard.press('Escape');
  await page.keyboard.type(PASSWORDS.duty_officer);
  await page.keyboard.press('Enter');
  await over.waitFor({ state: 'detached' });
  expect(await dialog.locator('h2').innerText()).toBe(title);
  // What came meanwhile is here.
  await page.locator('.queue').getByText('Тимирязева, 71').first().waitFor();
  expect(seen.errors).toEqual([]);
  await seen.context.close();
});

test('somebody else who signs in there does not find what was written', async () => {
  const seen = await open(browser, hub, { at: '/directives' });
  const { page } = seen;
  await signIn(page);
  await page.locator('.directives').waitFor();
  await page.keyboard.press('n');
  await page.getByRole('dialog').locator('textarea').first().fill('Оцепить улицу');
  await takeBack(page);
  await officer.call('Запах гари во дворе', 'улица Гоголя, 15', 43.2601, 76.9452, 60, 'ru');
  await page.locator('[data-ended]').getByRole('button', { name: 'Sign in as somebody else' }).click();
  await signIn(page, 'manager');
  await page.locator('.directives').waitFor();
  await page.keyboard.press('n');
  expect(await page.getByRole('dialog').locator('textarea').first().inputValue()).toBe('');
  await seen.context.close();
});

describe.each(['night', 'day'] as Theme[])('accessible by %s (WCAG 2.2 AA)', (theme) => {
  test('the warning and the end', async () => {
    const seen = await open(browser, hub, { theme, language: theme === 'night' ? 'kk' : 'ru', at: '/profile' });
    const { page } = seen;
    await endsIn(page, theme === 'night' ? 20 : 4);
    await signIn(page);
    await page.locator('[data-ending]').waitFor();
    expect(await faults(page)).toEqual([]);
    await page.keyboard.press('F8');
    await page.locator('form[data-go-on]').waitFor();
    expect(await faults(page), 'with its dialog').toEqual([]);
    await takeBack(page);
    await officer.call('Драка во дворе', 'улица Сатпаева, 22', 43.2371, 76.9301, 60, 'ru');
    await page.locator('[data-ended]').waitFor();
    expect(await faults(page), 'at the end').toEqual([]);
    expect([seen.errors, seen.outside]).toEqual([[], []]);
    await seen.context.close();
  });
});
