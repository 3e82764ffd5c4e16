// Pictures of the map's two styles over the made-up town: ground, objects, units, incidents and a zone. To be looked at.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, test } from 'vitest';
import { signInAs } from './world/agency';
import { launch, open, type Theme } from './world/browser';
import { Caller } from './world/caller';
import { uuid } from '../src/api/uuid';
import { Hub, PASSWORDS } from './world/hub';
import { until } from './world/until';

const TO = join(import.meta.dirname, '../screenshots');
const MIDDLE = { lat: 43.2425, lon: 76.8897 };
let hub: Hub;
let browser: Browser;

beforeAll(async () => {
  mkdirSync(TO, { recursive: true });
  hub = await Hub.open({ demo: true });
  hub.importLand();
  const [officer, administrator] = [await Caller.of(hub), await Caller.of(hub, 'administrator')];
  await until('the land is there', async () => {
    const found = await officer.ask<{ road: unknown }>('GET', `/gazetteer/here?lat=${MIDDLE.lat}&lon=${MIDDLE.lon}`).catch(() => null);
    return found !== null && found.road !== null;
  });
  await officer.call('Горит квартира, внутри люди, много дыма', 'улица Клубничная, 7', 43.2427, 76.8775, 50, 'ru');
  await officer.call('Мужчина упал, без сознания, не дышит', 'улица Вишнёвая, 20', 43.2351, 76.8927, 50, 'ru');
  await officer.call('Пахнет газом в подъезде', 'улица Виноградная, 12', 43.2319, 76.8833, 50, 'ru');
  // The same as exercises: three apart, one on top of a real one and two on one another.
  const played = (text: string, lat: number, lon: number) =>
    officer.ask('POST', '/messages?region=75', {
      id: uuid(),
      channel: 'call',
      received_at: new Date().toISOString(),
      sender: { kind: 'person', call_back: { kind: 'no_number' } },
      text,
      language: 'ru',
      exercise: true,
      location: { source: 'caller', address: `${lat}`, fix: { point: { lat, lon }, uncertainty: { shape: 'circle', radius_m: 20 } } },
    });
  await played('Горит квартира, внутри люди, много дыма', 43.2477, 76.8807);
  await played('Мужчина упал, без сознания, не дышит', 43.2476, 76.8892);
  await played('Драка во дворе', 43.2476, 76.8977);
  await played('Пахнет газом в подъезде', 43.2321, 76.8834);
  await played('Мужчина упал, без сознания, не дышит', 43.2371, 76.9041);
  await played('Горит квартира, внутри люди, много дыма', 43.2372, 76.9042);
  const ring = [[76.8995, 43.243], [76.9105, 43.243], [76.9105, 43.2515], [76.8995, 43.2515], [76.8995, 43.243]];
  await officer.ask('POST', '/zones?region=75', { name: 'Склад аммиака', mode: 'emergency', polygon: { type: 'Polygon', coordinates: [ring] } });
  // Crews in the town's streets, by their own word.
  for (const [service, lat] of [['fire_rescue', 43.2461], ['ambulance', 43.2389], ['police', 43.2353]] as const) {
    const positions = [1, 2, 3, 4].map((n) => ({
      unit: `75-${service}-${n}`,
      position: { point: { lat, lon: 76.8697 + n * 0.0085 }, at: new Date().toISOString(), source: 'crew', accuracy: null },
    }));
    await administrator.ask('POST', '/positions', { region: '75', service, positions });
  }
  browser = await launch();
});

afterAll(async () => {
  await browser?.close();
  await hub?.close();
});

for (const theme of ['night', 'day'] as Theme[]) {
  test(`the map's style by ${theme}`, async () => {
    const { page, context } = await open(browser, hub, { theme, language: theme === 'night' ? 'kk' : 'ru', width: 1400, height: 900 });
    await signInAs(page, 'manager', PASSWORDS.manager);
    await page.goto(`${hub.url}/map?c=${MIDDLE.lat},${MIDDLE.lon},14&objects=dangerous,helping,social`);
    await page.locator('.map[data-ground=true]').waitFor({ timeout: 90_000 });
    await page.locator('[data-symbols] summary').click();
    await page.waitForTimeout(4000);
    await page.screenshot({ path: join(TO, `map-town-${theme}.png`) });
    await context.close();
  });
}
