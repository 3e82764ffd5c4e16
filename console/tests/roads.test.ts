// The ground of the map, closed roads, ways of units, objects and the heat map, in a real browser against a real hub with
// the small town of the demonstration imported.
import { expect, test } from 'vitest';
import { faults } from './world/accessible';
import { open, signIn, type Seen } from './world/browser';
import { Caller } from './world/caller';
import { browser, hub, stage } from './world/stage';
import { until } from './world/until';

let officer: Caller;
let card: string;

interface Closure {
  id: string;
  reason: string;
  closed: { part: string; at?: { lat: number; lon: number } };
}
interface UnitWay {
  unit: string;
  eta: number;
  estimate: string;
  line: number[][];
}

/** A crossing in the middle of the town, and the road that leads north from it. */
const PLACE = { lat: 43.2389, lon: 76.8897 };
const MAP = `c=${PLACE.lat},${PLACE.lon},15`;
const closures = async () => (await officer.ask<{ items: Closure[] }>('GET', '/closures?region=75&open=true')).items;
const ways = async () => (await officer.ask<{ items: UnitWay[] }>('GET', `/incidents/${card}/routes`)).items;

stage({ demo: true }, async () => {
  hub.importLand();
  officer = await Caller.of(hub);
  card = await officer.call('Горит квартира, внутри люди, много дыма', 'проспект Примерный, 12', PLACE.lat, PLACE.lon, 20, 'ru');
  await until('the roads are there', async () => {
    const found = await officer.ask<{ road: unknown }>('GET', `/gazetteer/here?lat=${PLACE.lat}&lon=${PLACE.lon}`).catch(() => null);
    return found !== null && found.road !== null;
  });
});

async function onMap(path: string, account: 'duty_officer' | 'manager' = 'duty_officer'): Promise<Seen & { tiles: Map<string, number> }> {
  const seen = await open(browser, hub, { language: 'en' });
  const tiles = new Map<string, number>();
  seen.page.on('response', (response) => {
    const [, layer] = /\/tiles\/([a-z]+)\/\d+\/\d+\/\d+/.exec(response.url()) ?? [];
    if (layer !== undefined && response.status() === 200) tiles.set(layer, (tiles.get(layer) ?? 0) + 1);
  });
  await signIn(seen.page, account);
  await seen.page.goto(hub.url + path);
  await seen.page.locator('.map[data-ground=true]').first().waitFor({ timeout: 90_000 });
  return { ...seen, tiles };
}

test('the ground comes from the hub alone, says whose data it is, and its names can have Kazakh letters', async () => {
  const { page, context, outside, errors, tiles } = await onMap(`/map?${MAP}`, 'manager');
  await until('roads, places and objects have come', async () => ['roads', 'places', 'objects'].every((layer) => tiles.has(layer)));
  expect(await page.locator('.maplibregl-ctrl-attrib').innerText()).toContain('© OpenStreetMap contributors');
  const letters = 'ӘәҒғҚқҢңӨөҰұҮүҺһІі';
  expect(await page.evaluate((text) => document.fonts.check('12px "Noto Sans"', text), letters)).toBe(true);
  expect(outside).toEqual([]);
  expect(errors).toEqual([]);
  await context.close();
});

test('what the hub does not give is no fault of the page: borders and incidents stay', async () => {
  const seen = await open(browser, hub, { language: 'en' });
  const { page } = seen;
  await page.route('**/api/v1/tiles/**', (route) => route.fulfill({ status: 503, body: '' }));
  await signIn(page, 'manager');
  await page.goto(`${hub.url}/map?${MAP}`);
  await page.locator('.map[data-ready=true]').waitFor();
  expect(await page.locator('.map').getAttribute('data-ground')).toBe('false');
  await page.locator('.list li button').first().waitFor();
  await page.unroute('**/api/v1/tiles/**');
  await page.locator('.map[data-ground=true]').waitFor({ timeout: 90_000 });
  expect(seen.errors).toEqual([]);
  await seen.context.close();
});

test('the way of a unit to its incident is drawn, with a time that follows the unit and the closed roads', async () => {
  await officer.ask('POST', `/incidents/${card}/forces`, { forces: [] });
  await until('units are under way', async () => (await ways()).length > 0);
  const [first] = await ways();
  const { page, context, errors } = await onMap(`/desk/${card}`);
  const row = page.locator(`[data-way="${first!.unit}"]`);
  await row.waitFor();
  expect(await row.innerText()).toMatch(/by road/);
  const administrator = await Caller.of(hub, 'administrator');
  const place = async (lat: number, lon: number) => {
    // By the crew's word: a receiver that jumps would be doubted.
    const unit = await officer.ask<{ items: { id: string; service: string }[] }>('GET', `/units?region=75&ids=${first!.unit}`);
    const position = { point: { lat, lon }, at: new Date().toISOString(), source: 'crew', accuracy: null };
    await administrator.ask('POST', '/positions', { region: '75', service: unit.items[0]!.service, positions: [{ unit: first!.unit, position }] });
  };
  const eta = async () => (await ways()).find((one) => one.unit === first!.unit)?.eta ?? Infinity;
  await place(PLACE.lat - 0.0108, PLACE.lon - 0.015);
  await until('it is seen far off', async () => (await eta()) !== first!.eta);
  const far = await eta();
  const shown = await row.innerText();
  await place(PLACE.lat - 0.0036, PLACE.lon);
  await until('it is nearer', async () => (await eta()) < far);
  await until('the map says so without a key', async () => (await row.innerText()) !== shown);
  expect(errors).toEqual([]);
  await context.close();
});

