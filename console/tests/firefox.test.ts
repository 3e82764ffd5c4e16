// The console in Firefox, as Debian ships it: signing in, a message that comes in live, its card, the map.
import type { Browser } from 'puppeteer-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Caller } from './world/caller';
import { FIREFOX, hasFirefox, launchFirefox, openInFirefox, signInInFirefox } from './world/firefox';
import { Hub } from './world/hub';

if (!hasFirefox) console.warn(`passed over: there is no Firefox at ${FIREFOX} (sudo apt-get install --no-install-recommends firefox-esr)`);

let hub: Hub;
let browser: Browser;

beforeAll(async () => {
  if (!hasFirefox) return;
  hub = await Hub.open();
  browser = await launchFirefox();
}, 300_000);

afterAll(async () => {
  await browser?.close();
  await hub?.close();
});

test.skipIf(!hasFirefox)('Firefox: signed in by keyboard, a message comes in live, its card opens with a key, and the map is drawn', async () => {
  const officer = await Caller.of(hub);
  const seen = await openInFirefox(browser, hub);
  const { page } = seen;
  await signInInFirefox(page);
  await page.waitForSelector('.queue');
  await page.waitForFunction(() => document.querySelector('header.banner')?.textContent?.includes('live') === true);

  // The feed brings it: nobody loads the page anew.
  const id = await officer.call('Горит квартира на третьем этаже, много дыма', 'улица Абая, 10', 43.2401, 76.9512, 40, 'ru');
  await page.waitForSelector(`.queue [data-row="${id}"]`);
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  await page.waitForSelector(`article[data-incident="${id}"]`);
  expect(await page.$eval('article', (card) => card.textContent)).toContain('улица Абая, 10');

  // Where the machine gives Firefox no WebGL the map says so, and the lists say the rest.
  const draws = await page.evaluate(() => document.createElement('canvas').getContext('webgl2') !== null);
  await page.waitForSelector(draws ? '.map[data-ready=true]' : '.map + .broken');
  if (!draws) console.warn('Firefox has no WebGL on this machine: that the map is drawn in it has not been looked at');
  expect([seen.outside, seen.errors]).toEqual([[], []]);
});
