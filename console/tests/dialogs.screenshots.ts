// Pictures of what opens over the screens, in each theme, made with `npm run screenshots` into screenshots/: to be looked at.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, test } from 'vitest';
import { launch, open, signIn, type Theme } from './world/browser';
import { Caller } from './world/caller';
import { Hub, type Account } from './world/hub';
import { shift } from './world/shift';
import { go } from './world/walker';

const TO = join(import.meta.dirname, '../screenshots');
let hub: Hub;
let browser: Browser;
let incident: string;

beforeAll(async () => {
  mkdirSync(TO, { recursive: true });
  hub = await Hub.open({ demo: true });
  hub.agency('fire_rescue');
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
  ['station', '/administration/stations', '[data-row]', 'n'],
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
  ['dead-letters', '/boards/dead-letters', '.state'],
  ['reports', '/boards/reports', 'h1'],
];

for (const theme of ['night', 'day'] as Theme[]) {
  const language = theme === 'night' ? 'ru' : 'kk';
  test.each([['duty_officer', OFFICER], ['administrator', ADMINISTRATOR]] as [Account, Shot[]][])(`what opens, by ${theme}, for the %s`, async (account, shots) => {
    const { page, context } = await open(browser, hub, { theme, language, at: '/profile' });
    const picture = (name: string) => page.screenshot({ path: join(TO, `${name}-${theme}.png`) });
    await page.route(
      '**/api/v1/sign-in',
      async (route) => {
        const response = await route.fetch();
        await route.fulfill({ response, json: { ...((await response.json()) as object), expires_at: new Date(Date.now() + 14 * 60_000).toISOString() } });
      },
      { times: 1 },
    );
    await signIn(page, account);
    if (account === 'duty_officer') {
      await page.locator('[data-ending]').waitFor();
      await page.keyboard.press('F8');
      await page.locator('form[data-go-on]').waitFor();
      await picture('sign-in-ends');
      await page.keyboard.press('Escape');
    }
    for (const [name, path, ready, key] of shots) {
      await go(page, path.endsWith('/') ? path + incident : path);
      await page.locator(ready).first().waitFor();
      if (key !== undefined) {
        await page.keyboard.press(key.length === 1 && key === key.toUpperCase() ? `Shift+${key}` : key);
        await page.locator('[role=dialog], [data-trial], [data-picking]').first().waitFor({ timeout: 15_000 }).catch(() => {});
      }
      await page.evaluate(() => document.fonts.ready);
      await picture(name);
      for (let n = 0; n < 3 && (await page.getByRole('dialog').count()) > 0; n++) await page.keyboard.press('Escape');
    }
    await context.close();
  }, 600_000);
}
