// The dispatcher of an agency, on a phone, against a real hub: from the request to the release.
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { faults } from './world/accessible';
import { DISPATCHER, hire, signInAs } from './world/agency';
import { launch, open, type Theme } from './world/browser';
import { Caller } from './world/caller';
import { heard, listen } from './world/ear';
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

const request = async (): Promise<Asked | undefined> => {
  const shown = await officer.ask<{ requests: Record<string, Asked> }>('GET', `/incidents/${card}`);
  return Object.values(shown.requests).find((one) => one.service === 'ambulance');
};

beforeAll(async () => {
  hub = await Hub.open();
  await hire(await Caller.of(hub, 'administrator'));
  officer = await Caller.of(hub);
  card = await officer.call('Мужчина без сознания, не дышит', 'площадь Республики, 1', 43.2384, 76.9453, 40, 'ru');
  await officer.ask('POST', `/incidents/${card}/forces`, {});
  browser = await launch();
});

afterAll(async () => {
  await browser?.close();
  await hub?.close();
});

test('a request is answered on the phone with units and times, and the crew’s way reaches the card', async () => {
  const seen = await open(browser, hub, PHONE);
  const { page } = seen;
  await signInAs(page, DISPATCHER.name, DISPATCHER.password);
  await expect.poll(() => new URL(page.url()).pathname).toBe('/agency');
  await page.getByRole('button', { name: 'Answer' }).first().click();
  const people = page.getByLabel('People');
  await people.fill('4');
  await page.getByRole('button', { name: 'Accept', exact: true }).click();
  await until('the card has the answer', async () => (await request())?.decision?.decision === 'accepted');
  expect((await request())?.composition?.people).toBe(4);
  for (const [step, stage] of [['Departed', 'departed'], ['Arrived', 'arrived'], ['Released', 'released']] as const) {
    await page.getByRole('button', { name: step }).first().click();
    await until(`the card says ${stage}`, async () => Object.values((await request())?.engagements ?? {}).some((one) => one.stage === stage));
  }
  // Nothing is wider than the phone.
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(PHONE.width);
  expect([seen.errors, seen.outside]).toEqual([[], []]);
  await seen.context.close();
});

test('a request that comes while somebody looks appears by itself and is refused with a reason', async () => {
  const seen = await open(browser, hub, PHONE);
  const { page } = seen;
  await signInAs(page, DISPATCHER.name, DISPATCHER.password);
  await page.getByText('No request waits for an answer').waitFor();
  card = await officer.call('Бабушка упала, сломала ногу', 'улица Розыбакиева, 250', 43.2105, 76.8921, 60, 'ru');
  await officer.ask('POST', `/incidents/${card}/forces`, {});
  await page.getByRole('button', { name: 'Answer' }).first().click();
  await page.getByRole('button', { name: 'We refuse' }).click();
  await page.getByLabel('Why it is refused').selectOption('none_free');
  await page.getByLabel('In words').fill('all crews are out');
  await page.getByRole('button', { name: 'Refuse', exact: true }).click();
  await until('the card has the refusal', async () => (await request())?.decision?.decision === 'refused');
  expect(seen.errors).toEqual([]);
  await seen.context.close();
});

test('a request rings until somebody has opened it', async () => {
  const seen = await open(browser, hub, PHONE);
  await listen(seen.context);
  const { page } = seen;
  await page.reload();
  await signInAs(page, DISPATCHER.name, DISPATCHER.password);
  await page.getByText('No request waits for an answer').waitFor();
  const before = (await heard(page)).length;
  card = await officer.call('Женщина рожает дома, срочно', 'улица Тажибаевой, 155', 43.2231, 76.9011, 60, 'ru');
  await officer.ask('POST', `/incidents/${card}/forces`, {});
  await expect.poll(async () => (await heard(page)).length).toBeGreaterThan(before);
  const once = (await heard(page)).length;
  await expect.poll(async () => (await heard(page)).length, { timeout: 20_000 }).toBeGreaterThan(once);
  await page.getByRole('button', { name: 'Answer' }).first().click();
  await page.getByRole('button', { name: 'We refuse' }).click();
  const opened = (await heard(page)).length;
  await page.waitForTimeout(12_000);
  expect((await heard(page)).length).toBe(opened);
  await page.getByLabel('Why it is refused').selectOption('none_free');
  await page.getByLabel('In words').fill('all crews are out');
  await page.getByRole('button', { name: 'Refuse', exact: true }).click();
  await until('the card has the refusal', async () => (await request())?.decision?.decision === 'refused');
  expect(seen.errors).toEqual([]);
  await seen.context.close();
});

