// What a service answers by telephone: recorded from the card, whose word it is stays with it, and what the hub refuses of it is
// said where it is wrong.
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { faults } from './world/accessible';
import { open, signIn, type Language, type Theme } from './world/browser';
import { Caller } from './world/caller';
import { browser, hub, stage } from './world/stage';

interface Request {
  id: string;
  state: string;
  recommended: { unit: string }[];
  decision: { decision: string; reason?: { code: string; text: string } | null } | null;
  answers?: { telephoned?: { said_by?: string; recorded_by: string } }[];
  engagements: Record<string, { stage: string }>;
}

let officer: Caller;
const LANGUAGES: Language[] = ['kk', 'ru', 'en'];

stage({ demo: true }, async () => {
  officer = await Caller.of(hub);
});

let cards = 0;

/** A card some kilometres from every other, with a request to the service. */
async function asked(service: string, count = 1): Promise<string> {
  const text = service === 'ambulance' ? 'Мужчина упал, без сознания, не дышит' : 'Горит сарай, людей нет';
  const id = await officer.call(text, 'дом', 43.19 + 0.02 * (cards % 6), 76.8 + 0.03 * Math.floor(cards++ / 6), 20, 'ru');
  await officer.ask('POST', `/incidents/${id}/forces`, { forces: [{ act: 'first_wave', service, count }] });
  return id;
}

const request = async (id: string): Promise<Request> => Object.values((await officer.ask<{ requests: Record<string, Request> }>('GET', `/incidents/${id}`)).requests)[0]!;

const focusIn = (page: Page) => page.evaluate(() => document.activeElement?.closest('[data-field]')?.getAttribute('data-field') ?? '');

test('an acceptance is recorded by keyboard alone, and the row says whose word it is', async () => {
  const id = await asked('ambulance', 2);
  const units = (await request(id)).recommended.map(({ unit }) => unit);
  expect(units.length).toBe(2);
  const seen = await open(browser, hub, { language: 'en', at: `/desk/${id}` });
  const { page } = seen;
  await signIn(page);
  await page.locator('[data-telephoned]').waitFor();
  await page.keyboard.press('p');
  const dialog = page.getByRole('dialog', { name: /^Answer by telephone/ });
  await dialog.waitFor();
  expect(await focusIn(page)).toBe('decision');
  const ticked = () => dialog.locator('input[type=checkbox]:checked').evaluateAll((all) => all.map((one) => (one as HTMLInputElement).value));
  expect((await ticked()).sort()).toEqual([...units].sort());
  await dialog.locator('input[name=said-by]').focus();
  await page.keyboard.type('Serikova');
  // Whoever looks for a unit and presses Enter has recorded nothing yet.
  await page.keyboard.press('Tab');
  await page.keyboard.type('nobody');
  await page.keyboard.press('Enter');
  await dialog.getByText('No unit of this service is called so.').waitFor();
  expect((await request(id)).state).toBe('open');
  await page.keyboard.press('Control+A');
  await page.keyboard.press('Delete');
  await dialog.getByLabel('People', { exact: true }).focus();
  await page.keyboard.type('5');
  await page.keyboard.press('Enter');
  await dialog.waitFor({ state: 'detached' });
  const row = page.locator('[data-request=ambulance][data-state=answered]');
  await row.getByText('told by telephone: Serikova; written down by duty_officer').waitFor();
  expect(await row.innerText()).toContain('5 people');
  const now = await request(id);
  expect([now.decision?.decision, now.answers?.[0]?.telephoned]).toEqual(['accepted', { said_by: 'Serikova', recorded_by: 'duty_officer' }]);
  expect(units.map((unit) => now.engagements[unit]?.stage)).toEqual(['accepted', 'accepted']);
  expect((await faults(page)).filter((one) => !/\.need|\.spare/.test(one))).toEqual([]);
  await page.locator('article ol li').filter({ hasText: 'told by telephone: Serikova' }).first().waitFor();
  expect([seen.errors, seen.outside]).toEqual([[], []]);
  await seen.context.close();
});

test('a refusal of an order without a reason is refused at the reason, and recorded with one', async () => {
  const id = await asked('fire_rescue');
  const seen = await open(browser, hub, { language: 'en', at: `/desk/${id}` });
  const { page } = seen;
  await signIn(page);
  await page.locator('[data-request=fire_rescue] [data-telephoned]').click();
  const dialog = page.getByRole('dialog', { name: /^Answer by telephone/ });
  await dialog.waitFor();
  await page.keyboard.press('ArrowUp');
  expect(await dialog.locator('input[value=refuse]').isChecked(), 'the last of the ways, from the first').toBe(true);
  await page.keyboard.press('Enter');
  const fault = dialog.locator('#fault-reason');
  await fault.waitFor();
  expect(await fault.innerText()).toContain('c.6(5)');
  await expect.poll(() => focusIn(page)).toBe('reason');
  expect((await request(id)).state).toBe('open');
  expect((await faults(page)).filter((one) => !/\.need|\.spare/.test(one))).toEqual([]);
  // What was written stays when the dialog is put away.
  await dialog.locator('input[name=said-by]').fill('Omarov');
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  await page.keyboard.press('p');
  expect(await dialog.locator('input[name=said-by]').inputValue()).toBe('Omarov');
  await dialog.locator('select').selectOption('none_free');
  await dialog.getByRole('button', { name: 'Record the answer' }).click();
  await dialog.waitFor({ state: 'detached' });
  const row = page.locator('[data-request=fire_rescue][data-state=refused]');
  await row.waitFor();
  expect(await row.innerText()).toContain('none free');
  expect(await row.innerText()).toContain('told by telephone: Omarov; written down by duty_officer');
  expect((await request(id)).decision).toEqual({ decision: 'refused', reason: { code: 'none_free', text: 'none free' } });
  expect(seen.errors).toEqual([]);
  await seen.context.close();
});

