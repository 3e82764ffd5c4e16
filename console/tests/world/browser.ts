// Debian's Chromium with the console in it. Every page keeps what it asked for outside the hub and what it said on its
// console: a test looks at both at its end.
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { PASSWORDS, type Account, type Hub } from './hub';

export type Theme = 'night' | 'day';
export type Language = 'kk' | 'ru' | 'en';

export interface Seen {
  page: Page;
  context: BrowserContext;
  /** Addresses asked for that are not the hub's. */
  outside: string[];
  /** Errors of the page, and refusals of its policy. */
  errors: string[];
}

export function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env['HUB112_TEST_CHROMIUM'] ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--use-gl=angle', '--use-angle=swiftshader', '--enable-unsafe-swiftshader', '--autoplay-policy=no-user-gesture-required'],
  });
}

export interface Wanted {
  language?: Language;
  theme?: Theme;
  width?: number;
  height?: number;
  sound?: boolean;
  /** The address that is opened: whoever signs in there stays there, and no other screen has to be drawn before. */
  at?: string;
}

/** The console's first page, in a language and a theme. */
export async function open(browser: Browser, hub: Hub, { language = 'en', theme = 'night', width = 1920, height = 1080, sound = false, at = '' }: Wanted = {}): Promise<Seen> {
  const context = await browser.newContext({ viewport: { width, height }, reducedMotion: 'reduce' });
  await context.addInitScript(
    ([kept]) => localStorage.getItem('hub112.preferences') ?? localStorage.setItem('hub112.preferences', kept!),
    [JSON.stringify({ language, theme, textSize: 100, sound })],
  );
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  const seen: Seen = { page, context, outside: [], errors: [] };
  page.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith(hub.url) && !url.startsWith('data:') && !url.startsWith('blob:')) seen.outside.push(url);
  });
  page.on('pageerror', (error) => seen.errors.push(`${error.name}: ${error.message}`));
  page.on('console', (message) => {
    const text = message.text();
    if (message.type() === 'error' && !text.startsWith('Failed to load resource')) seen.errors.push(text);
  });
  await page.goto(hub.url + at);
  return seen;
}

/** By keyboard alone. */
export async function signIn(page: Page, account: Account = 'duty_officer'): Promise<void> {
  await page.getByRole('main').locator('input[name=name]').focus();
  await page.keyboard.type(account);
  await page.keyboard.press('Tab');
  await page.keyboard.type(PASSWORDS[account]);
  await page.keyboard.press('Enter');
  await page.locator('header.banner').waitFor();
}
