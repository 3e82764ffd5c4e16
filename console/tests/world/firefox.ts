// Debian's Firefox with the console in it, driven over WebDriver BiDi. Nothing is downloaded: without it the tests that
// want it are passed over, and say so.
import { existsSync } from 'node:fs';
import puppeteer, { type Browser, type Page } from 'puppeteer-core';
import { PASSWORDS, type Account, type Hub } from './hub';
import type { Screen } from './screen';

export const FIREFOX = process.env['HUB112_TEST_FIREFOX'] ?? '/usr/bin/firefox-esr';
export const hasFirefox = existsSync(FIREFOX);

/** On a screen, where there is one, with a map that the processor draws; without a screen there is no WebGL in it. */
export const launchFirefox = (screen: Screen | null): Promise<Browser> =>
  puppeteer.launch({
    browser: 'firefox',
    executablePath: FIREFOX,
    headless: screen === null,
    timeout: 120_000,
    protocolTimeout: 120_000,
    ...(screen === null ? {} : { env: { ...process.env, DISPLAY: screen.display, LIBGL_ALWAYS_SOFTWARE: '1' } }),
    extraPrefsFirefox: { 'webgl.force-enabled': screen !== null, 'gfx.webrender.software': true },
  });

export interface FirefoxSeen {
  page: Page;
  /** Addresses asked for that are not the hub's. */
  outside: string[];
  errors: string[];
}

/** The console's first page, in English. */
export async function openInFirefox(browser: Browser, hub: Hub): Promise<FirefoxSeen> {
  const page = await browser.newPage();
  const seen: FirefoxSeen = { page, outside: [], errors: [] };
  page.setDefaultTimeout(60_000);
  page.on('request', (request) => {
    if (!request.url().startsWith(hub.url) && !/^(data|blob|about):/.test(request.url())) seen.outside.push(request.url());
  });
  page.on('pageerror', (error) => void seen.errors.push(String(error)));
  await page.setViewport({ width: 1600, height: 900 });
  await page.evaluateOnNewDocument(() => {
    // The empty page before the first has no storage.
    if (location.protocol === 'http:') localStorage.setItem('hub112.preferences', JSON.stringify({ language: 'en', theme: 'day', textSize: 100, sound: false }));
  });
  await page.goto(hub.url);
  return seen;
}

/** By keyboard alone. */
export async function signInInFirefox(page: Page, account: Account = 'duty_officer'): Promise<void> {
  await page.waitForSelector('main input[name=name]');
  await page.focus('main input[name=name]');
  await page.keyboard.type(account);
  await page.keyboard.press('Tab');
  await page.keyboard.type(PASSWORDS[account]);
  await page.keyboard.press('Enter');
  await page.waitForSelector('header.banner');
}