test('a unit that another card has is refused at the units, and others go instead', async () => {
  const other = await asked('ambulance');
  const taken = (await request(other)).recommended[0]!.unit;
  await officer.ask('POST', `/incidents/${other}/requests/${(await request(other)).id}/answer`, { decision: 'accept' });
  const id = await asked('ambulance');
  const seen = await open(browser, hub, { language: 'en', at: `/desk/${id}` });
  const { page } = seen;
  await signIn(page);
  await page.locator('[data-telephoned]').waitFor();
  await page.keyboard.press('p');
  const dialog = page.getByRole('dialog', { name: /^Answer by telephone/ });
  await dialog.locator(`input[value="${taken}"]`).check();
  expect(await dialog.locator('input[value=change]').isChecked(), 'who was not asked for is another composition').toBe(true);
  await page.keyboard.press('Control+Enter');
  await dialog.locator('#fault-units').waitFor();
  const sign = await dialog.locator('label.unit').filter({ has: page.locator(`input[value="${taken}"]`) }).locator('b').innerText();
  expect(await dialog.locator('#fault-units').innerText(), 'by its call sign').toContain(sign);
  expect(await dialog.locator('[data-field=units] legend').innerText()).toContain(sign);
  await expect.poll(() => focusIn(page)).toBe('units');
  expect(await dialog.locator('[data-field=units]').getAttribute('aria-describedby')).toBe('fault-units');
  expect(await dialog.locator('.problem').count(), 'once is enough').toBe(0);
  expect((await faults(page)).filter((one) => !/\.need|\.spare/.test(one))).toEqual([]);
  await dialog.locator(`input[value="${taken}"]`).uncheck();
  // Looked for by its number: Enter ticks it, and the next one records.
  const free = dialog.locator('label.unit').filter({ has: page.locator('input:not(:checked)') }).first();
  const [instead, theirs] = [(await free.locator('input').getAttribute('value'))!, await free.locator('b').innerText()];
  await dialog.locator('[data-search]').fill(theirs.split('-').at(-1)!);
  await page.keyboard.press('Enter');
  await dialog.locator(`input[value="${instead}"]:checked`).waitFor();
  expect(await dialog.locator('[data-search]').inputValue()).toBe('');
  await page.keyboard.press('Enter');
  await dialog.waitFor({ state: 'detached' });
  await page.locator('[data-request=ambulance][data-state=answered]').getByText('told by telephone; written down by duty_officer').waitFor();
  const now = await request(id);
  expect([now.decision?.decision, now.engagements[instead]?.stage]).toEqual(['changed', 'accepted']);
  expect(seen.errors).toEqual([]);
  await seen.context.close();
});

test('the command line opens the form with what was heard', async () => {
  const id = await asked('ambulance');
  const seen = await open(browser, hub, { language: 'ru', at: `/desk/${id}` });
  const { page } = seen;
  await signIn(page);
  await page.locator('[data-telephoned]').waitFor();
  await page.keyboard.press('/');
  await page.keyboard.type('скорая отказ');
  await page.locator('form output').getByText('ответ по телефону, скорая помощь').waitFor();
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog', { name: /^Ответ по телефону/ });
  await dialog.waitFor();
  expect(await dialog.locator('input[value=refuse]').isChecked()).toBe(true);
  await page.keyboard.press('Enter');
  await page.locator('[data-request=ambulance][data-state=refused]').waitFor();
  expect(seen.errors).toEqual([]);
  await seen.context.close();
});

test.each(LANGUAGES.flatMap((language) => (['night', 'day'] as Theme[]).map((theme) => [language, theme] as const)))('everybody can use the form, and nothing of it is cut off, in %s by %s', async (language, theme) => {
  const id = await asked('fire_rescue');
  const seen = await open(browser, hub, { language, theme, width: 1280, height: 720, at: `/desk/${id}` });
  const { page } = seen;
  await signIn(page);
  await page.locator('[data-telephoned]').waitFor();
  await page.keyboard.press('p');
  const dialog = page.getByRole('dialog');
  for (const [width, way] of [[1280, 'change'], [420, 'refuse'], [420, 'accept']] as const) {
    await page.setViewportSize({ width, height: 720 });
    await dialog.locator(`input[value=${way}]`).check();
    // A row of the card behind that is half scrolled away counts as small.
    expect((await faults(page)).filter((one) => !/\.need|\.spare/.test(one)), `${way} at ${width}`).toEqual([]);
    expect(await dialog.evaluate((panel) => [panel, ...panel.querySelectorAll('.body, .units')].filter((one) => one.scrollWidth > one.clientWidth + 1).map((one) => one.className)), `${way} at ${width}`).toEqual([]);
    expect(await dialog.innerText()).not.toMatch(/\b(telephoned|reason-code|agency|unit-state|unit-kind)-/);
    if (language !== 'en') expect(await dialog.innerText(), 'citations are written as the reader writes them').not.toMatch(/112-R|¶/);
  }
  expect(seen.errors).toEqual([]);
  await seen.context.close();
});