test('an officer closes a road by the keys, and opens it again', async () => {
  const { page, context, errors } = await onMap(`/desk/${card}`);
  await page.keyboard.press('R');
  const dialog = page.getByRole('dialog');
  await dialog.locator('.map[data-ground=true]').waitFor({ timeout: 90_000 });
  expect(await faults(page)).toEqual([]);
  await dialog.locator('input[name=closure-reason]').fill('Burst main, Bayterek avenue');
  const button = dialog.locator('button.primary');
  expect(await button.isDisabled(), 'nothing is closed before it is said what').toBe(true);
  await dialog.locator('canvas').focus();
  await page.keyboard.press('Enter');
  await until('a place is given', () => button.isEnabled());
  await page.keyboard.press('Backspace');
  expect(await button.isDisabled()).toBe(true);
  await dialog.locator('canvas').focus();
  await page.keyboard.press('Enter');
  await button.click();
  await until('it is closed', async () => (await closures()).length === 1);
  const [closed] = await closures();
  const row = dialog.locator(`[data-closure="${closed!.id}"]`);
  await row.waitFor();
  await row.getByRole('button').click();
  await row.locator('input').fill('Repaired');
  await row.locator('button.danger').click();
  await until('it is open again', async () => (await closures()).length === 0);
  await row.waitFor({ state: 'detached' });
  expect(errors).toEqual([]);
  await context.close();
});

test('an area is closed corner by corner for the card in sight, and no way leads through it', async () => {
  const { page, context } = await onMap(`/desk/${card}`);
  await page.keyboard.press('R');
  const dialog = page.getByRole('dialog');
  await dialog.locator('input[value=area]').check();
  await dialog.locator('.map[data-ground=true]').waitFor({ timeout: 90_000 });
  await dialog.locator('input[name=closure-reason]').fill('Smoke over the street');
  await page.waitForTimeout(800);
  const box = (await dialog.locator('.map canvas').boundingBox())!;
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  const corners = [[-40, -40], [40, -40], [40, 40], [-40, 40]] as const;
  for (const [dx, dy] of corners) await page.mouse.click(x + dx, y + dy);
  await page.mouse.click(x - 40, y - 40);
  const button = dialog.locator('button.primary');
  await until('the area is whole', () => button.isEnabled());
  await button.click();
  await until('the area is closed', async () => (await closures()).some((one) => one.closed.part === 'area'));
  const [closed] = await closures();
  expect(closed).toMatchObject({ reason: 'Smoke over the street', incident: card });
  await officer.ask('POST', `/closures/${closed!.id}/open?region=75`, { reason: 'Cleared' });
  await context.close();
});

test('objects are shown group by group, and the address keeps it', async () => {
  const { page, context } = await onMap(`/map?${MAP}`, 'manager');
  const box = (name: string) => page.locator(`input[name=objects-${name}]`);
  expect([await box('dangerous').isChecked(), await box('helping').isChecked(), await box('water').isChecked()]).toEqual([true, true, false]);
  await box('helping').uncheck();
  await box('water').check();
  await until('the address says so', async () => new URL(page.url()).searchParams.get('objects') === 'dangerous,water');
  await context.close();
});

test('the heat map counts what was in the span, with the filters of the screen', async () => {
  const closed = await officer.call('Потерялся ребёнок', 'улица Дубовая, 3', 43.2405, 76.8925, 50, 'ru');
  await officer.ask('POST', `/incidents/${closed}/close`, { outcome: 'resolved', note: '' }, { 'If-Match': '"1"' }).catch(async () => {
    const now = await officer.ask<{ version: number }>('GET', `/incidents/${closed}`);
    await officer.ask('POST', `/incidents/${closed}/close`, { outcome: 'resolved', note: '' }, { 'If-Match': `"${now.version}"` });
  });
  const { page, context, errors } = await onMap(`/map?${MAP}`, 'manager');
  expect(await page.locator('[data-heat-count]').count()).toBe(0);
  await page.locator('select[data-heat]').selectOption('24');
  await until('ended ones are counted too', async () => (await page.locator('[data-heat-count]').getAttribute('data-heat-count').catch(() => null)) === '2');
  const fire = await officer.ask<{ categories: { code: string }[] }>('GET', `/incidents/${card}`);
  await page.goto(`${hub.url}/map?heat=24&category=${fire.categories.at(-1)!.code}`);
  await until('the filter holds', async () => (await page.locator('[data-heat-count]').getAttribute('data-heat-count').catch(() => null)) === '1');
  expect(await faults(page)).toEqual([]);
  expect(errors).toEqual([]);
  await context.close();
});
