// Who answers for several regions: one of them at a time, chosen in the banner, and nothing of another on the screen.
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { uuid } from '../src/api/uuid';
import { launch, open, signIn } from './world/browser';
import { Caller } from './world/caller';
import { Hub } from './world/hub';

let hub: Hub;
let browser: Browser;
let officer: Caller;

beforeAll(async () => {
  hub = await Hub.open({ regions: ['75', '19'] });
  officer = await Caller.of(hub);
  browser = await launch();
});

afterAll(async () => {
  await browser?.close();
  await hub?.close();
});

const call = async (region: string, text: string) => {
  const message = { id: uuid(), channel: 'call', received_at: new Date().toISOString(), sender: { kind: 'person', call_back: { kind: 'number', number: `+7701${Math.floor(1e6 + Math.random() * 8e6)}` } }, text };
  return (await officer.ask<{ incident: string }>('POST', `/messages?region=${region}`, message)).incident;
};

test('the region is chosen in the banner, stays after a reload, and cards of the other never come in', async () => {
  const seen = await open(browser, hub);
  const { page } = seen;
  await signIn(page, 'manager');
  await page.goto(`${hub.url}/desk`);
  const choice = page.locator('header.banner select.region');
  await choice.waitFor();
  const first = await choice.inputValue();
  const other = first === '75' ? '19' : '75';
  const near = await call(first, 'Застряли в лифте');
  await page.locator(`[data-row="${near}"]`).waitFor();

  await choice.selectOption(other);
  await page.waitForURL((url) => url.pathname !== '/desk');
  await page.goto(`${hub.url}/desk`);
  await expect.poll(() => choice.inputValue()).toBe(other);
  await page.getByText('live', { exact: true }).waitFor();
  const foreign = await call(first, 'Горит мусор у дороги');
  const own = await call(other, 'Пахнет газом в подъезде');
  await page.locator(`[data-row="${own}"]`).waitFor();
  for (const id of [near, foreign]) expect(await page.locator(`[data-row="${id}"]`).count()).toBe(0);
  await page.reload();
  await page.locator(`[data-row="${own}"]`).waitFor();
  expect(await choice.inputValue()).toBe(other);
  expect([seen.outside, seen.errors]).toEqual([[], []]);
  await seen.context.close();
});
