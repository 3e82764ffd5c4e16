// Pictures of what opens over the screens, in each theme, made with `npm run screenshots` into screenshots/: to be looked at.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, test } from 'vitest';
import { uuid } from '../src/api/uuid';
import { openGas } from './world/agency';
import { launch, open, signIn, type Theme } from './world/browser';
import { Caller } from './world/caller';
import { Hub, type Account } from './world/hub';
import { shift } from './world/shift';
import { go } from './world/walker';

/** A letter about a unit that nobody knows. */
const STRAY = JSON.stringify({
  contract: '1.0', distribution_id: uuid(), status: 'actual', kind: 'report',
  sender: { region: '75', service: 'ambulance' }, recipients: [{ region: '75', service: 'hub' }],
  sent_at: new Date().toISOString(), content_type: 'unit_status',
  content: { unit_id: '75-ambulance-99', status: 'out_of_service', at: new Date().toISOString(), note: 'дөңгелек' },
});
const TO = join(import.meta.dirname, '../screenshots');
let hub: Hub;
let browser: Browser;
let incident: string;

beforeAll(async () => {
  mkdirSync(TO, { recursive: true });
  hub = await Hub.open({ demo: true });
  hub.importLand();
  hub.agency('fire_rescue');
  hub.refused('agency.75.ambulance', '75.ambulance.unit_status', 'unknown_reference: no such unit', STRAY);
  await openGas(await Caller.of(hub, 'administrator'));
  incident = await shift(await Caller.of(hub));
  browser = await launch();
});

afterAll(async () => {
  await browser?.close();
  await hub?.close();
});

/** Name of the picture, address, what is there before a key is pressed, the key. */
type Shot = [string, string, string, string?];

const OFFICER: Shot[] = [
  ['category', '/desk/', '.need', 'c'],
  ['location', '/desk/', '.need', 'l'],
  ['consequences', '/desk/', '.need', 's'],
  ['close', '/desk/', '.need', 'x'],
  ['choose-units', '/desk/', '.need', 'u'],
  ['closures', '/desk/', '.need', 'R'],
  ['new-report', '/situation', 'h1', 'n'],
];
const ADMINISTRATOR: Shot[] = [
  ['account', '/administration', 'tbody tr', 'n'],
  ['credentials', '/administration/credentials', 'tbody tr'],
  ['unit', '/administration/units', 'tbody tr', 'n'],
  ['station', '/administration/stations', '[data-row]', 'Enter'],
  ['contacts', '/administration/contacts', '[data-row]'],
  ['plan-trial', '/administration/plans', 'tbody tr', 't'],
  ['settings', '/administration/settings', '#settings'],
  ['territories', '/administration/territories', 'tbody tr'],
  ['changes', '/administration/changes', 'tbody tr'],
  ['new-desk', '/administration/desks', 'h1', 'n'],
  ['looks', '/administration/looks', 'tr[data-look]'],
  ['services', '/boards', 'tbody tr'],
  ['obligations', '/boards/obligations', 'h1'],
  ['units', '/boards/units', 'tbody tr'],
  ['dead-letters', '/boards/dead-letters', '[data-row]'],
  ['reports', '/boards/reports', 'h1'],
];

/** What is said shortly before a sign-in ends, and how it goes on. */
async function ending(theme: Theme, language: 'ru' | 'kk'): Promise<void> {
  const { page, context } = await open(browser, hub, { theme, language, at: '/profile' });
  await page.route(
    '**/api/v1/sign-in',
    async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, json: { ...((await response.json()) as object), expires_at: new Date(Date.now() + 14 * 60_000).toISOString() } });
    },
    { times: 1 },
  );
  await signIn(page);
  await page.locator('[data-ending]').waitFor();
  await page.keyboard.press('F8');
  await page.locator('form[data-go-on]').waitFor();
  await page.screenshot({ path: join(TO, `sign-in-ends-${theme}.png`) });
  await context.close();
}

for (const theme of ['night', 'day'] as Theme[]) {
  const language = theme === 'night' ? 'ru' : 'kk';
  test.each([['duty_officer', OFFICER], ['administrator', ADMINISTRATOR]] as [Account, Shot[]][])(`what opens, by ${theme}, for the %s`, async (account, shots) => {
    if (account === 'duty_officer') await ending(theme, language);
    const { page, context } = await open(browser, hub, { theme, language, at: '/profile' });
    const picture = (name: string) => page.screenshot({ path: join(TO, `${name}-${theme}.png`) });
    await signIn(page, account);
    for (const [name, path, ready, key] of shots) {
      await go(page, path.endsWith('/') ? path + incident : path);
      await page.locator(ready).first().waitFor();
      if (key !== undefined) {
        await page.keyboard.press(key.length === 1 && key === key.toUpperCase() ? `Shift+${key}` : key);
        await page.locator('[role=dialog], [data-trial], [data-picking]').first().waitFor({ timeout: 15_000 }).catch(() => {});
      }
      // A dialog with a map is looked at when the map is there.
      if ((await page.locator('[role=dialog] .map').count()) > 0) {
        await page.locator('[role=dialog] [data-ready=true]').waitFor();
        await page.waitForTimeout(1500);
      }
      await page.evaluate(() => document.fonts.ready);
      if ((await page.locator('[role=dialog] .map').count()) > 0) {
        await page.locator('[role=dialog] [data-ready=true][data-borders=true][data-ground=true]').waitFor();
        await page.waitForTimeout(1500);
      }
      await picture(name);
      for (let n = 0; n < 3 && (await page.getByRole('dialog').count()) > 0; n++) await page.keyboard.press('Escape');
    }
    await context.close();
  }, 600_000);
}
