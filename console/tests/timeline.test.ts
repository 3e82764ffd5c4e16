// A card's history, and the first key on a list: what was done is read in order and in one's own language, and Enter never
// opens what nobody has seen.
import { expect, test } from 'vitest';
import { open, signIn, type Language } from './world/browser';
import { Caller } from './world/caller';
import { browser, hub, stage } from './world/stage';

let officer: Caller;

stage({}, async () => {
  hub.importDistricts();
  officer = await Caller.of(hub);
});

const DONE: Record<Language, RegExp[]> = {
  en: [/^Note: сообщил экипаж/, /^Place: улица Абая, 12/, /^Category: Apartment|^Category: /, /^Message received: /],
  ru: [/^Заметка: сообщил экипаж/, /^Место: улица Абая, 12/, /^Категория: /, /^Поступило сообщение: /],
  kk: [/сообщил экипаж/, /улица Абая, 12/, /^Санат/, /Горит мусор/],
};

test('the timeline has every act in order, the latest first, in the language of whoever reads it', async () => {
  const id = await officer.call('Горит мусор во дворе', 'улица Абая, 10', 43.2401, 76.9512, 60, 'ru');
  const change = async (method: string, part: string, body: object) => {
    const { version } = await officer.ask<{ version: number }>('GET', `/incidents/${id}`);
    await officer.ask(method, `/incidents/${id}/${part}`, body, { 'if-match': `"${version}"` });
  };
  await change('PUT', 'category', { code: 'gas_smell' });
  await change('PUT', 'location', { source: 'officer', address: 'улица Абая, 12', fix: { point: { lat: 43.2402, lon: 76.9513 }, uncertainty: { shape: 'circle', radius_m: 20 } } });
  await change('POST', 'notes', { text: 'сообщил экипаж' });
  for (const language of ['kk', 'ru', 'en'] as Language[]) {
    const seen = await open(browser, hub, { language, at: `/desk/${id}` });
    const { page } = seen;
    await signIn(page);
    const lines = page.locator('article section:has(> ol) ol > li:has(time)');
    await page.locator('article').getByText('сообщил экипаж').waitFor();
    const texts = await lines.locator('> span:first-of-type').allInnerTexts();
    let from = 0;
    for (const said of DONE[language]) {
      const found = texts.slice(from).findIndex((text) => said.test(text));
      expect(found, `${language}: ${said} after line ${from} of ${texts.join(' | ')}`).toBeGreaterThanOrEqual(0);
      from += found + 1;
    }
    const times = await lines.locator('time').evaluateAll((all) => all.map((one) => Date.parse(one.getAttribute('datetime') ?? '')));
    expect(times, 'the latest first').toEqual([...times].sort((a, b) => b - a));
    expect(texts.filter((text) => /\b[a-z]+_[a-z_]+\b|^event-|^[a-z]+-[a-z-]+:/.test(text)), 'no code of the wire').toEqual([]);
    // What happens while somebody looks stands at the top.
    await change('POST', 'notes', { text: `запись ${language}` });
    await expect.poll(() => lines.first().innerText()).toContain(`запись ${language}`);
    expect(seen.errors).toEqual([]);
    await seen.context.close();
  }
});

test('the first Enter on a board takes the first row into sight, and only the second opens it', async () => {
  const seen = await open(browser, hub, { language: 'en', at: '/boards' });
  const { page } = seen;
  await signIn(page, 'administrator');
  await page.locator('[data-row]').first().waitFor();
  expect(await page.locator('[data-row]:focus').count()).toBe(0);
  await page.keyboard.press('Enter');
  const row = page.locator('[data-row]').first();
  expect(await row.evaluate((one) => one === document.activeElement)).toBe(true);
  expect(await page.getByRole('dialog').count()).toBe(0);
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  expect(await row.evaluate((one) => one === document.activeElement), 'and the row has the focus again').toBe(true);
  // Held, it opens nothing.
  await page.evaluate(() => (document.activeElement as HTMLElement).blur());
  await page.keyboard.down('Enter');
  await page.keyboard.down('Enter');
  await page.keyboard.down('Enter');
  await page.keyboard.up('Enter');
  expect(await page.getByRole('dialog').count()).toBe(0);
  expect(seen.errors).toEqual([]);
  await seen.context.close();
});

test('the record of changes is asked for by who, what and since when, and read page by page; districts of a desk are chosen by name', async () => {
  const administrator = await Caller.of(hub, 'administrator');
  for (let n = 1; n <= 103; n++) await administrator.ask('PUT', '/services/police/link?region=75', { way: 'phone', phone: `2-00-${100 + n}` }, { 'If-Match': '*' });
  const seen = await open(browser, hub, { language: 'en', at: '/administration/changes' });
  const { page } = seen;
  await signIn(page, 'administrator');
  await page.locator('[data-change]').first().waitFor();
  const asked = page.waitForResponse((response) => response.url().includes('what=link'));
  await page.locator('select[name=what]').selectOption('link');
  await asked;
  await expect.poll(() => page.locator('[data-change]').count()).toBe(100);
  await page.getByRole('button', { name: 'Show earlier ones' }).click();
  await expect.poll(() => page.locator('[data-change]').count()).toBe(103);
  expect(await page.getByRole('button', { name: 'Show earlier ones' }).count()).toBe(0);
  await page.locator('input[type=search]').fill('nobody');
  await expect.poll(() => page.locator('[data-change]').count()).toBe(0);
  await page.locator('input[type=search]').fill('administrator');
  await page.locator('[data-change]').first().waitFor();
  await page.locator('input[name=since]').fill('01.01.2099 00:00');
  await expect.poll(() => page.locator('[data-change]').count()).toBe(0);

  await page.locator('input[name=since]').fill('');
  await page.locator('[data-change]').first().waitFor();
  await page.goto(`${hub.url}/administration/desks`);
  await page.getByRole('button', { name: 'New desk' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.locator('fieldset[name=districts] input').first().waitFor();
  await dialog.locator('input[name=word]').fill('west');
  for (const name of ['kk', 'ru', 'en']) await dialog.locator(`input[name=${name}]`).fill('Western gas');
  await dialog.locator('fieldset[name=districts]').getByText('West').click();
  await page.keyboard.press('Enter');
  await dialog.waitFor({ state: 'detached' });
  const desks = await administrator.ask<{ key: string; competence: { districts: string[] } }[]>('GET', '/service-desks?region=75');
  expect(desks.find((one) => one.key === 'utilities-west')?.competence.districts).toEqual(['751110000']);
  expect(seen.errors).toEqual([]);
  await seen.context.close();
});
