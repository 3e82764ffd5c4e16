// What nearly every file of tests stands on: a hub and a browser of its own, from before its first test until after its last.
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';
import { launch } from './browser';
import { Hub } from './hub';

/** Each file of tests has its own; there from `beforeAll` on. */
export let hub: Hub;
export let browser: Browser;

/** Opens both, and does what the tests begin with. */
export function stage(wanted: Parameters<typeof Hub.open>[0] = {}, prepare: () => Promise<unknown> = () => Promise.resolve()): void {
  beforeAll(async () => {
    hub = await Hub.open(wanted);
    browser = await launch();
    await prepare();
  });
  afterAll(async () => {
    await browser?.close();
    await hub?.close();
  });
}
