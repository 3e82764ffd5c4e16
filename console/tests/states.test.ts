// Every screen when the hub refuses, when it fails, when it has nothing, and when it is gone: each says so, and none is empty or
// waits for ever.
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { screens } from '../src/screens/screens';
import { DISPATCHER, hire, signInAs } from './world/agency';
import { open, type Seen } from './world/browser';
import { Caller } from './world/caller';
import { PASSWORDS } from './world/hub';
import { browser, hub, stage } from './world/stage';
import { go } from './world/walker';

/** On a busy machine. */
const SOON = { timeout: 45_000 };
/** Parts of the administration are screens as well. */
const ADMINISTRATION = ['/administration', '/administration/credentials', '/administration/units', '/administration/stations', '/administration/plans', '/administration/contacts', '/administration/settings', '/administration/territories', '/administration/changes'];
const AGENCY = ['/agency', '/agency/known', '/agency/units', '/agency/reports'];
/** Who walks through the screens, and on what: a dispatcher has a phone. */
const WALKERS = ['duty_officer', 'administrator', 'agency'] as const;
type Walker = (typeof WALKERS)[number] | 'manager';
const PHONE = { width: 360, height: 780 };
/** What the frame itself is made of is answered: the refusal is of what a screen shows. */
const FRAME = /\/api\/v1\/(sign-in|me|feed|service-area|categories|service-kinds|scales|emergency-types|capabilities|obligation-catalogue|rule-editions|territories|tiles|service-desks)\b/;

stage({}, async () => hire(await Caller.of(hub, 'administrator')));

const of = (role: Walker): string[] => {
  const paths = screens.filter((screen) => screen.roles.includes(role)).map((screen) => screen.path);
  if (role === 'administrator') return [...paths.filter((path) => path !== '/administration'), ...ADMINISTRATION];
  return role === 'agency' ? [...paths.filter((path) => path !== '/agency'), ...AGENCY] : paths;
};

const begin = (role: Walker): Promise<Seen> => open(browser, hub, role === 'agency' ? PHONE : {});

const enter = (page: Page, role: Walker) => (role === 'agency' ? signInAs(page, DISPATCHER.name, DISPATCHER.password) : signInAs(page, role, PASSWORDS[role]));

const saysLoading = (page: Page) => page.locator('main [role=status]', { hasText: /^loading…?$/i }).count();

async function walk(page: Page, paths: string[], each: (path: string) => Promise<void>): Promise<void> {
  for (const path of paths) {
    await go(page, path);
    await page.locator(`main[data-screen="${screens.filter((one) => path === one.path || path.startsWith(`${one.path}/`)).sort((a, b) => b.path.length - a.path.length)[0]!.path}"]`).waitFor();
    await each(path);
  }
}

/** Screens that show nothing of the hub's until somebody asks. */
const NEEDS_NOTHING = new Set(['/profile', '/call', '/administration/credentials', '/administration/territories']);

for (const [name, status, kind] of [['refuses', 403, 'forbidden'], ['fails', 500, 'internal']] as const) {
  test(`the hub ${name}: every screen says so in words`, async () => {
    const silent: string[] = [];
    for (const role of WALKERS) {
      const seen = await begin(role);
      const { page } = seen;
      await page.route('**/{api/v1,ogc}/**', (route) =>
        FRAME.test(route.request().url()) ? route.continue() : route.fulfill({ status, contentType: 'application/problem+json', body: JSON.stringify({ type: `urn:hub112:problem:${kind}`, title: 'no', status, detail: 'said by the test' }) }),
      );
      await enter(page, role);
      await walk(page, of(role), async (path) => {
        if (NEEDS_NOTHING.has(path)) return expect.poll(async () => (await page.locator('main').innerText()).trim().length, SOON).toBeGreaterThan(20);
        const said = page.locator('main').getByText('said by the test').first();
        await said.waitFor({ timeout: 20_000 }).catch(() => silent.push(`${role} ${path}: says nothing`));
        await expect.poll(() => saysLoading(page), SOON).toBe(0);
      });
      if (seen.errors.length > 0) silent.push(`${role}: ${seen.errors.join('; ')}`);
      await seen.context.close();
    }
    expect(silent).toEqual([]);
  }, 400_000);
}

test('the hub has nothing: every screen says that there is nothing, and none waits', async () => {
  const waiting: string[] = [];
  for (const role of WALKERS) {
    const seen = await begin(role);
    const { page } = seen;
    await enter(page, role);
    await walk(page, of(role), async (path) => {
      await expect.poll(() => saysLoading(page), SOON).toBe(0);
      if ((await page.locator('main').innerText()).trim().length < 20) waiting.push(`${role} ${path}: empty`);
      if ((await page.locator('main .problem').count()) > 0) waiting.push(`${role} ${path}: ${await page.locator('main .problem').first().innerText()}`);
    });
    if (seen.errors.length > 0) waiting.push(`${role}: ${seen.errors.join('; ')}`);
    await seen.context.close();
  }
  expect(waiting).toEqual([]);
}, 400_000);

test('a hub that fails only for a while is read again by itself', async () => {
  const seen = await open(browser, hub);
  let failing = true;
  await seen.page.route('**/api/v1/incidents?**', (route) => (failing ? route.fulfill({ status: 503, contentType: 'application/problem+json', body: JSON.stringify({ type: 'urn:hub112:problem:unavailable', title: 'no', status: 503, detail: 'said by the test' }) }) : route.continue()));
  await signInAs(seen.page, 'duty_officer', PASSWORDS.duty_officer);
  await seen.page.locator('main').getByText('said by the test').first().waitFor();
  failing = false;
  await expect.poll(() => seen.page.locator('main').getByText('said by the test').count(), SOON).toBe(0);
  await seen.page.locator('.queue').getByText('No card is open').waitFor();
  await seen.context.close();
});

test('who may not open a screen is told by whom it may be opened', async () => {
  for (const role of ['duty_officer', 'manager', 'administrator', 'agency'] as const) {
    const seen = await begin(role);
    await enter(seen.page, role);
    for (const { path } of screens.filter((screen) => !screen.roles.includes(role))) {
      await go(seen.page, path);
      await seen.page.locator('main h1', { hasText: 'not open to your role' }).waitFor();
    }
    expect(seen.errors).toEqual([]);
    await seen.context.close();
  }
});

test('the hub is gone: every screen can be reached, and the line says since when nothing is new', async () => {
  const faults: string[] = [];
  const sessions = [];
  for (const role of WALKERS) {
    const seen = await begin(role);
    await enter(seen.page, role);
    // The other screens have been fetched.
    await seen.page.locator('.shell[data-fetched=true]').waitFor();
    sessions.push({ role, ...seen });
  }
  await hub.kill();
  for (const { role, page, context, errors } of sessions) {
    await page.locator('.shell.stale').waitFor();
    await walk(page, of(role), async (path) => {
      if (!(await page.locator('div.stale[role=alert]').isVisible())) faults.push(`${role} ${path}: not said to be cut off`);
      await expect.poll(() => saysLoading(page), SOON).toBe(0);
      if ((await page.locator('main').innerText()).trim().length < 20) faults.push(`${role} ${path}: empty`);
      if ((await page.locator('main h1', { hasText: 'could not be read' }).count()) > 0) faults.push(`${role} ${path}: the screen itself was not there`);
    });
    if (errors.length > 0) faults.push(`${role}: ${errors.join('; ')}`);
    await context.close();
  }
  expect(faults).toEqual([]);
  await hub.start();
}, 400_000);
