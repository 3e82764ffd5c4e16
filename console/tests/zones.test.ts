// Zones: drawn by mouse, by keys and around a card, with what lies in them; changed and ended; and no edit of a colleague is lost.
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { faults } from './world/accessible';
import { open, signIn, type Theme } from './world/browser';
import { Caller } from './world/caller';
import { browser, hub, stage } from './world/stage';
import { until } from './world/until';

interface Zone {
  id: string;
  name: string;
  mode: string;
  incident: string | null;
  versions: { polygon: { coordinates: number[][][] }; reason: string; by: string }[];
  ended_at: string | null;
}

let officer: Caller;
let card: string;

const zones = async (): Promise<Zone[]> => (await officer.ask<{ items: Zone[] }>('GET', '/zones?region=75')).items;
const named = async (name: string): Promise<Zone | undefined> => (await zones()).find((zone) => zone.name === name);
const drawing = (page: Page) => page.locator('[role=dialog]');

async function begin(page: Page): Promise<void> {
  await page.keyboard.press('z');
  await drawing(page).locator('[data-ready=true]').waitFor();
}

stage({}, async () => {
  officer = await Caller.of(hub);
  await officer.ask('POST', '/situation?region=75', {
    command: 'register_source',
    source: { key: 'ammonia_store', kind: 'dangerous_facility', name: 'Аммиак қоймасы', every: 3600, point: { lat: 43.241, lon: 76.953 }, telephone: '+7 727 300 00 01' },
  });
  card = await officer.call('Горит склад, запах химии', 'улица Абая, 10', 43.2401, 76.9512, 40, 'ru');
});

test('around a card: one figure, and what lies inside is said before it is confirmed', async () => {
  const seen = await open(browser, hub, { language: 'en', at: `/desk/${card}` });
  const { page } = seen;
  await signIn(page);
  await page.locator('article h2').first().waitFor();
  await begin(page);
  await page.getByLabel('Name').fill('Warehouse, Abay 10');
  await page.getByLabel('Radius, m').fill('3000');
  await page.keyboard.press('Enter');
  const inside = drawing(page).locator('[data-inside-incidents]');
  await inside.waitFor();
  expect(await inside.getAttribute('data-inside-incidents')).toBe('1');
  expect(Number(await inside.getAttribute('data-inside-units'))).toBeGreaterThan(0);
  await drawing(page).locator('[data-facility=ammonia_store]').waitFor();
  // The sums stand beside the button that puts it in force, whatever is below the fold.
  await expect.poll(() => drawing(page).locator('footer [data-totals]').innerText()).toMatch(/Open cards 1\s+Dangerous facilities 1/);
  expect(await drawing(page).innerText()).toContain('112-R c.5(2)¶2');
  // So does what the land holds: it is counted as soon as the border stands still.
  await drawing(page).locator('[data-people]').waitFor();
  expect(await zones(), 'nothing is in force before it is confirmed').toEqual([]);
  await page.getByRole('button', { name: 'Put the zone in force' }).focus();
  await page.keyboard.press('Enter');
  await until('the hub has the zone', async () => (await named('Warehouse, Abay 10')) !== undefined);
  expect(await named('Warehouse, Abay 10')).toMatchObject({ incident: card, mode: 'high_readiness' });
  await drawing(page).waitFor({ state: 'detached' });
  expect([seen.errors, seen.outside]).toEqual([[], []]);
  await seen.context.close();
});

