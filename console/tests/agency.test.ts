// The dispatcher of an agency, on a phone, against a real hub: from the request to the release.
import { afterAll, describe, expect, test } from 'vitest';
import { faults } from './world/accessible';
import { acceptAndGo, askedFor, DISPATCHER, fits, hire, PHONE, readyOf, refuse, reportReady, signInAs, type Asked } from './world/agency';
import { open, signIn, type Theme } from './world/browser';
import { Caller } from './world/caller';
import { heard, listen } from './world/ear';
import { browser, hub, stage } from './world/stage';
import { until } from './world/until';
import { Walker } from './world/walker';

let officer: Caller;
let card: string;

const request = async (): Promise<Asked | undefined> => (await askedFor(officer, card)).find((one) => one.service === DISPATCHER.service);

/** How much "3 min 5 s" is. */
const seconds = (text: string): number => Number(/(\d+) min/.exec(text)?.[1] ?? 0) * 60 + Number(/(\d+) s/.exec(text)?.[1] ?? 0);

stage({}, async () => {
  await hire(await Caller.of(hub, 'administrator'));
  officer = await Caller.of(hub);
  card = await officer.call('Мужчина без сознания, не дышит', 'площадь Республики, 1', 43.2384, 76.9453, 40, 'ru');
  await officer.ask('POST', `/incidents/${card}/forces`, {});
});

test.each([
  ['on the phone', PHONE],
  ['at a desk', { width: 1280, height: 800 }],
])('a request that waits says how long there is left to answer it, and runs down, %s', async (_, size) => {
  const seen = await open(browser, hub, size);
  const { page } = seen;
  await signInAs(page, DISPATCHER.name, DISPATCHER.password);
  const due = page.locator('article.waits').first().getByText(/answer: (\d+ min )?\d+ s left/);
  await due.waitFor();
  const once = await due.innerText();
  expect(seconds(once)).toBeGreaterThan(0);
  await expect.poll(async () => seconds(await due.innerText()), { timeout: 9_000 }).toBeLessThan(seconds(once));
  const [shown, window] = [await due.boundingBox(), page.viewportSize()];
  expect(shown!.x, 'whole').toBeGreaterThanOrEqual(0);
  expect(shown!.x + shown!.width, 'whole').toBeLessThanOrEqual(window!.width);
  expect(shown!.y + shown!.height, 'in sight without scrolling').toBeLessThanOrEqual(window!.height);
  expect(seen.errors).toEqual([]);
  await seen.context.close();
});

test('a request is answered on the phone with units and times, and the crew’s way reaches the card', async () => {
  const seen = await open(browser, hub, PHONE);
  const { page } = seen;
  await signInAs(page, DISPATCHER.name, DISPATCHER.password);
  await expect.poll(() => new URL(page.url()).pathname).toBe('/agency');
  await page.getByRole('button', { name: 'Answer' }).first().click();
  await acceptAndGo(page, 4, request);
  await fits(page);
  expect([seen.errors, seen.outside]).toEqual([[], []]);
  await seen.context.close();
});

test('a request that comes while somebody looks appears by itself and is refused with a reason', async () => {
  const seen = await open(browser, hub, PHONE);
  const { page } = seen;
  await signInAs(page, DISPATCHER.name, DISPATCHER.password);
  await page.getByText('No request waits for an answer').waitFor();
  card = await officer.call('Бабушка упала, сломала ногу', 'улица Розыбакиева, 250', 43.2105, 76.8921, 60, 'ru');
  await officer.ask('POST', `/incidents/${card}/forces`, {});
  await page.getByRole('button', { name: 'Answer' }).first().click();
  await page.getByRole('button', { name: 'We refuse' }).click();
  await refuse(page, request);
  expect(seen.errors).toEqual([]);
  await seen.context.close();
});

