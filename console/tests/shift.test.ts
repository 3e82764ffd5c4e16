// Taking up duty by keyboard: every line of the check list, contacts that have changed, acceptance, handover (112-R c.5(1)¶1).
import { expect, test } from 'vitest';
import { faults } from './world/accessible';
import { open, signIn } from './world/browser';
import { Caller } from './world/caller';
import { browser, hub, stage } from './world/stage';
import { until } from './world/until';

interface Shift {
  status: string;
  officer: string;
  checks: { item: { item: string; service: string; number?: string }; results?: unknown[] }[];
  handover?: { to: string; remarks: string } | null;
}

let officer: Caller;

const shift = async (): Promise<Shift> => (await officer.ask<{ items: Shift[] }>('GET', '/shifts?region=75')).items[0]!;

const unchecked = async () => (await shift()).checks.filter((check) => (check.results ?? []).length === 0).length;

stage({}, async () => {
  hub.agency('police');
  officer = await Caller.of(hub);
  const administrator = await Caller.of(hub, 'administrator');
  const next = { role: 'duty_officer', region: '75', service: null, active: true, password: null };
  await administrator.ask('PUT', '/accounts/asel', next, { 'If-None-Match': '*' });
  await officer.call('Пахнет газом в подъезде', 'улица Тимирязева, 71', 43.2262, 76.9051, 90, 'ru');
});

test('a shift is opened, each line checked by a key, changed contacts recorded, accepted and handed over with what is owed', async () => {
  const seen = await open(browser, hub, { language: 'en', at: '/shift' });
  const { page } = seen;
  await signIn(page);
  await page.getByRole('button', { name: 'Open the shift O' }).waitFor();
  await page.keyboard.press('o');
  await page.locator('tr[data-check]').first().waitFor();
  const accept = page.getByRole('button', { name: 'Accept the shift' });
  expect(await accept.isDisabled()).toBe(true);

  const lines = page.locator('tr[data-check]');
  const before = await lines.count();
  await page.locator('tr[data-check=contacts]', { hasText: 'ambulance' }).first().getByRole('button', { name: 'changed' }).click();
  const form = page.locator('[data-contacts=ambulance]');
  await form.waitFor();
  await page.keyboard.type('Senior doctor');
  await form.getByLabel('Number, frequency, address').first().fill('+7 727 103 00 01');
  await form.getByLabel('Call sign').first().fill('Zhedel-1');
  expect(await faults(page)).toEqual([]);
  await page.keyboard.press('Enter');
  await form.waitFor({ state: 'detached' });

  // Whatever the hub has not checked by itself, line by line, each key once, while the first answers come slowly: what is
  // pressed while the line before is still on its way counts as well.
  let slow = 3;
  await page.route('**/api/v1/shifts?**', async (route) => {
    if (route.request().method() === 'POST' && slow-- > 0) await new Promise((resolve) => setTimeout(resolve, 1_000));
    await route.continue();
  });
  // The changed contacts have brought lines of their own, which reach the page a moment after the hub has them.
  await expect.poll(() => lines.count()).toBeGreaterThan(before);
  const shown = () => page.locator('tr[data-check][data-result=none]').count();
  await expect.poll(async () => (await shown()) - (await unchecked())).toBe(0);
  const left = await shown();
  expect(left).toBeGreaterThan(3);
  await page.locator('h1').click();
  for (let line = 0; line < left; line++) {
    await page.keyboard.press('u');
    await page.keyboard.press('1');
  }
  await expect.poll(unchecked, { timeout: 60_000 }).toBe(0);
  await page.unroute('**/api/v1/shifts?**');
  await accept.click();
  await until('the officer is on duty', async () => (await shift()).status === 'on_duty');

  await page.getByRole('button', { name: 'Hand over the shift' }).click();
  await page.keyboard.type('asle');
  await page.getByText('Open cards: 1').waitFor();
  await page.getByText('Mode in force: everyday activity').waitFor();
  await page.getByLabel('Remarks').fill('A gas leak is under way');
  await page.getByRole('button', { name: 'Hand over the shift' }).click();
  await page.getByText('asle is no duty officer of this region').waitFor();
  await page.getByLabel('To whom (account)').fill('asel');
  await page.getByRole('button', { name: 'Hand over the shift' }).click();
  await until('the shift is offered', async () => (await shift()).handover?.to === 'asel');
  expect([seen.errors, seen.outside]).toEqual([[], []]);
  await seen.context.close();
});