test('a release by its substance: the distances fill in, say where they are from, and stay the officer’s to correct', async () => {
  const seen = await open(browser, hub, { language: 'kk', at: `/desk/${card}` });
  const { page } = seen;
  await signIn(page);
  await page.locator('article h2').first().waitFor();
  await begin(page);
  await drawing(page).locator('.plume summary').click();
  const [substance, told] = [drawing(page).getByLabel('Зат немесе БҰҰ нөмірі'), drawing(page).locator('[data-release]')];
  const [isolation, protective] = [drawing(page).getByLabel('Оқшаулау қашықтығы, м'), drawing(page).getByLabel('Қорғау қашықтығы, м')];
  const distances = async () => [await isolation.inputValue(), await protective.inputValue()];
  const choose = (label: string, value: string | { label: string }) => drawing(page).locator('.release').getByLabel(label).selectOption(value);

  // By its number; night and what it comes out of are taken at their worst until somebody says.
  await substance.fill('1017');
  await choose('Уақыт', { label: 'түн' });
  await expect.poll(() => told.getAttribute('data-release')).toBe('chlorine');
  await expect.poll(distances).toEqual(['1000', '11000']);
  expect(await told.innerText()).toContain('ERG 2024 Table 3');
  expect(await told.innerText()).toContain('Кейбір ауа райында одан да алыс');
  await choose('Неден', 'road_tank');
  await choose('Жел', 'high');
  await expect.poll(distances).toEqual(['600', '3800']);
  await choose('Төгілу', 'small');
  await expect.poll(distances).toEqual(['60', '1500']);
  expect(await drawing(page).locator('.release').getByLabel('Неден').count(), 'a small spill asks no more').toBe(0);
  expect(await faults(page)).toEqual([]);

  // By its name; what rests on one source says so.
  await substance.fill('Бром · UN 1744');
  await expect.poll(() => told.getAttribute('data-release')).toBe('bromine');
  expect(await told.locator('.unverified').innerText()).toContain('расталмаған');
  await substance.fill('қант');
  await expect.poll(() => told.getAttribute('data-release')).toBe('none');
  expect(await distances(), 'what was there stays').toEqual(['60', '2400']);

  // Corrected by hand, and proposed as it is then.
  await isolation.fill('150');
  await drawing(page).locator('.plume form button').click();
  await expect.poll(() => drawing(page).locator('[data-corners]').getAttribute('data-fault')).toBe('none');
  expect(await distances()).toEqual(['150', '2400']);
  expect([seen.errors, seen.outside]).toEqual([[], []]);
  await seen.context.close();
});

test('by keys alone: the map moves under the cross, each Enter is a corner', async () => {
  const seen = await open(browser, hub, { language: 'en' });
  const { page } = seen;
  await signIn(page);
  await page.locator('.queue li').first().waitFor();
  await begin(page);
  await page.keyboard.type('By keys');
  while ((await page.evaluate(() => document.activeElement?.tagName)) !== 'CANVAS') await page.keyboard.press('Tab');
  const corners = drawing(page).locator('[data-corners]');
  const set = async (count: number) => {
    await page.keyboard.press('Enter');
    await expect.poll(() => corners.getAttribute('data-corners')).toBe(String(count));
  };
  await set(1);
  await page.keyboard.press('ArrowRight');
  await set(2);
  await page.keyboard.press('ArrowDown');
  await set(3);
  await page.keyboard.press('Backspace');
  await expect.poll(() => corners.getAttribute('data-corners')).toBe('2');
  await set(3);
  await expect.poll(() => corners.getAttribute('data-fault')).toBe('none');
  while (!(await page.evaluate(() => document.activeElement?.textContent?.startsWith('Put the zone in force')))) await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await until('the hub has the zone', async () => (await named('By keys')) !== undefined);
  expect((await named('By keys'))!.versions[0]!.polygon.coordinates[0]).toHaveLength(4);
  expect(seen.errors).toEqual([]);
  await seen.context.close();
});