test('a request rings on every screen and over every dialog, and a key leads to it', async () => {
  const seen = await open(browser, hub, PHONE);
  await listen(seen.context);
  const { page } = seen;
  await page.reload();
  await signInAs(page, DISPATCHER.name, DISPATCHER.password);
  await page.getByText('No request waits for an answer').waitFor();
  await page.goto(`${hub.url}/profile`);
  await page.locator('.profile').waitFor();
  await page.keyboard.press('?');
  await page.getByRole('dialog').waitFor();
  const before = (await heard(page)).length;
  card = await officer.call('Мужчина потерял сознание, бледный', 'улица Манаса, 20', 43.2302, 76.9113, 60, 'ru');
  await officer.ask('POST', `/incidents/${card}/forces`, {});
  const calling = page.locator('[data-calling]');
  await calling.waitFor();
  await expect.poll(async () => (await heard(page)).length).toBeGreaterThan(before);
  const once = (await heard(page)).length;
  await expect.poll(async () => (await heard(page)).length, { timeout: 20_000 }).toBeGreaterThan(once);
  const [strip, dialog] = [await calling.boundingBox(), await page.getByRole('dialog').boundingBox()];
  expect(dialog!.y + dialog!.height, 'the dialog ends above it').toBeLessThanOrEqual(strip!.y + 1);
  expect(strip!.y + strip!.height, 'it is in sight').toBeLessThanOrEqual(PHONE.height);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(PHONE.width);
  expect(await faults(page)).toEqual([]);
  await page.keyboard.press('Escape');
  await page.keyboard.press('a');
  await expect.poll(() => new URL(page.url()).pathname).toBe('/agency');
  await page.getByRole('button', { name: 'Answer' }).first().click();
  await calling.waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'We refuse' }).click();
  await page.getByLabel('Why it is refused').selectOption('none_free');
  await page.getByLabel('In words').fill('all crews are out');
  await page.getByRole('button', { name: 'Refuse', exact: true }).click();
  await until('the card has the refusal', async () => (await request())?.decision?.decision === 'refused');
  expect(seen.errors).toEqual([]);
  await seen.context.close();
});

test('a readiness report is on the services board of the hub', async () => {
  const seen = await open(browser, hub, PHONE);
  const { page } = seen;
  await signInAs(page, DISPATCHER.name, DISPATCHER.password);
  await page.goto(`${hub.url}/agency/reports`);
  const form = page.locator('form.report');
  await form.getByLabel('Formation').fill('Reserve brigade');
  await form.getByLabel('People').fill('12');
  await form.getByRole('button', { name: 'Send' }).click();
  await form.getByText('Sent, the hub has it').waitFor();
  const board = await officer.ask<{ service: string; readiness: { formations: { name: string; people: number }[] } | null }[]>('GET', '/services?region=75');
  expect(board.find((one) => one.service === 'ambulance')?.readiness?.formations).toMatchObject([{ name: 'Reserve brigade', people: 12 }]);
  await seen.context.close();
});

test('own units are on the map, on a phone when it is asked for', async () => {
  const seen = await open(browser, hub, PHONE);
  const { page } = seen;
  await signInAs(page, DISPATCHER.name, DISPATCHER.password);
  await page.goto(`${hub.url}/agency/units`);
  expect(await page.locator('.map').count()).toBe(0);
  await page.getByRole('button', { name: 'Show on the map' }).click();
  await page.locator('.map [data-ready=true][data-units]').waitFor();
  const own = await (await Caller.of(hub, 'administrator')).ask<{ items: { service: string }[] }>('GET', '/units?region=75&limit=200');
  const mine = own.items.filter((unit) => unit.service === DISPATCHER.service).length;
  await expect.poll(() => page.locator('.map [data-units]').getAttribute('data-units')).toBe(String(mine));
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(PHONE.width);
  expect([seen.errors, seen.outside]).toEqual([[], []]);
  await seen.context.close();
});

describe.each(['night', 'day'] as Theme[])('accessible by %s (WCAG 2.2 AA)', (theme) => {
  test.each(['/agency', '/agency/known', '/agency/units', '/agency/reports'])('%s', async (path) => {
    const seen = await open(browser, hub, { ...PHONE, theme, language: theme === 'night' ? 'kk' : 'ru' });
    const { page } = seen;
    await signInAs(page, DISPATCHER.name, DISPATCHER.password);
    await page.goto(hub.url + path);
    await page.locator('.body > *:not([role=status])').first().waitFor();
    expect(await faults(page)).toEqual([]);
    expect([seen.errors, seen.outside]).toEqual([[], []]);
    await seen.context.close();
  });
});
