// The task by which the console is timed: a building fire with casualties, from the first key to forces requested.
import type { Page } from 'playwright-core';
import type { Typist } from './typist';

/** Typed as a person types; the page is at the desk, and the region knows the place. */
export async function reportBuildingFire(page: Page, typist: Typist): Promise<{ keys: number; seconds: number; waited: number }> {
  typist.begin();
  await typist.press('Shift+N');
  await typist.wait(page.locator('textarea[name=text]').waitFor());
  await typist.type('Горит квартира, есть раненые');
  await typist.press('Tab');
  await typist.type('Абая 10');
  await typist.wait(page.locator('.places button').first().waitFor());
  await typist.press('Tab'); // accuracy
  await typist.press('Tab'); // the first known place
  await typist.press('Enter');
  await typist.press('Control+Enter');
  await typist.wait(page.locator('.need').first().waitFor());
  await typist.press('Enter');
  await typist.wait(page.locator('[data-request]').first().waitFor());
  return typist.end();
}
