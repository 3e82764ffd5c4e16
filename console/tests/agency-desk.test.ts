// The dispatcher of a further desk of a kind, the gas service beside the other utilities (112-R c.3(7)), on a phone: the same
// screens, of this desk alone.
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { faults } from './world/accessible';
import { GAS, openGas, signInAs } from './world/agency';
import { launch, open, type Theme } from './world/browser';
import { Caller } from './world/caller';
import { Hub } from './world/hub';
import { until } from './world/until';

interface Asked {
  service: string;
  decision?: { decision: string };
  composition?: { people: number };
  engagements: Record<string, { stage: string }>;
}

let hub: Hub;
let browser: Browser;
let officer: Caller;
let card: string;
const PHONE = { width: 360, height: 780 };

const asked = async (): Promise<Asked[]> => Object.values((await officer.ask<{ requests: Record<string, Asked> }>('GET', `/incidents/${card}`)).requests);
const ofGas = async () => (await asked()).find((one) => one.service === GAS.service);

beforeAll(async () => {
  hub = await Hub.open();
  await openGas(await Caller.of(hub, 'administrator'));
  officer = await Caller.of(hub);
  card = await officer.call('Пахнет газом в подъезде', 'улица Тимирязева, 71', 43.2262, 76.9051, 60, 'ru');
  await officer.ask('POST', `/incidents/${card}/forces`, {});
  browser = await launch();
});

afterAll(async () => {
  await browser?.close();
  await hub?.close();
});

test('the desk is asked by its own name, answers with its own crew, and the crew’s way reaches the card', async () => {
  expect((await asked()).map((one) => one.service), 'the main desk of the kind is not asked').not.toContain('utilities');
  const seen = await open(browser, hub, PHONE);
  const { page } = seen;
  await signInAs(page, GAS.name, GAS.password);
  await expect.poll(() => new URL(page.url()).pathname).toBe('/agency');
  await page.getByRole('heading', { level: 1, name: 'Gas service' }).waitFor();
  await page.getByRole('button', { name: 'Answer' }).first().click();
  const units = page.locator('form .unit');
  await units.first().waitFor();
  expect(await units.locator('.sign').allInnerTexts(), 'crews of this desk and of no other').toEqual(['Газ-401']);
  if (!(await units.getByRole('checkbox').isChecked())) await units.getByRole('checkbox').check();
  await page.getByLabel('People').fill('3');
  await page.getByRole('button', { name: 'Accept', exact: true }).click();
  await until('the card has the answer', async () => (await ofGas())?.decision?.decision === 'accepted');
  expect((await ofGas())?.composition?.people).toBe(3);
  for (const [step, stage] of [['Departed', 'departed'], ['Arrived', 'arrived'], ['Released', 'released']] as const) {
    await page.getByRole('button', { name: step }).first().click();
    await until(`the card says ${stage}`, async () => Object.values((await ofGas())?.engagements ?? {}).some((one) => one.stage === stage));
  }
  // Nothing is wider than the phone.
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(PHONE.width);
  expect([seen.errors, seen.outside]).toEqual([[], []]);
  await seen.context.close();
});

test('what the desk reports stands under its own name on the services board', async () => {
  const seen = await open(browser, hub, PHONE);
  const { page } = seen;
  await signInAs(page, GAS.name, GAS.password);
  await page.goto(`${hub.url}/agency/reports`);
  const form = page.locator('form.report');
  await form.getByLabel('Formation').fill('Emergency gas brigade');
  await form.getByLabel('People').fill('7');
  await form.getByRole('button', { name: 'Send' }).click();
  await form.getByText('Sent, the hub has it').waitFor();
  const board = await officer.ask<{ service: string; readiness: { formations: { name: string; people: number }[] } | null }[]>('GET', '/services?region=75');
  const ready = (service: string) => board.find((one) => one.service === service)?.readiness?.formations ?? [];
  expect(ready(GAS.service)).toMatchObject([{ name: 'Emergency gas brigade', people: 7 }]);
  expect(ready('utilities')).toEqual([]);

  await page.goto(`${hub.url}/agency/units`);
  await page.getByText('Газ-401').first().waitFor();
  await page.getByRole('button', { name: 'Show on the map' }).click();
  await expect.poll(() => page.locator('.map [data-units]').getAttribute('data-units'), { timeout: 20_000 }).toBe('1');
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(PHONE.width);
  expect([seen.errors, seen.outside]).toEqual([[], []]);
  await seen.context.close();
});

describe.each(['night', 'day'] as Theme[])('accessible by %s (WCAG 2.2 AA)', (theme) => {
  test.each(['/agency', '/agency/known', '/agency/units', '/agency/reports'])('%s', async (path) => {
    const seen = await open(browser, hub, { ...PHONE, theme, language: theme === 'night' ? 'kk' : 'ru' });
    const { page } = seen;
    await signInAs(page, GAS.name, GAS.password);
    await page.goto(hub.url + path);
    await page.getByRole('heading', { level: 1, name: theme === 'night' ? 'Газ қызметі' : 'Газовая служба' }).waitFor();
    await page.locator('.body > *:not([role=status])').first().waitFor();
    expect(await faults(page)).toEqual([]);
    expect([seen.errors, seen.outside]).toEqual([[], []]);
    await seen.context.close();
  });
});
