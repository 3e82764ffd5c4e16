// The console in Firefox, as Debian ships it: signing in, a message that comes in live, its card, the map as it is drawn; and
// without WebGL what stands in its place.
import type { Browser } from 'puppeteer-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Caller } from './world/caller';
import { FIREFOX, hasFirefox, launchFirefox, openInFirefox, signInInFirefox } from './world/firefox';
import { Hub } from './world/hub';
import { hasScreen, Screen } from './world/screen';

if (!hasFirefox) console.warn(`passed over: there is no Firefox at ${FIREFOX} (sudo apt-get install --no-install-recommends firefox-esr)`);
if (!hasScreen) console.warn('passed over: there is no X server for the map in Firefox (sudo apt-get install --no-install-recommends xvfb)');

let hub: Hub;
let screen: Screen | null = null;
const browsers: Browser[] = [];

beforeAll(async () => {
  if (!hasFirefox) return;
  hub = await Hub.open();
  if (hasScreen) screen = await Screen.open();
}, 300_000);

afterAll(async () => {
  for (const browser of browsers) await browser.close();
  screen?.close();
  await hub?.close();
});

async function firefox(on: Screen | null): Promise<Browser> {
  const browser = await launchFirefox(on);
  browsers.push(browser);
  return browser;
}

test.skipIf(!hasFirefox || !hasScreen)('Firefox: signed in by keyboard, a message comes in live, its card opens with a key, and the map is drawn', async () => {
  const officer = await Caller.of(hub);
  const seen = await openInFirefox(await firefox(screen), hub);
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
  await page.waitForSelector('.map[data-ready=true]');

  // The map keeps its picture for printing, so that it can be looked at: in its middle is the octagon of the fire.
  await page.goto(`${hub.url}/map?incident=${id}`);
  await page.waitForSelector('.map[data-ready=true]');
  const drawn = await page.waitForFunction(
    () => {
      const map = document.querySelector<HTMLCanvasElement>('.map canvas')!;
      const copy = document.createElement('canvas');
      [copy.width, copy.height] = [map.width, map.height];
      const to = copy.getContext('2d')!;
      to.drawImage(map, 0, 0);
      const { data } = to.getImageData(0, 0, copy.width, copy.height);
      const middle = to.getImageData(copy.width / 2 - 20, copy.height / 2 - 20, 40, 40).data;
      const colours = new Set<number>();
      for (let at = 0; at < data.length; at += 4 * 97) colours.add((data[at]! << 16) | (data[at + 1]! << 8) | data[at + 2]!);
      let red = 0;
      for (let at = 0; at < middle.length; at += 4) if (middle[at]! > 150 && middle[at + 1]! < 70 && middle[at + 2]! < 70) red++;
      return red > 100 && colours.size > 3 ? { red, colours: colours.size } : false;
    },
    { polling: 500 },
  );
  expect(await drawn.jsonValue()).not.toBe(false);
  expect([seen.outside, seen.errors]).toEqual([[], []]);
});

test.skipIf(!hasFirefox)('Firefox without WebGL: it is said, and what would be on the map is a list to work with', async () => {
  const officer = await Caller.of(hub);
  const id = await officer.call('Мужчина упал, без сознания, не дышит', 'улица Сатпаева, 22', 43.2367, 76.9292, 40, 'ru');
  const seen = await openInFirefox(await firefox(null), hub);
  const { page } = seen;
  expect(await page.evaluate(() => document.createElement('canvas').getContext('webgl2') === null)).toBe(true);
  await signInInFirefox(page);
  await page.waitForSelector('.no-map');
  await page.waitForFunction(() => document.querySelector('.no-map')?.textContent?.includes('улица Сатпаева, 22') === true);
  expect(await page.$eval('.no-map [role=status]', (said) => said.textContent)).toContain('WebGL');
  await page.evaluate(() => [...document.querySelectorAll<HTMLButtonElement>('.no-map button')].find((one) => one.textContent?.includes('Сатпаева'))!.click());
  await page.waitForSelector(`article[data-incident="${id}"]`);
  await page.goto(`${hub.url}/map`);
  await page.waitForSelector('.no-map button');
  await page.evaluate(() => document.querySelector<HTMLButtonElement>('.no-map button')!.click());
  await page.waitForSelector('section.chosen');
  expect([seen.outside, seen.errors]).toEqual([[], []]);
});
