// Text at 200 % (WCAG 1.4.4): nothing is cut off, and nobody scrolls to the side to read a line.
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { open, signIn, type Language } from './world/browser';
import { Caller } from './world/caller';
import { browser, hub, stage } from './world/stage';

let incident: string;

stage({ demo: true }, async () => {
  incident = await (await Caller.of(hub)).call('Горит квартира на третьем этаже, много дыма, внутри дети', 'улица Абая, 10', 43.2401, 76.9512, 60, 'ru');
});

/** What goes beyond the side of what it stands in: the page, what scrolls, a button or a line that hides its end. */
const beyond = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const shown = (element: HTMLElement) => element.clientWidth > 1 && element.closest('.unseen, .map, .maplibregl-map') === null;
    const cuts = (element: HTMLElement) => getComputedStyle(element).overflowX !== 'visible' && !element.matches('input, textarea, select');
    const all = [document.documentElement, ...document.querySelectorAll<HTMLElement>('#app *')].filter((element) => shown(element) && (element === document.documentElement || cuts(element)));
    return all.filter((element) => element.scrollWidth > element.clientWidth + 1).map((element) => `${element.tagName} ${element.className}: ${element.scrollWidth} in ${element.clientWidth}`);
  });

describe.each(['kk', 'ru', 'en'] as Language[])('text at 200 %% in %s', (language) => {
  test('the desk and the call-taker’s card', async () => {
    const seen = await open(browser, hub, { language, at: `/desk/${incident}` });
    const { page } = seen;
    const large = () => page.evaluate(() => (document.documentElement.style.fontSize = '200%'));
    await signIn(page);
    await page.locator('.need').first().waitFor();
    await large();
    await expect.poll(() => beyond(page)).toEqual([]);
    // The card's actions and the queue are there to be read and pressed.
    for (const part of ['article footer button', '.queue [data-row] button']) expect(await page.locator(part).first().isVisible(), part).toBe(true);
    await page.goto(`${hub.url}/call?new`);
    await page.locator('textarea[name=text]').fill('горит квартира');
    await page.locator('[data-guess]').waitFor();
    await large();
    await expect.poll(() => beyond(page)).toEqual([]);
    expect(seen.errors).toEqual([]);
    await seen.context.close();
  });
});