test('what was typed on the phone is there after another tab, and what keeps an answer from going is said', async () => {
  const seen = await open(browser, hub, PHONE);
  const { page } = seen;
  await signInAs(page, DISPATCHER.name, DISPATCHER.password);
  card = await officer.call('Мужчина без сознания, не дышит', 'улица Жандосова, 60', 43.2291, 76.8921, 60, 'ru');
  await officer.ask('POST', `/incidents/${card}/forces`, {});
  await page.getByRole('button', { name: 'Answer' }).first().click();
  for (const unit of await page.locator('.unit input:checked').all()) await unit.uncheck();
  await page.locator('form .end button.primary').click();
  await page.locator('[data-wrong=agency-needs-unit]').waitFor();
  await page.getByRole('button', { name: 'We refuse' }).click();
  await page.locator('form textarea').fill('Both crews are at the stadium');
  await page.locator('.agency nav a[href="/agency/reports"]').click();
  await page.locator('form.report fieldset input').first().fill('First crew');
  await page.locator('.agency nav a[href="/agency"]').click();
  expect(await page.locator('form textarea').inputValue()).toBe('Both crews are at the stadium');
  await page.locator('.agency nav a[href="/agency/reports"]').click();
  expect(await page.locator('form.report fieldset input').first().inputValue()).toBe('First crew');
  await page.locator('.agency nav a[href="/agency"]').click();
  await refuse(page, request);
  expect(seen.errors).toEqual([]);
  await seen.context.close();
});

test('a request rings until somebody has opened it', async () => {
  const seen = await open(browser, hub, PHONE);
  await listen(seen.context);
  const { page } = seen;
  await page.reload();
  await signInAs(page, DISPATCHER.name, DISPATCHER.password);
  await page.getByText('No request waits for an answer').waitFor();
  const before = (await heard(page)).length;
  card = await officer.call('Женщина рожает дома, срочно', 'улица Тажибаевой, 155', 43.2231, 76.9011, 60, 'ru');
  await officer.ask('POST', `/incidents/${card}/forces`, {});
  await expect.poll(async () => (await heard(page)).length).toBeGreaterThan(before);
  const once = (await heard(page)).length;
  await expect.poll(async () => (await heard(page)).length, { timeout: 20_000 }).toBeGreaterThan(once);
  await page.getByRole('button', { name: 'Answer' }).first().click();
  await page.getByRole('button', { name: 'We refuse' }).click();
  const opened = (await heard(page)).length;
  await page.waitForTimeout(6_000);
  expect((await heard(page)).length).toBe(opened);
  await refuse(page, request);
  expect(seen.errors).toEqual([]);
  await seen.context.close();
});

test('a request rings on every screen and over every dialog, and a key leads to it', async () => {
  const seen = await open(browser, hub, PHONE);
  await listen(seen.context);
  const { page } = seen;
  await page.reload();
  await signInAs(page, DISPATCHER.name, DISPATCHER.password);
  await page.getByText('No request waits for an answer').waitFor();
  await page.goto(`${hub.url}/profile`);
  await page.locator('.profile').waitFor();
  await page.keyboard.press('?');
  await page.getByRole('dialog').waitFor();
  const before = (await heard(page)).length;
  card = await officer.call('Мужчина потерял сознание, бледный', 'улица Манаса, 20', 43.2302, 76.9113, 60, 'ru');
  await officer.ask('POST', `/incidents/${card}/forces`, {});
  const calling = page.locator('[data-calling]');
  await calling.waitFor();
  await expect.poll(async () => (await heard(page)).length).toBeGreaterThan(before);
  const once = (await heard(page)).length;
  await expect.poll(async () => (await heard(page)).length, { timeout: 20_000 }).toBeGreaterThan(once);
  const [strip, dialog] = [await calling.boundingBox(), await page.getByRole('dialog').boundingBox()];
  expect(dialog!.y + dialog!.height, 'the dialog ends above it').toBeLessThanOrEqual(strip!.y + 1);
  expect(strip!.y + strip!.height, 'it is in sight').toBeLessThanOrEqual(PHONE.height);
  await fits(page);
  expect(await faults(page)).toEqual([]);
  await page.keyboard.press('Escape');
  await page.keyboard.press('a');
  await expect.poll(() => new URL(page.url()).pathname).toBe('/agency');
  await page.getByRole('button', { name: 'Answer' }).first().click();
  await calling.waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'We refuse' }).click();
  await refuse(page, request);
  expect(seen.errors).toEqual([]);
  await seen.context.close();
});

