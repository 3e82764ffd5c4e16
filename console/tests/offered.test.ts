// What the hub offers on a card: a scale beside the stated one, taken with a key; and cards that may be about the same.
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { faults } from './world/accessible';
import { launch, open, signIn, type Language } from './world/browser';
import { Caller } from './world/caller';
import { Hub } from './world/hub';
import { until } from './world/until';

let hub: Hub;
let browser: Browser;
let officer: Caller;

beforeAll(async () => {
  hub = await Hub.open();
  const administrator = await Caller.of(hub, 'administrator');
  const settings = await administrator.ask<object>('GET', '/settings?region=75');
  const thresholds = { local: { affected_min: 10 }, regional: { affected_min: 500 }, certified_by: 'administrator', certified_at: new Date().toISOString() };
  await administrator.ask('PUT', '/settings?region=75', { ...settings, thresholds }, { 'If-Match': '*' });
  officer = await Caller.of(hub);
  browser = await launch();
});

afterAll(async () => {
  await browser?.close();
  await hub?.close();
});

interface Card {
  scales: { scale: string; by: { account?: string } }[];
  proposed_scale?: { scale: string } | null;
  guesses: { incident: string }[];
}
const card = (id: string) => officer.ask<Card>('GET', `/incidents/${id}`);

const PLACES: [Language, string, number, number][] = [['kk', 'улица Абая, 10', 43.2401, 76.9512], ['ru', 'улица Жандосова, 55', 43.2282, 76.8842], ['en', 'улица Толе би, 59', 43.2551, 76.9353]];

test.each(PLACES)('a scale that newer figures propose beside the stated one is taken with a key, in %s', async (language, address, lat, lon) => {
  const id = await officer.call('Горит квартира на третьем этаже, много дыма', address, lat, lon, 60, 'ru');
  await officer.ask('PUT', `/incidents/${id}/scale`, { scale: 'object', basis: 'One flat' }, { 'If-Match': '*' });
  const seen = await open(browser, hub, { language, at: `/desk/${id}` });
  const { page } = seen;
  await signIn(page);
  await page.locator('article footer').waitFor();
  const proposed = page.locator('[data-proposed-scale]');
  expect(await proposed.count()).toBe(0);
  await officer.ask('PUT', `/incidents/${id}/consequences`, { affected: 40 }, { 'If-Match': '*' });
  await page.locator('[data-proposed-scale=local]').waitFor();
  expect(await proposed.locator('kbd').innerText()).toBe('S');
  expect(await faults(page)).toEqual([]);
  await page.keyboard.press('Shift+S');
  await proposed.waitFor({ state: 'detached' });
  await until('it is the scale of the card, stated by the person', async () => {
    const { scales, proposed_scale } = await card(id);
    return scales.at(-1)?.scale === 'local' && scales.at(-1)?.by.account === 'duty_officer' && proposed_scale == null;
  });
  expect(seen.errors).toEqual([]);
  await seen.context.close();
});

test('a card that was merged is not one that may be about the same', async () => {
  const one = await officer.call('Провалился лёд, человек в воде', 'озеро Сайран', 43.2402, 76.8651, 100, 'ru');
  const two = await officer.call('Жарылыс болды, көмек керек', 'Сайран көлі', 43.2425, 76.8668, 100, 'kk');
  const [holder, other] = (await card(two)).guesses.length > 0 ? [two, one] : [one, two];
  const seen = await open(browser, hub, { language: 'en', at: `/desk/${holder}` });
  const { page } = seen;
  await signIn(page);
  const maybe = page.locator('[aria-label="May be about the same"]');
  await maybe.getByRole('button', { name: 'Merge' }).first().click();
  await maybe.waitFor({ state: 'detached' });
  const linked = page.locator('[aria-label="Linked cards"]');
  await linked.locator(`a[href="/desk/${other}"]`).waitFor();
  await page.reload();
  await linked.waitFor();
  expect(await maybe.count()).toBe(0);
  expect(await faults(page)).toEqual([]);
  expect(seen.errors).toEqual([]);
  await seen.context.close();
});