test('what is drawn and not sent is there again after the page was loaded anew, and gone when it has been sent', async () => {
  const seen = await open(browser, hub, { language: 'en', at: `/desk/${card}` });
  const { page } = seen;
  await signIn(page);
  await page.locator('article h2').first().waitFor();
  await begin(page);
  await page.getByLabel('Name').fill('Half drawn');
  await drawing(page).locator('form.line:has(input[max="200000"]) button').click();
  const corners = drawing(page).locator('[data-corners]');
  await expect.poll(async () => Number(await corners.getAttribute('data-corners'))).toBeGreaterThan(3);
  const drawn = await page.getByLabel('Corners as text').inputValue();
  await page.reload();
  await page.locator('article h2').first().waitFor();
  await begin(page);
  expect(await page.getByLabel('Name').inputValue()).toBe('Half drawn');
  expect(await page.getByLabel('Corners as text').inputValue()).toBe(drawn);
  await page.getByRole('button', { name: 'Put the zone in force' }).click();
  await until('the hub has the zone', async () => (await named('Half drawn')) !== undefined);
  await drawing(page).waitFor({ state: 'detached' });
  await begin(page);
  expect(await corners.getAttribute('data-corners')).toBe('0');
  expect(seen.errors).toEqual([]);
  await seen.context.close();
});

test('by mouse: clicked corner by corner and pulled into shape; then ended with a reason', async () => {
  const seen = await open(browser, hub, { language: 'en' });
  const { page } = seen;
  await signIn(page);
  await page.locator('.queue li').first().waitFor();
  await begin(page);
  await page.getByLabel('Name').fill('By mouse');
  const map = drawing(page).locator('.map canvas').first();
  const corners = drawing(page).locator('[data-corners]');
  const at = async (x: number, y: number) => {
    await map.hover({ position: { x, y } });
    await map.click({ position: { x, y } });
  };
  await map.scrollIntoViewIfNeeded();
  for (const [x, y] of [[300, 80], [500, 80], [500, 260], [300, 260], [300, 260]] as const) {
    await at(x, y);
    // A second click at once would be a double click.
    await page.waitForTimeout(400);
  }
  await expect.poll(() => corners.getAttribute('data-corners')).toBe('4');
  const before = await page.getByLabel('Corners as text').inputValue();
  const box = (await map.boundingBox())!;
  await page.mouse.move(box.x + 500, box.y + 260);
  await page.mouse.down();
  await page.mouse.move(box.x + 540, box.y + 280, { steps: 5 });
  await page.mouse.up();
  await expect.poll(() => page.getByLabel('Corners as text').inputValue()).not.toBe(before);
  await page.getByRole('button', { name: 'Put the zone in force' }).click();
  await until('the hub has the zone', async () => (await named('By mouse')) !== undefined);

  await drawing(page).waitFor({ state: 'detached' });
  await begin(page);
  await page.getByRole('button', { name: 'End: By mouse' }).click();
  await page.keyboard.type('The danger is over');
  await page.keyboard.press('Enter');
  await until('the zone has ended', async () => (await named('By mouse'))!.ended_at !== null);
  await page.getByRole('button', { name: 'End: By mouse' }).waitFor({ state: 'detached' });
  expect(seen.errors).toEqual([]);
  await seen.context.close();
});

test('corners told over the radio change a zone, and a colleague’s change meanwhile is not written over', async () => {
  const seen = await open(browser, hub, { language: 'en' });
  const { page } = seen;
  await signIn(page);
  await page.locator('.queue li').first().waitFor();
  await begin(page);
  await page.getByRole('button', { name: 'Change: By keys' }).click();
  await page.getByText('Corners as text').click();
  const text = page.getByLabel('Corners as text');
  await text.fill('43.20 76.80\n43.30 76.90\n43.30 76.80\n43.20 76.90');
  await page.getByText('The border crosses itself').waitFor();
  await text.fill('43.20 76.80\n43.20 76.90\n43.30 76.90\nhere');
  await page.getByText('A line is no pair').waitFor();
  await text.fill('43.20 76.80\n43.20 76.90\n43.30 76.90');
  await page.getByLabel('Why it is changed').fill('The wind has turned');

  const { id } = (await named('By keys'))!;
  const polygon = { type: 'Polygon', coordinates: [[[76.7, 43.1], [76.8, 43.1], [76.8, 43.2], [76.7, 43.1]]] };
  await officer.ask('PUT', `/zones/${id}?region=75`, { polygon, reason: 'A colleague was quicker' }, { 'If-Match': '*' });
  await page.getByText('Somebody else has changed this zone meanwhile').waitFor();
  expect(await page.getByRole('button', { name: 'Change', exact: true }).isDisabled()).toBe(true);

  await page.getByRole('button', { name: 'Cancel' }).click();
  await page.getByRole('button', { name: 'Change: By keys' }).click();
  await text.fill('43.20 76.80\n43.20 76.90\n43.30 76.90');
  await page.getByLabel('Why it is changed').fill('The wind has turned');
  await page.getByRole('button', { name: 'Change', exact: true }).click();
  await until('the zone has three versions', async () => (await named('By keys'))!.versions.length === 3);
  expect((await named('By keys'))!.versions.at(-1)).toMatchObject({ reason: 'The wind has turned', by: 'duty_officer' });
  expect(seen.errors).toEqual([]);
  await seen.context.close();
});

