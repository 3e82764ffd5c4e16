// High readiness, emergency and back (112-R c.5): what the mode obliges to is met in the browser, and what a service leaves
// undone is late on every screen until a named person ends it.
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { uuid } from '../src/api/uuid';
import { open, signIn } from './world/browser';
import { Caller } from './world/caller';
import { browser, hub, stage } from './world/stage';
import { until } from './world/until';

interface Obligation {
  id: string;
  kind: string;
  status: string;
  debtor: string;
  exercise?: boolean;
  cancelled?: { by: string; reason: string };
}

let officer: Caller;

stage({}, async () => {
  officer = await Caller.of(hub);
});

const owed = async (kind: string, status: string) =>
  (await officer.ask<{ items: Obligation[] }>('GET', '/obligations?region=75&limit=200')).items.filter((one) => one.kind === kind && one.status === status);

async function declare(page: Page, mode: string): Promise<void> {
  await page.keyboard.press('Shift+M');
  await page.locator(`input[name=mode][value=${mode}]`).check();
  await expect.poll(() => page.locator('[data-effects] [role=status]').count()).toBe(0);
  await page.getByLabel('Reason', { exact: true }).fill('Mudflow danger');
  await page.getByLabel('Legal basis').fill('Order No. 1');
  await page.keyboard.press('Enter');
  await expect.poll(() => page.locator('.banner [data-mode]').getAttribute('data-mode')).toBe(mode);
}

test('to an emergency and back, with what is owed met and one thing late', async () => {
  const administrator = await Caller.of(hub, 'administrator');
  const settings = await administrator.ask<{ limits: { seconds: object } }>('GET', '/settings?region=75');
  await administrator.ask('PUT', '/settings?region=75', { ...settings, limits: { ...settings.limits, seconds: { 'O-07': 2 } } }, { 'If-Match': '*' });
  await officer.ask('POST', '/situation?region=75', {
    command: 'report',
    report: uuid(),
    origin: { origin: 'officer', account: 'duty_officer' },
    nature: 'ecological',
    text: 'The moraine lake is filling',
    observed_at: new Date().toISOString(),
  });
  const seen = await open(browser, hub);
  const { page } = seen;
  await signIn(page);
  await page.locator('.queue').waitFor();

  // High readiness obliges the officer to summarise what the sources say (O-04, c.5(2)¶1).
  await declare(page, 'high_readiness');
  await until('a summary is owed', async () => (await owed('O-04', 'open')).length === 1);
  const [summary] = await owed('O-04', 'open');
  await page.goto(`${hub.url}/situation`);
  await page.locator('article[data-report] input[type=checkbox]').first().check();
  await page.getByLabel('Summary of 1').fill('The lake is filling, an outburst is possible');
  await page.getByRole('button', { name: 'Summarise' }).click();
  await until('the summary meets it', async () => (await owed('O-04', 'met')).some((one) => one.id === summary?.id));

  // A threat that is told obliges services to readiness (O-07, c.5(2)¶4); nobody answers here: it is late.
  await page.getByRole('button', { name: 'Tell of a threat of an emergency' }).click();
  await page.locator('.late.some').waitFor();
  await page.locator('.late.some a').click();
  await page.locator('tbody tr', { hasText: 'O-07' }).first().waitFor();
  await until('the hub says so itself', async () => (await owed('O-07', 'late')).length > 0);
  const late = await owed('O-07', 'late');

  await page.goto(`${hub.url}/desk`);
  await page.locator('.queue').waitFor();
  await declare(page, 'emergency');
  await declare(page, 'everyday');
  // The mode is over: what it demanded has ended by name and with the reason, and none has vanished.
  const ended = await owed('O-07', 'cancelled');
  for (const { id } of late) expect(ended.find((one) => one.id === id)?.cancelled?.by).toBe('duty_officer');
  await page.locator('.late:not(.some)').waitFor();
  expect(seen.errors).toEqual([]);
  expect(seen.outside).toEqual([]);
  await seen.context.close();
}, 240_000);

test('an exercise with a term leaves the banner by itself when its time is over', async () => {
  const seen = await open(browser, hub);
  const { page } = seen;
  await signIn(page);
  await page.locator('.queue').waitFor();
  await officer.ask('POST', '/mode?region=75', {
    command: 'declare',
    mode: 'high_readiness',
    order: { reason: 'Short exercise', legal_reference: 'Plan of exercises', until: new Date(Date.now() + 15_000).toISOString(), exercise: true },
  });
  await page.locator('.banner [data-rehearsed=high_readiness]').waitFor();
  await page.keyboard.press('Shift+M');
  expect(await page.getByRole('dialog').locator('[data-running]').textContent()).toContain('until');
  await page.getByRole('dialog').locator('[data-running]').waitFor({ state: 'detached', timeout: 60_000 });
  await expect.poll(() => page.locator('.banner [data-rehearsed]').count()).toBe(0);
  expect(await page.locator('.banner [data-mode]').getAttribute('data-mode')).toBe('everyday');
  expect(seen.errors).toEqual([]);
  await seen.context.close();
}, 120_000);

test('a mode is rehearsed beside the real one, and a real one replaces it', async () => {
  const seen = await open(browser, hub);
  const { page } = seen;
  await signIn(page);
  await page.locator('.queue').waitFor();
  await expect.poll(() => page.locator('.banner [data-mode]').getAttribute('data-mode')).toBe('everyday');
  await page.keyboard.press('Shift+M');
  await page.getByRole('dialog').locator('input[name=exercise]').check();
  await page.locator('input[name=mode][value=high_readiness]').check();
  await page.getByLabel('Reason', { exact: true }).fill('Autumn exercise');
  await page.getByLabel('Legal basis').fill('Plan of exercises');
  await page.getByRole('dialog').locator('[data-effects]:not([data-effects="0"])').waitFor();
  await page.keyboard.press('Enter');
  await page.locator('.banner [data-rehearsed=high_readiness]').waitFor();
  expect(await page.locator('.banner [data-rehearsed]').textContent()).toContain('EXERCISE');
  expect(await page.locator('.banner [data-mode]').getAttribute('data-mode')).toBe('everyday');
  // Open, or late by now.
  const readiness = async () => [...(await owed('O-07', 'open')), ...(await owed('O-07', 'late'))].map((one) => one.exercise === true);
  const rehearsed = await readiness();
  expect(rehearsed.length).toBeGreaterThan(0);
  expect(rehearsed).not.toContain(false);

  await declare(page, 'emergency');
  await expect.poll(() => page.locator('.banner [data-rehearsed]').count()).toBe(0);
  expect(await readiness()).not.toContain(true);
  await declare(page, 'everyday');
  expect(seen.errors).toEqual([]);
  await seen.context.close();
}, 240_000);
