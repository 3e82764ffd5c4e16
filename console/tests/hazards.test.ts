// Perimeters of others: put on the map at the desk, told by the legend and on the card, taken as a zone, outdated by time.
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { faults } from './world/accessible';
import { open, signIn, type Theme } from './world/browser';
import { Caller } from './world/caller';
import { browser, hub, stage } from './world/stage';
import { until } from './world/until';

let officer: Caller;
let card: string;

const drawing = (page: Page) => page.locator('[role=dialog]');
const ring = (west: number) => [[[west, 43.2], [west + 0.1, 43.2], [west + 0.1, 43.3], [west, 43.3], [west, 43.2]]];
const flood = (west: number) => ({ type: 'FeatureCollection', features: [{ type: 'Feature', properties: { name: 'Или' }, geometry: { type: 'Polygon', coordinates: ring(west) } }] });
const layers = () => officer.ask<{ id: string; version: number; outdated: boolean }[]>('GET', '/hazard-layers');
const hour = 3_600_000;
const put = (id: string, seen: number, until: number) => {
  const query = new URLSearchParams({ kind: 'wildfire', name: 'Дала өрті', source: 'FIRMS', observed_at: new Date(Date.now() + seen).toISOString(), valid_until: new Date(Date.now() + until).toISOString() });
  return officer.ask('PUT', `/hazard-layers/${id}?${query}`, flood(76.9), { 'If-None-Match': '*' });
};

stage({}, async () => {
  officer = await Caller.of(hub);
  card = await officer.call('Су басып жатыр', 'Абай көшесі, 10', 43.2401, 76.9512, 40, 'kk');
});

test('put on the map from a file: the legend and the card say so, and its area becomes a zone', async () => {
  const seen = await open(browser, hub, { language: 'en', at: `/desk/${card}` });
  const { page } = seen;
  await signIn(page);
  await page.locator('article h2').first().waitFor();
  await page.keyboard.press('z');
  await drawing(page).locator('[data-ready=true]').waitFor();
  await drawing(page).getByText('Perimeters: 0').click();
  await page.getByLabel('Layer, as people call it').fill('Flood on the Ili');
  await page.getByLabel('Who tells of it').fill('Kazhydromet');
  await page.getByLabel('Picture of it, GeoJSON').setInputFiles({ name: 'flood.geojson', mimeType: 'application/geo+json', buffer: Buffer.from(JSON.stringify(flood(76.9))) });
  await page.getByRole('button', { name: 'Put on the map' }).focus();
  await page.keyboard.press('Enter');
  await until('the hub has the layer', async () => (await layers()).length === 1);
  await drawing(page).locator('[data-hazard][data-outdated=false]').waitFor();
  await drawing(page).getByRole('button', { name: /Take as border: Или/ }).click();
  await expect.poll(() => drawing(page).locator('[data-corners]').getAttribute('data-corners')).toBe('4');
  expect(await faults(page)).toEqual([]);
  await page.getByRole('button', { name: 'Put the zone in force' }).click();
  await until('the zone is drawn', async () => (await officer.ask<{ items: unknown[] }>('GET', '/zones?region=75')).items.length === 1);
  await drawing(page).waitFor({ state: 'detached' });
  await page.locator('[data-within]', { hasText: 'Inside: flood, Или' }).waitFor();
  expect([seen.errors, seen.outside]).toEqual([[], []]);
  await seen.context.close();
});

describe.each(['night', 'day'] as Theme[])('a picture that grows old by %s', (theme) => {
  test('says so on the map and on the card, and is readable', async () => {
    await put(`fire-${theme}`, -6 * hour, -1 * hour);
    const seen = await open(browser, hub, { theme, language: theme === 'night' ? 'kk' : 'ru', at: `/desk/${card}` });
    const { page } = seen;
    await signIn(page);
    await page.locator(`[data-hazard="fire-${theme}"][data-outdated=true]`).first().waitFor();
    await page.locator(`[data-within="fire-${theme}"]`, { hasText: theme === 'night' ? 'ЕСКІРГЕН' : 'УСТАРЕЛО' }).waitFor();
    expect(await faults(page)).toEqual([]);
    expect(seen.errors).toEqual([]);
    await seen.context.close();
  });
});