describe.each(['night', 'day'] as Theme[])('accessible by %s (WCAG 2.2 AA)', (theme) => {
  test('drawing a zone', async () => {
    const seen = await open(browser, hub, { theme, language: theme === 'night' ? 'kk' : 'ru', at: `/desk/${card}` });
    const { page } = seen;
    await signIn(page);
    await page.locator('article h2').first().waitFor();
    await begin(page);
    await drawing(page).locator('form.line:has(input[max="200000"]) button').click();
    await drawing(page).locator('[data-inside-incidents]').waitFor();
    expect(await faults(page)).toEqual([]);
    await seen.context.close();
  });
});

test('the sector of a release is proposed downwind of the card, and becomes a zone only when it is confirmed', async () => {
  const seen = await open(browser, hub, { language: 'en', at: `/desk/${card}` });
  const { page } = seen;
  await signIn(page);
  await page.locator('article h2').first().waitFor();
  await begin(page);
  await drawing(page).getByText('Sector of a chemical release').click();
  await page.getByLabel('Wind from, degrees').fill('270');
  await page.getByLabel('Isolation distance, m').fill('200');
  await page.getByLabel('Protective action distance, m').fill('3000');
  const before = (await zones()).length;
  await page.getByRole('button', { name: 'Propose the sector' }).click();
  await drawing(page).locator('[data-people]').waitFor();
  expect(await faults(page)).toEqual([]);
  expect((await zones()).length, 'a proposal is no zone').toBe(before);
  await page.getByLabel('Name').fill('Ammonia, downwind');
  await page.getByRole('button', { name: 'Put the zone in force' }).focus();
  await page.keyboard.press('Enter');
  await until('the zone is in force', async () => (await named('Ammonia, downwind')) !== undefined);
  const ring = (await named('Ammonia, downwind'))?.versions[0]?.polygon.coordinates[0] ?? [];
  const east = Math.max(...ring.map(([lon = 0]) => lon));
  expect(Math.abs(east - (76.9512 + 0.0369)), 'three kilometres to the east').toBeLessThan(0.001);
  expect([seen.errors, seen.outside]).toEqual([[], []]);
  await seen.context.close();
});

