// The situation map in a real browser against a real hub: what moves, what was, what is printed; and two at one card.
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { open, signIn } from './world/browser';
import { Caller } from './world/caller';
import { browser, hub, stage } from './world/stage';
import { around } from '../src/map/fan';
import { until } from './world/until';

let officer: Caller;

interface Unit {
  id: string;
  service: string;
  call_sign: string;
}

stage({ demo: true }, async () => {
  officer = await Caller.of(hub);
});

async function someUnit(): Promise<Unit> {
  const page = await officer.ask<{ items: Unit[] }>('GET', '/units?region=75&limit=1');
  return page.items[0]!;
}

async function move(unit: Unit, lat: number, lon: number): Promise<void> {
  const administrator = await Caller.of(hub, 'administrator');
  // By the crew's word: a receiver that jumps would be doubted.
  const position = { point: { lat, lon }, at: new Date().toISOString(), source: 'crew', accuracy: null };
  await administrator.ask('POST', '/positions', { region: '75', service: unit.service, positions: [{ unit: unit.id, position }] });
}

/** How many pixels of the middle of the map, a square of 30, have this colour or nearly. */
function inkOf(page: Page, hex: string): Promise<number> {
  const wanted = [1, 3, 5].map((from) => parseInt(hex.slice(from, from + 2), 16));
  return page.locator('.map canvas').evaluate((map: HTMLCanvasElement, ink) => {
    const to = document.createElement('canvas').getContext('2d')!;
    [to.canvas.width, to.canvas.height] = [30, 30];
    to.drawImage(map, map.width / 2 - 15, map.height / 2 - 15, 30, 30, 0, 0, 30, 30);
    const { data } = to.getImageData(0, 0, 30, 30);
    let count = 0;
    for (let at = 0; at < data.length; at += 4) if (ink.every((part, nth) => Math.abs(data[at + nth]! - part) < 12)) count++;
    return count;
  }, wanted);
}

test('a unit is on the map where it was last seen, and who points at it is told who it is', async () => {
  const unit = await someUnit();
  await move(unit, 43.2771, 76.8022);
  const seen = await open(browser, hub, { language: 'en', at: `/map?unit=${unit.id}` });
  const { page } = seen;
  await signIn(page, 'manager');
  await page.locator('.map[data-ready=true]').waitFor();
  const box = (await page.locator('.map').boundingBox())!;
  const pointed = page.locator('.maplibregl-popup');
  await until('the unit is in the middle', async () => {
    await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
    return (await pointed.count()) > 0 && (await pointed.innerText()).includes(unit.call_sign);
  });
  expect(await inkOf(page, '#0b6b34'), 'the picture of a free unit is drawn there').toBeGreaterThan(100);
  // It moves on, and the map follows without a key.
  await move(unit, 43.2871, 76.8222);
  await until('it is not there any more', async () => {
    await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
    return (await pointed.count()) === 0;
  });
  expect([seen.errors, seen.outside]).toEqual([[], []]);
  await seen.context.close();
});

test('a moment that has passed shows the cards, the mode and the zones of then, and plays on to now', async () => {
  const before = new Date();
  const card = await officer.call('Мужчина упал, без сознания, не дышит', 'площадь Республики', 43.2384, 76.9453, 40, 'ru');
  const ring = [[76.8, 43.2], [76.9, 43.2], [76.9, 43.3], [76.8, 43.2]];
  const zone = await officer.ask<{ id: string }>('POST', '/zones?region=75', { name: 'Flooded bank', mode: 'emergency', polygon: { type: 'Polygon', coordinates: [ring] } });
  const then = new Date();
  await officer.ask('POST', `/zones/${zone.id}/end?region=75`, { reason: 'the water has gone' }, { 'if-match': '*' });
  await officer.ask('POST', `/incidents/${card}/close`, { outcome: 'not_confirmed' }, { 'if-match': '*' });

  const seen = await open(browser, hub, { language: 'en' });
  const { page } = seen;
  await signIn(page, 'manager');
  const total = page.locator('.total strong');
  await page.goto(`${hub.url}/map?at=${then.toISOString()}`);
  await page.locator('.past').waitFor();
  await expect.poll(() => total.innerText()).toBe('1');
  await page.locator('aside').getByText('Flooded bank').waitFor();
  // Every unit of then is there, though hardly any had been seen by then; before there were units there is none.
  const registered = await officer.ask<{ units: { id: string[] } }>('GET', '/unit-register?region=75');
  const units = async () => {
    const rows = await page.locator('aside table').filter({ has: page.locator('caption', { hasText: /^Units$/ }) }).locator('td.number').allInnerTexts();
    return rows.reduce((sum, row) => sum + Number(row), 0);
  };
  await expect.poll(units).toBe(registered.units.id.length);
  const said = /shown at their station: (\d+)/.exec(await page.locator('aside').innerText());
  expect(Number(said?.[1])).toBeGreaterThan(0);
  await page.goto(`${hub.url}/map?at=2026-01-01T00:00:00Z`);
  await page.locator('.past').waitFor();
  await expect.poll(units).toBe(0);
  await page.goto(`${hub.url}/map?at=${before.toISOString()}`);
  await expect.poll(() => total.innerText()).toBe('0');
  expect(await page.locator('aside').getByText('Flooded bank').count()).toBe(0);
  // The replay goes on minute by minute until it is now.
  await page.goto(`${hub.url}/map?at=${new Date(Date.now() - 3 * 60_000).toISOString()}`);
  await page.locator('.past').waitFor();
  await page.keyboard.press('p');
  await page.locator('.past').waitFor({ state: 'detached' });
  await expect.poll(() => total.innerText()).toBe('0');
  expect(new URL(page.url()).searchParams.get('at')).toBeNull();
  // One minute back by key, and the address says so.
  await page.keyboard.press('[');
  await page.locator('.past').waitFor();
  expect(new URL(page.url()).searchParams.get('at')).not.toBeNull();
  expect([seen.errors, seen.outside]).toEqual([[], []]);
  await seen.context.close();
});