test('what a service has read stands at the card that is in sight, before it would be read again', async () => {
  const fresh = await officer.call('Женщина без сознания, не дышит', 'улица Саина, 14', 43.2312, 76.8478, 60, 'ru');
  const dispatcher = await Caller.as(hub, DISPATCHER.name, DISPATCHER.password);
  const desk = await open(browser, hub, { at: `/desk/${fresh}` });
  await signIn(desk.page);
  await desk.page.locator('article h2').first().waitFor();
  await officer.ask('POST', `/incidents/${fresh}/forces`, {});
  const row = desk.page.locator('article table tr', { hasText: 'Ambulance' }).filter({ hasText: 'request for forces' });
  await row.waitFor();
  const read = row.locator('td').nth(4);
  expect(await read.innerText()).not.toContain('✓');
  // The card has what is sent before the service has it.
  let letters: { distribution_id: string; content_type: string; incident?: string | null }[] = [];
  await until('the service has the request', async () => {
    letters = (await dispatcher.ask<{ items: typeof letters }>('GET', '/agency/inbox?acknowledged=true&limit=200')).items;
    return letters.some((letter) => letter.content_type === 'forces_request' && letter.incident === fresh);
  });
  const ids = letters.map((letter) => letter.distribution_id);
  await dispatcher.ask('POST', '/agency/inbox/acknowledgements', { messages: ids });
  for (const id of ids) await dispatcher.ask('POST', `/agency/inbox/${id}/read`, { by: 'Aigul' });
  await expect.poll(() => read.innerText(), { timeout: 9_000 }).toContain('✓');
  await desk.context.close();
});

test('a readiness report is on the services board of the hub', async () => {
  const seen = await open(browser, hub, PHONE);
  const { page } = seen;
  await signInAs(page, DISPATCHER.name, DISPATCHER.password);
  await page.goto(`${hub.url}/agency/reports`);
  // What is reported begins with what the mode in force asks for, and the banner says which that is.
  await page.locator('.banner [data-mode=everyday]').waitFor();
  expect(await page.locator('select[name=readiness]').inputValue()).toBe('everyday');
  await reportReady(page, 'Reserve brigade', 12);
  expect(await readyOf(officer, DISPATCHER.service)).toMatchObject([{ name: 'Reserve brigade', people: 12 }]);
  await seen.context.close();
});

test('the mode of the region is in the banner, and the readiness that it asks for in the report', async () => {
  const seen = await open(browser, hub, PHONE);
  const { page } = seen;
  await signInAs(page, DISPATCHER.name, DISPATCHER.password);
  await page.goto(`${hub.url}/agency/reports`);
  await page.locator('.banner [data-mode=everyday]').waitFor();
  await officer.ask('POST', '/mode?region=75', { command: 'declare', mode: 'emergency', order: { reason: 'flood', legal_reference: 'No. 12' } });
  await page.locator('.banner [data-mode=emergency]').waitFor();
  expect(await page.locator('select[name=readiness]').inputValue()).toBe('high');
  await fits(page);
  expect([seen.errors, seen.outside]).toEqual([[], []]);
  await seen.context.close();
});

test('own units are on the map, on a phone when it is asked for', async () => {
  const seen = await open(browser, hub, PHONE);
  const { page } = seen;
  await signInAs(page, DISPATCHER.name, DISPATCHER.password);
  await page.goto(`${hub.url}/agency/units`);
  expect(await page.locator('.map').count()).toBe(0);
  await page.getByRole('button', { name: 'Show on the map' }).click();
  await page.locator('.map [data-ready=true][data-units]').waitFor();
  const own = await (await Caller.of(hub, 'administrator')).ask<{ items: { service: string }[] }>('GET', '/units?region=75&limit=200');
  const mine = own.items.filter((unit) => unit.service === DISPATCHER.service).length;
  await expect.poll(() => page.locator('.map [data-units]').getAttribute('data-units')).toBe(String(mine));
  await fits(page);
  expect([seen.errors, seen.outside]).toEqual([[], []]);
  await seen.context.close();
});

describe.each(['night', 'day'] as Theme[])('accessible by %s (WCAG 2.2 AA)', (theme) => {
  const walker = new Walker();
  afterAll(() => walker.end());
  test.each(['/agency', '/agency/known', '/agency/units', '/agency/reports'])('%s', async (path) => {
    const seen = await walker.at(browser, hub, DISPATCHER, path, { ...PHONE, theme, language: theme === 'night' ? 'kk' : 'ru' });
    const { page } = seen;
    await page.locator('.body > *:not([role=status])').first().waitFor();
    expect(await faults(page)).toEqual([]);
    expect([seen.errors, seen.outside]).toEqual([[], []]);
  });
});