test('so many metres around the line through the corners is seen before it is saved, and another distance is taken of the same line', async () => {
  const seen = await open(browser, hub, { language: 'en' });
  const { page } = seen;
  await signIn(page);
  await page.locator('.queue li').first().waitFor();
  await begin(page);
  await page.keyboard.type('Along the river');
  await drawing(page).getByText('Corners as text').click();
  await page.getByLabel('Corners as text').fill('43.2400 76.9000\n43.2400 76.9600');
  await drawing(page).getByText('So many metres around').click();
  await page.getByRole('combobox', { name: 'Around' }).selectOption({ label: 'a line through the corners' });
  const area = async () => Number.parseFloat((await drawing(page).locator('[data-fault=none] b').first().innerText()).replace(',', '.'));
  await page.getByLabel('Distance, m', { exact: true }).fill('1000');
  await page.keyboard.press('Enter');
  await drawing(page).locator('[data-people]').waitFor();
  // 4.87 km of line: twice a kilometre beside it and a circle at its ends.
  await expect.poll(area).toBeGreaterThan(12.8);
  expect(await area()).toBeLessThan(13.0);
  await page.getByLabel('Distance, m', { exact: true }).fill('500');
  await page.keyboard.press('Enter');
  await expect.poll(area).toBeLessThan(5.75);
  expect(await area(), 'of the line, not of what was shown before').toBeGreaterThan(5.6);
  expect(await named('Along the river')).toBeUndefined();
  await page.getByRole('button', { name: 'Put the zone in force' }).focus();
  await page.keyboard.press('Enter');
  await until('the zone is in force', async () => (await named('Along the river')) !== undefined);
  expect([seen.errors, seen.outside]).toEqual([[], []]);
  await seen.context.close();
});

test('a border out of a file: what is wrong is named and nothing is taken; a sound one keeps its hole and its history', async () => {
  const seen = await open(browser, hub, { language: 'en' });
  const { page } = seen;
  await signIn(page);
  await page.locator('.queue li').first().waitFor();
  await begin(page);
  await drawing(page).getByText('Border from a file').click();
  const file = page.getByLabel('GeoJSON file');
  const give = (coordinates: number[][][]) =>
    file.setInputFiles({ name: 'flood.geojson', mimeType: 'application/geo+json', buffer: Buffer.from(JSON.stringify({ type: 'FeatureCollection', features: [{ type: 'Feature', properties: { name: 'Flood' }, geometry: { type: 'Polygon', coordinates } }] })) });
  await give([[[76.9, 43.2], [77, 43.3], [77, 43.2], [76.9, 43.3], [76.9, 43.2]]]);
  await drawing(page).getByText('feature 1 (Flood): the border crosses itself').waitFor();
  expect(await drawing(page).locator('[data-corners]').getAttribute('data-corners')).toBe('0');
  const outer = [[76.9, 43.2], [77, 43.2], [77, 43.3], [76.9, 43.3], [76.9, 43.2]];
  await give([outer, [[76.94, 43.24], [76.94, 43.26], [76.96, 43.26], [76.94, 43.24]]]);
  await drawing(page).locator('[data-holes="1"]').waitFor();
  expect(await faults(page)).toEqual([]);
  expect(await page.getByLabel('Name').inputValue()).toBe('Flood');
  await page.getByRole('button', { name: 'Put the zone in force' }).click();
  await until('the hub has the zone', async () => (await named('Flood')) !== undefined);
  expect((await named('Flood'))!.versions[0]!.polygon.coordinates).toHaveLength(2);

  await drawing(page).waitFor({ state: 'detached' });
  await begin(page);
  await page.getByRole('button', { name: 'Change: Flood' }).click();
  await drawing(page).locator('[data-holes="1"]').waitFor();
  await page.getByRole('button', { name: 'Fill in' }).click();
  await page.getByLabel('Why it is changed').fill('The island is under water');
  await page.getByRole('button', { name: 'Change', exact: true }).click();
  await until('it is filled', async () => (await named('Flood'))!.versions.length === 2);
  expect((await named('Flood'))!.versions[1]!.polygon.coordinates).toHaveLength(1);
  await drawing(page).waitFor({ state: 'detached' });
  await begin(page);
  await page.getByRole('button', { name: 'Change: Flood' }).click();
  await drawing(page).getByText('History: 2').click();
  await drawing(page).locator('[data-version="2"]', { hasText: 'The island is under water' }).waitFor();
  await page.getByRole('button', { name: 'Show version 1' }).click();
  await drawing(page).locator('[data-holes="1"]').waitFor();
  expect([seen.errors, seen.outside]).toEqual([[], []]);
  await seen.context.close();
});
