// A new threat to life is heard and seen by who looks on as well: by a manager on the map, on a board and on the wall, of every
// region that they answer for. It is theirs to see; nothing of it goes into the card.
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { uuid } from '../src/api/uuid';
import { signInAs } from './world/agency';
import { open, signIn } from './world/browser';
import { Caller } from './world/caller';
import { heard, listen } from './world/ear';
import { browser, hub, stage } from './world/stage';

const OFFICER = { name: 'kezekshi-75', password: 'kezekshi-tanerten-75' };
const OF_75 = { name: 'basshy-75', password: 'basshy-tanerten-75' };

let officer: Caller;

stage({ regions: ['75', '19'] }, async () => {
  officer = await Caller.of(hub);
  const administrator = await Caller.of(hub, 'administrator');
  await administrator.ask('PUT', `/accounts/${OF_75.name}`, { role: 'manager', region: '75', active: true, password: OF_75.password }, { 'If-None-Match': '*' });
  await administrator.ask('PUT', `/accounts/${OFFICER.name}`, { role: 'duty_officer', region: '75', active: true, password: OFFICER.password }, { 'If-None-Match': '*' });
});

const PLACES = { '75': ['улица Тимирязева, 71', 43.2262, 76.9051], '19': ['Түркістан, Б. Саттарханов, 1', 43.2973, 68.2518] } as const;

let calls = 0;

/** A call from where, and of whom, none came before. */
async function call(region: '75' | '19', text: string): Promise<{ id: string }> {
  const [address, lat, lon] = PLACES[region];
  const shift = ++calls * 0.02;
  const { incident } = await officer.ask<{ incident: string }>('POST', `/messages?region=${region}`, {
    id: uuid(),
    channel: 'call',
    received_at: new Date().toISOString(),
    sender: { kind: 'person', call_back: { kind: 'number', number: `+7701123456${calls}` } },
    text,
    language: 'ru',
    location: { source: 'caller', address, fix: { point: { lat: lat + shift, lon: lon + shift }, uncertainty: { shape: 'circle', radius_m: 30 } } },
  });
  return { id: incident };
}

/** Nobody is told of it any more. */
async function close(id: string): Promise<void> {
  const { version } = await officer.ask<{ version: number }>('GET', `/incidents/${id}`);
  await officer.ask('POST', `/incidents/${id}/close`, { outcome: 'set_aside', reason: 'Ложный вызов' }, { 'If-Match': `"${version}"` });
}

const life = (region: '75' | '19') => call(region, 'Мужчина упал, без сознания, не дышит');
const strip = (page: Page, id: string) => page.locator(`[data-newcomer="${id}"]`);

/** A new threat to life is seen and heard on this page; how soon is measured, by `npm run measure`. */
async function noticed(page: Page, region: '75' | '19'): Promise<string> {
  const before = (await heard(page)).length;
  const { id } = await life(region);
  await strip(page, id).waitFor();
  await expect.poll(async () => (await heard(page)).length).toBeGreaterThan(before);
  return id;
}

