// The banner is always in sight and takes no more than one line where there is room for it.
import { expect, test } from 'vitest';
import { open, signIn, type Language } from './world/browser';
import { type Account } from './world/hub';
import { browser, hub, stage } from './world/stage';

stage({ demo: true, regions: ['75', '63'] });

test.each(['kk', 'ru', 'en'] as Language[])('at 1920 pixels the banner is one line in %s, whoever is signed in', async (language) => {
  for (const account of ['duty_officer', 'manager', 'administrator'] as Account[]) {
    const seen = await open(browser, hub, { language });
    await signIn(seen.page, account);
    // The longest name and the longest word of a mode that there may be.
    await seen.page.locator('header.banner select.region').selectOption('63');
    await seen.page.locator('.shell:not(.stale) header.banner [data-mode]').waitFor();
    await seen.page.locator('header.banner .link [data-tone=safe], header.banner .link .safe').first().waitFor();
    const tops = await seen.page.locator('header.banner > *').evaluateAll((parts) => parts.map((part) => part.getBoundingClientRect()).map(({ top, bottom }) => (top + bottom) / 2));
    expect(Math.max(...tops) - Math.min(...tops), `${language}, ${account}`).toBeLessThan(12);
    const { height } = (await seen.page.locator('header.banner').boundingBox())!;
    expect(height, `${language}, ${account}`).toBeLessThanOrEqual(64);
    await seen.context.close();
  }
});
