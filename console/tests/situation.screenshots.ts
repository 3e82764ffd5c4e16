// Pictures of the situation map, the boards and the administration in each theme: to be looked at.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, test } from 'vitest';
import { hire, signInAs } from './world/agency';
import { launch, open, type Theme } from './world/browser';
import { Caller } from './world/caller';
import { Hub, PASSWORDS, type Account } from './world/hub';
import { shift } from './world/shift';

const TO = join(import.meta.dirname, '../screenshots');
let hub: Hub;
let browser: Browser;
let incident: string;
let passed: string;

beforeAll(async () => {
  mkdirSync(TO, { recursive: true });
  hub = await Hub.open({ demo: true });
  await hire(await Caller.of(hub, 'administrator'));
  hub.town();
  incident = await shift(await Caller.of(hub));
  // A moment at which all of it had happened.
  passed = new Date().toISOString();
  await doubted(await Caller.of(hub, 'administrator'));
  browser = await launch();
});

afterAll(async () => {
  await browser?.close();
  await hub?.close();
});

/** Two units whose receivers say what cannot be. */
async function doubted(administrator: Caller): Promise<void> {
  const { items } = await administrator.ask<{ items: { id: string; service: string }[] }>('GET', '/units?region=75&limit=2');
  const told = (unit: string, lat: number, seconds: number) => ({
    unit,
    position: { point: { lat, lon: 76.9 }, at: new Date(Date.now() + seconds * 1000).toISOString(), source: 'avl', accuracy: null },
  });
  for (const [n, { id, service }] of items.entries()) {
    const positions = [told(id, 43.25 + n * 0.02, 0), told(id, 43.29 + n * 0.05, 3)];
    await administrator.ask('POST', '/positions', { region: '75', service, positions });
  }
}

const drawn = async (page: Page) => {
  await page.locator('.map[data-ready=true]').waitFor();
  await page.waitForTimeout(1500);
};

for (const theme of ['night', 'day'] as Theme[]) {
  const language = theme === 'night' ? 'kk' : 'ru';
  const seeing = async (account: Account) => {
    const seen = await open(browser, hub, { theme, language });
    await signInAs(seen.page, account, PASSWORDS[account]);
    return seen;
  };
  const picture = (page: Page, name: string) => page.screenshot({ path: join(TO, `${name}-${theme}.png`) });

  test(`the situation map by ${theme}`, async () => {
    const { page, context } = await seeing('manager');
    await page.goto(`${hub.url}/map`);
    await drawn(page);
    await picture(page, 'map');
    await page.goto(`${hub.url}/map?incident=${incident}`);
    await drawn(page);
    await picture(page, 'map-incident');
    await page.goto(`${hub.url}/map?at=${passed}`);
    await drawn(page);
    await picture(page, 'map-past');
    await page.goto(`${hub.url}/map?coverage=ambulance&minutes=5`);
    await page.locator('section.coverage .share').waitFor();
    await page.locator('section.coverage').scrollIntoViewIfNeeded();
    await drawn(page);
    await picture(page, 'map-coverage');
    await page.goto(`${hub.url}/map?wall=1`);
    await drawn(page);
    await picture(page, 'map-wall');
    await context.close();
  });

  test(`the boards by ${theme}`, async () => {
    const { page, context } = await seeing('administrator');
    for (const [path, name] of [['/boards', 'services'], ['/boards/obligations', 'obligations'], ['/boards/units', 'units']]) {
      await page.goto(hub.url + path);
      await page.locator('h1').waitFor();
      await page.waitForTimeout(800);
      await picture(page, name!);
    }
    await context.close();
  });

  test(`the administration by ${theme}`, async () => {
    const { page, context } = await seeing('administrator');
    for (const [path, name] of [['', 'accounts'], ['/credentials', 'credentials'], ['/units', 'register'], ['/settings', 'settings'], ['/plans', 'plans'], ['/changes', 'changes']]) {
      await page.goto(`${hub.url}/administration${path}`);
      await page.locator('h1').waitFor();
      await page.waitForTimeout(800);
      await picture(page, name!);
    }
    await page.goto(`${hub.url}/administration/settings`);
    await page.locator('[data-step]').first().waitFor();
    await page.locator('[data-step]').first().scrollIntoViewIfNeeded();
    await picture(page, 'notice-steps');
    await context.close();
  });
}

test('the map of the country', async () => {
  const two = await Hub.open({ regions: ['75', '19'] });
  try {
    const officer = await Caller.of(two);
    await shift(officer);
    await officer.ask('POST', '/mode?region=19', { command: 'declare', mode: 'emergency', order: { reason: 'су тасқыны', legal_reference: '№ 12' } });
    for (const theme of ['night', 'day'] as Theme[]) {
      const { page, context } = await open(browser, two, { theme, language: theme === 'night' ? 'kk' : 'ru', at: '/map' });
      const take = (name: string) => page.screenshot({ path: join(TO, `${name}-${theme}.png`) });
      await signInAs(page, 'manager', PASSWORDS.manager);
      await page.locator('.situation[data-whole=true] .map[data-ready=true]').waitFor();
      await page.locator('[data-links][data-away]').first().waitFor();
      await drawn(page);
      await take('map-country');
      await page.locator('[data-links]').last().scrollIntoViewIfNeeded();
      await take('map-country-services');
      await context.close();
    }
  } finally {
    await two.close();
  }
});