test('the card that a link names is found on the map, though others lie on top of it', async () => {
  const place = [43.2271, 76.8533] as const;
  await officer.call('Пахнет газом в подъезде', 'улица Тимирязева, 71', ...place, 20, 'ru');
  const wanted = await officer.call('Застряли в лифте, пожилая женщина', 'улица Тимирязева, 75', place[0] + 0.0004, place[1], 20, 'ru');
  const seen = await open(browser, hub, { language: 'en', at: `/map?incident=${wanted}` });
  const { page } = seen;
  await signIn(page, 'manager');
  await page.locator('section.chosen').waitFor();
  await page.locator('.map[data-ready=true]').waitFor();
  await page.getByRole('button', { name: 'Zoom in' }).click();
  await expect.poll(() => new URL(page.url()).searchParams.get('c')?.split(',').slice(0, 2).map((n) => Number(n).toFixed(2)).join(), { timeout: 15_000 }).toBe('43.23,76.85');
  await seen.context.close();
});

test('near enough, incidents at one point stand around it, and each can be chosen', async () => {
  const place = [43.2512, 76.8921] as const;
  const calls = ['Пахнет газом в подъезде', 'Застряли в лифте, пожилая женщина', 'Мужчина упал, без сознания, не дышит', 'Горит мусорный бак во дворе'];
  const ids = new Set<string>();
  for (const text of calls) ids.add(await officer.call(text, 'улица Жандосова, 55', ...place, 20, 'ru'));
  expect(ids.size).toBeGreaterThan(1);
  const seen = await open(browser, hub, { language: 'ru', at: `/map?c=${place.join()},17` });
  const { page } = seen;
  await signIn(page, 'manager');
  const map = page.locator('.map[data-ready=true][data-ground=true]');
  await map.waitFor();
  const box = (await map.boundingBox())!;
  const chosen = () => new URL(page.url()).searchParams.get('incident');
  const found = new Set<string>();
  for (const { x, y } of around(ids.size)) {
    const before = chosen();
    const at = [box.x + box.width / 2 + x, box.y + box.height / 2 + y] as const;
    await expect.poll(async () => (await page.mouse.click(...at), chosen())).not.toBe(before);
    found.add(chosen()!);
    await expect.poll(() => page.locator('section.chosen a').getAttribute('href')).toBe(`/desk/${chosen()}`);
  }
  expect(found).toEqual(ids);
  expect(seen.errors).toEqual([]);
  await seen.context.close();
});

