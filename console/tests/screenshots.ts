// Pictures of each screen in each theme, made with `npm run screenshots` into screenshots/: to be looked at.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, test } from 'vitest';
import { DISPATCHER, hire, signInAs } from './world/agency';
import { launch, open, signIn, type Theme } from './world/browser';
import { Caller } from './world/caller';
import { Hub } from './world/hub';
import { shift } from './world/shift';

const TO = join(import.meta.dirname, '../screenshots');
let hub: Hub;
let browser: Browser;
let incident: string;

beforeAll(async () => {
  mkdirSync(TO, { recursive: true });
  hub = await Hub.open({ demo: true });
  for (const service of ['fire_rescue', 'police']) hub.agency(service);
  await hire(await Caller.of(hub, 'administrator'));
  incident = await shift(await Caller.of(hub));
  browser = await launch();
});

afterAll(async () => {
  await browser?.close();
  await hub?.close();
});

for (const theme of ['night', 'day'] as Theme[]) {
  const language = theme === 'night' ? 'kk' : 'ru';
  test(`pictures by ${theme}`, async () => {
    const { page, context } = await open(browser, hub, { theme, language });
    const picture = (name: string) => page.screenshot({ path: join(TO, `${name}-${theme}.png`) });
    await picture('sign-in');
    await signIn(page);
    await page.locator('.queue li').first().waitFor();
    await page.locator('.map[data-ready=true]').waitFor();
    await picture('alarm');
    await page.goto(`${hub.url}/desk/${incident}`);
    await page.locator('.need').first().waitFor();
    await page.locator('.map[data-ready=true]').waitFor();
    await page.waitForTimeout(1500);
    await picture('desk');
    await page.keyboard.press('Shift+M');
    await page.locator('input[name=mode][value=emergency]').check();
    await page.locator('.effects li').first().waitFor();
    await picture('mode');
    await page.keyboard.press('Escape');
    await page.keyboard.press('i');
    await page.locator('input[name=standing][value=emergency]').check();
    await picture('identify');
    await page.keyboard.press('Escape');
    await page.keyboard.press('d');
    await page.locator('[data-other]').first().waitFor();
    await picture('connect');
    await page.keyboard.press('Escape');
    await page.keyboard.press('z');
    await page.locator('[role=dialog] [data-ready=true]').waitFor();
    await page.locator('[role=dialog] form.line input').fill('2500');
    await page.locator('[role=dialog] form.line button').last().click();
    await page.locator('[data-inside-incidents]').waitFor();
    await page.waitForTimeout(1500);
    await picture('zone');
    await page.keyboard.press('Escape');
    await page.goto(`${hub.url}/shift`);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.locator('.shift table, .shift .nothing').first().waitFor();
    if ((await page.locator('.shift table').count()) === 0) {
      await page.locator('.shift .primary').click();
      await page.locator('.shift tr[data-check]').first().waitFor();
      await page.keyboard.press('1');
      await page.locator('[data-result=works]').first().waitFor();
    }
    await picture('shift');
    await page.goto(`${hub.url}/directives`);
    await page.locator('article[data-directive]').first().waitFor();
    await picture('directives');
    await page.keyboard.press('n');
    await page.locator('#directive').waitFor();
    await picture('new-directive');
    await page.goto(`${hub.url}/situation`);
    await page.locator('article[data-report]').first().waitFor();
    await picture('situation');
    await page.goto(`${hub.url}/call`);
    await page.locator('textarea[name=text]').fill(theme === 'night' ? 'Үйде өрт, екінші қабат, адамдар бар' : 'Горит крыша дома, люди на втором этаже');
    await page.locator('input[name=address]').fill('Абая');
    await page.locator('.map[data-ready=true]').click({ position: { x: 400, y: 400 } });
    await page.locator('[data-kept=kept]').waitFor();
    await picture('call');
    await page.goto(`${hub.url}/desk/${incident}`);
    await page.locator('.need').first().waitFor();
    await page.keyboard.press('?');
    await page.getByRole('dialog').waitFor();
    await picture('help');
    await page.keyboard.press('Escape');
    await page.goto(`${hub.url}/profile`);
    await page.locator('.profile').waitFor();
    await picture('profile');
    const phone = await open(browser, hub, { theme, language, width: 390, height: 844 });
    await signInAs(phone.page, DISPATCHER.name, DISPATCHER.password);
    await phone.page.locator('.body > *:not([role=status])').first().waitFor();
    await phone.page.screenshot({ path: join(TO, `agency-${theme}.png`) });
    await phone.page.goto(`${hub.url}/agency/units`);
    await phone.page.locator('button[aria-expanded]').first().click();
    await phone.page.locator('.map [data-ready=true]').waitFor();
    await phone.page.waitForTimeout(1500);
    await phone.page.screenshot({ path: join(TO, `agency-units-${theme}.png`) });
    await phone.context.close();
    await page.goto(`${hub.url}/desk/${incident}`);
    await page.locator('.need, [data-request]').first().waitFor();
    await hub.kill();
    await page.locator('.shell.stale').waitFor();
    await picture('disconnected');
    await hub.start();
    await context.close();
  }, 900_000);
}
