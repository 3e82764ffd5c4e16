// A street half heard: the call-taker types it as it sounded, takes the hit by the keys, and the card recommends who is there
// soonest by road, not who is nearest through the air.
import { expect, test } from 'vitest';
import { faults } from './world/accessible';
import { open, signIn } from './world/browser';
import { Caller } from './world/caller';
import { browser, hub, stage } from './world/stage';
import { until } from './world/until';
import { go } from './world/walker';

/** The northern-most street of the town, its western end: улица Черёмуховая, 3. */
const HOUSE = { lat: 43.24995, lon: 76.87266 };
/** On the bypass north of it: a kilometre through the air, and the town is entered two kilometres further east. */
const NEAREST = { unit: '75-fire_rescue-1', callSign: 'Өрт-101', at: { lat: 43.2589, lon: 76.8727 } };
/** Four streets south of it, straight on. */
const SOONEST = { unit: '75-fire_rescue-2', callSign: 'Өрт-102', at: { lat: 43.2353, lon: 76.8697 } };

/** Metres between points of one town. */
const apart = (a: { lat: number; lon: number }, b: { lat: number; lon: number }) =>
  111_195 * Math.hypot(a.lat - b.lat, (a.lon - b.lon) * Math.cos((a.lat * Math.PI) / 180));

stage({ demo: true }, async () => {
  hub.importLand();
  const [officer, administrator] = [await Caller.of(hub), await Caller.of(hub, 'administrator')];
  await until('the roads are there', async () => {
    const found = await officer.ask<{ road: unknown }>('GET', `/gazetteer/here?lat=${HOUSE.lat}&lon=${HOUSE.lon}`).catch(() => null);
    return found !== null && found.road !== null;
  });
  // By the crew's word: a receiver that jumps would be doubted.
  const positions = [NEAREST, SOONEST].map(({ unit, at }) => ({ unit, position: { point: at, at: new Date().toISOString(), source: 'crew', accuracy: null } }));
  await administrator.ask('POST', '/positions', { region: '75', service: 'fire_rescue', positions });
});

test('a street typed as it was misheard is found, and the units of its card are ranked by road', async () => {
  expect(apart(NEAREST.at, HOUSE), 'the orders by air and by road differ').toBeLessThan(apart(SOONEST.at, HOUSE) - 500);
  const { page, context, errors } = await open(browser, hub, { language: 'en', at: '/call' });
  await signIn(page);
  await page.locator('textarea[name=text]').waitFor();
  await page.locator('textarea[name=text]').focus();
  await page.keyboard.type('Горит квартира, внутри люди, много дыма');
  const address = page.locator('input[name=address]');
  await address.focus();
  await page.keyboard.type('Чиремуховая 3');
  const places = page.getByRole('group', { name: 'Known places' });
  await expect.poll(() => places.innerText(), { timeout: 20_000 }).toContain('улица Черёмуховая, 3');
  const hit = places.getByRole('button', { name: /^улица Черёмуховая, 3( |$)/ }).first();
  expect(await faults(page)).toEqual([]);
  await until('Tab leads to the hit', async () => {
    await page.keyboard.press('Tab');
    return hit.evaluate((button) => button === document.activeElement);
  });
  await page.keyboard.press('Enter');
  await expect.poll(() => address.inputValue()).toBe('улица Черёмуховая, 3');
  await page.keyboard.press('Control+Enter');
  await page.waitForURL(/\/desk\/[0-9a-f-]{36}/);

  const need = page.locator('.need').filter({ has: page.locator('li:not(.spare)').filter({ hasText: SOONEST.callSign }) });
  await need.waitFor();
  const rows = await need.locator('li').allInnerTexts();
  const [soonest, nearest] = [SOONEST, NEAREST].map((one) => rows.findIndex((row) => row.includes(one.callSign)));
  expect(soonest, rows.join('\n')).toBe(0);
  expect(nearest, rows.join('\n')).toBeGreaterThan(0);
  for (const row of [rows[soonest!], rows[nearest!]]) expect(row).toContain('by road');
  expect(errors).toEqual([]);
  await context.close();
});

test('the line of the desk fills in a place only beyond doubt; what it is not sure of it hands over with what may be meant', async () => {
  const { page, context, errors } = await open(browser, hub, { language: 'ru', at: '/desk' });
  await signIn(page);
  const line = page.getByRole('textbox', { name: 'Командная строка' });
  const address = page.locator('input[name=address]');
  const point = page.getByRole('button', { name: 'убрать' });
  const places = page.getByRole('group', { name: 'Известные места' });
  const type = async (text: string) => {
    await go(page, '/desk');
    await line.waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type(text);
    await page.keyboard.press('Enter');
    await page.locator('textarea[name=text]').waitFor();
    await expect.poll(() => page.locator('textarea[name=text]').inputValue()).toBe(text);
  };

  await type('пожар Черёмуховая 3');
  expect(await address.inputValue()).toBe('улица Черёмуховая, 3');
  await point.waitFor();

  for (const [text, where] of [
    ['пожар Чиремуховая 3', 'Чиремуховая 3'],
    ['пожар Черёмуховая 999', 'Черёмуховая 999'],
    ['fire abay 10', 'abay 10'],
    ['пожар абая 10', 'абая 10'],
  ] as const) {
    await type(text);
    expect(await address.inputValue(), text).toBe(where);
    expect(await point.count(), `${text}: no point`).toBe(0);
  }
  await type('пожар Чиремуховая 3');
  await places.getByRole('button', { name: /^улица Черёмуховая, 3( |$)/ }).first().click();
  await point.waitFor();
  expect(errors).toEqual([]);
  await context.close();
});