test('what is printed has the map and the figures and nothing to press', async () => {
  const seen = await open(browser, hub, { language: 'ru', theme: 'day', at: '/map' });
  const { page } = seen;
  await signIn(page, 'manager');
  await page.locator('.map[data-ready=true]').waitFor();
  await page.locator('.total').waitFor();
  await page.locator('.maplibregl-ctrl-attrib').waitFor();
  await page.emulateMedia({ media: 'print' });
  expect(await page.locator('header.banner').isVisible()).toBe(false);
  expect(await page.locator('.time').isVisible()).toBe(false);
  expect(await page.locator('.filters button').first().isVisible()).toBe(false);
  expect(await page.locator('.map canvas').isVisible()).toBe(true);
  expect(await page.locator('.filters .printed').isVisible(), 'when and by whom').toBe(true);
  const pressed = page.locator('#app').locator('.maplibregl-ctrl-group, .maplibregl-ctrl-scale, .legend summary, input, select, details, .noticed, .skip, [data-open-card], [aria-pressed]').filter({ visible: true });
  expect(await pressed.evaluateAll((all) => all.filter((one) => !one.matches('details.maplibregl-ctrl-attrib')).map((one) => one.outerHTML.slice(0, 120)))).toEqual([]);
  expect(await page.locator('.maplibregl-ctrl-attrib').isVisible(), 'whose data it is').toBe(true);
  const pdf = await page.pdf({ format: 'A4', landscape: true, printBackground: true });
  expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
  expect(pdf.length).toBeGreaterThan(20_000);
  expect((pdf.toString('latin1').match(/\/Type\s*\/Page\b/g) ?? []).length, 'pages').toBeLessThanOrEqual(2);
  await seen.context.close();
});

test.each([
  ['kk', 'тек мыналар: Ғимараттағы өрт'],
  ['ru', 'только: Пожар в здании'],
  ['en', 'only: Building fire'],
] as const)('a wall and paper that show only fires say so, in %s', async (language, said) => {
  const seen = await open(browser, hub, { language, at: '/map?category=building_fire&severity=p1&wall=1' });
  const { page } = seen;
  await signIn(page, 'manager');
  const only = page.locator('.wall-head [data-only]');
  await only.waitFor();
  expect((await only.innerText()).trim()).toContain(`${said} · P1`);
  await page.locator('.map[data-ready=true]').waitFor();
  await page.emulateMedia({ media: 'print' });
  expect(await page.locator('.printed').innerText()).toContain(`${said} · P1`);
  // The map on paper is what was drawn, and not nothing.
  expect((await page.locator('.map canvas').boundingBox())!.height).toBeGreaterThan(200);
  await page.emulateMedia({ media: 'screen' });
  await page.keyboard.press('w');
  await page.locator('.filters').waitFor();
  await page.locator('.filters select').nth(0).selectOption('');
  await page.locator('.filters select').nth(1).selectOption('');
  await page.keyboard.press('Escape');
  await page.locator('.filters h1').click();
  await page.keyboard.press('w');
  await page.locator('.wall-head').waitFor();
  expect(await only.count()).toBe(0);
  await seen.context.close();
});

test('two officers confirm the forces of one card at once: one wave goes out, and both see it', async () => {
  const card = await officer.call('Горит квартира на третьем этаже, много дыма', 'проспект Достык, 85', 43.2451, 76.9574, 60, 'ru');
  const desks = [];
  for (let n = 0; n < 2; n++) {
    const seen = await open(browser, hub, { language: 'en', at: `/desk/${card}` });
    await signIn(seen.page);
    await seen.page.locator('.need').first().waitFor();
    desks.push(seen);
  }
  await Promise.all(desks.map(({ page }) => page.keyboard.press('Enter')));
  const asked = async () => {
    const shown = await officer.ask<{ requests: Record<string, { service: string; state: string; capabilities: string[] }> }>('GET', `/incidents/${card}`);
    return Object.values(shown.requests);
  };
  await until('forces are requested', async () => (await asked()).length > 0);
  for (const { page } of desks) await page.locator('[data-request]').first().waitFor();
  const wave = (await asked()).map((request) => `${request.service} ${request.capabilities.join('+')}`);
  expect(new Set(wave).size, `nobody is asked twice: ${wave.join('; ')}`).toBe(wave.length);
  for (const { page } of desks) await expect.poll(() => page.locator('[data-request]').count()).toBe(wave.length);
  for (const seen of desks) {
    expect(seen.errors).toEqual([]);
    await seen.context.close();
  }
});

test('after the hub was killed positions are told again: marks of its former life count for nothing', async () => {
  const unit = await someUnit();
  const seen = await open(browser, hub, { language: 'en', at: '/boards/units' });
  const { page } = seen;
  await signIn(page);
  const shown = page.locator('tbody tr', { hasText: unit.call_sign }).first();
  await shown.waitFor();
  await hub.kill();
  await page.locator('.shell.stale').waitFor();
  await hub.start();
  await page.locator('.shell:not(.stale)').waitFor();
  await move(unit, 43.25, 76.9);
  await expect.poll(() => shown.innerText(), { timeout: 15_000 }).toMatch(/\b\d s\b/);
  expect(seen.outside).toEqual([]);
  await seen.context.close();
});