test('a manager sees and hears a new threat to life on the map, on a board and on the wall, once, and puts it away', async () => {
  const seen = await open(browser, hub);
  await listen(seen.context);
  const { page } = seen;
  await page.goto(`${hub.url}/map`);
  await signInAs(page, OF_75.name, OF_75.password);
  await page.locator('.situation .total').waitFor();
  await page.locator('.situation .filters select, .situation select').first().focus();

  const focused = () => page.evaluate(() => document.activeElement?.outerHTML.slice(0, 30));
  const before = await focused();
  const first = await noticed(page, '75');
  expect(await page.title()).toContain('⚠');
  expect(await focused(), 'the focus stays').toBe(before);
  expect(await strip(page, first).innerText()).toContain('THREAT TO LIFE');
  // The way to it leads to the map with the card chosen, and puts it away.
  await strip(page, first).getByRole('link').click();
  await strip(page, first).waitFor({ state: 'detached' });
  await page.locator('aside .chosen').waitFor();
  expect(page.url()).toContain(`incident=${first}`);

  // On a board, while something is typed: the letter is a letter, and F2 puts it away.
  await page.goto(`${hub.url}/boards/units`);
  const field = page.locator('main input[type=search], main input:not([type])').first();
  await field.waitFor();
  await field.focus();
  const second = await noticed(page, '75');
  const tones = (await heard(page)).length;
  await page.keyboard.type('a');
  expect(await field.inputValue()).toBe('a');
  expect(await strip(page, second).isVisible()).toBe(true);
  // Once, however long it stands there: an officer's alarm has come back meanwhile.
  const desk = await open(browser, hub);
  await listen(desk.context);
  await desk.page.reload();
  await signInAs(desk.page, OFFICER.name, OFFICER.password);
  await desk.page.locator(`[data-alarm="${second}"]`).waitFor();
  const rings = async () => (await heard(desk.page)).filter(({ at }, n, all) => n === 0 || at - all[n - 1]!.at > 1_000).length;
  await expect.poll(rings).toBeGreaterThan(1);
  await desk.context.close();
  expect((await heard(page)).length).toBe(tones);
  // A page that is loaded anew shows it still, and does not sound again.
  await page.reload();
  await strip(page, second).waitFor();
  expect((await heard(page)).length).toBe(0);
  await page.keyboard.press('F2');
  await strip(page, second).waitFor({ state: 'detached' });
  await page.reload();
  await page.locator('.shell:not(.stale) header.banner [data-mode]').waitFor();
  expect(await page.locator('[data-newcomer]').count(), 'what was put away stays so').toBe(0);

  // On the wall, below the picture and not over it.
  await page.goto(`${hub.url}/map?wall=1`);
  await page.locator('.wall-head').waitFor();
  await page.locator('.situation .total').waitFor();
  const third = await noticed(page, '75');
  // The wall makes room in the next frame.
  const overlap = async () => {
    const [bar, wall] = [(await strip(page, third).boundingBox())!, (await page.locator('.situation.wall').boundingBox())!];
    return wall.y + wall.height - bar.y;
  };
  await expect.poll(overlap).toBeLessThanOrEqual(1);
  const top = await strip(page, third).evaluate((element) => {
    const box = element.getBoundingClientRect();
    return element.contains(document.elementFromPoint(box.left + 30, box.top + box.height / 2));
  });
  expect(top, 'nothing hides it').toBe(true);
  await page.keyboard.press('a');
  await strip(page, third).waitFor({ state: 'detached' });

  // Nothing of it is in the cards.
  for (const id of [first, second, third]) {
    const { items } = await officer.ask<{ items: { by: string; kind: string }[] }>('GET', `/incidents/${id}/timeline?limit=200`);
    expect(items.filter((one) => one.by.includes(OF_75.name))).toEqual([]);
    // Who signs in next is not told of these: what they are to hear is what comes then.
    await close(id);
  }
  expect(seen.errors).toEqual([]);
  await seen.context.close();
});

test('who answers for several regions is told of each of them, with its name, wherever they are', async () => {
  const seen = await open(browser, hub);
  await listen(seen.context);
  const { page } = seen;
  await page.goto(`${hub.url}/boards/obligations`);
  await signIn(page, 'manager');
  await page.locator('.shell:not(.stale) header.banner [data-mode]').waitFor();
  const other = (await page.locator('header.banner select.region').inputValue()) === '75' ? '19' : '75';
  const one = await noticed(page, other);
  expect(await strip(page, one).innerText()).toMatch(other === '75' ? /Almaty/ : /Turkistan|Turkestan/i);
  // It is told again to nobody when it is closed meanwhile.
  await close(one);
  await strip(page, one).waitFor({ state: 'detached' });
  expect(seen.errors).toEqual([]);
  await seen.context.close();
});

test('an administrator sees and hears it too', async () => {
  const seen = await open(browser, hub);
  await listen(seen.context);
  const { page } = seen;
  await page.goto(`${hub.url}/administration`);
  await signIn(page, 'administrator');
  await page.locator('.shell:not(.stale) header.banner [data-mode]').waitFor();
  await noticed(page, '75');
  expect(seen.errors).toEqual([]);
  await seen.context.close();
});
