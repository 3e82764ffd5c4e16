// What the hub offers on a card: a scale beside the stated one and a graver category, each taken with a key; and cards that may be about the same.
import { expect, test } from 'vitest';
import { faults } from './world/accessible';
import { signInAs } from './world/agency';
import { open, signIn, type Language } from './world/browser';
import { Caller } from './world/caller';
import { heard, listen } from './world/ear';
import { browser, hub, stage } from './world/stage';
import { until } from './world/until';

const COLLEAGUE = { name: 'kezekshi-2', password: 'kezekshi-tanerten-2' };

let officer: Caller;
let administrator: Caller;

stage({}, async () => {
  administrator = await Caller.of(hub, 'administrator');
  const settings = await administrator.ask<object>('GET', '/settings?region=75');
  const thresholds = { local: { affected_min: 10 }, regional: { affected_min: 500 }, certified_by: 'administrator', certified_at: new Date().toISOString() };
  await administrator.ask('PUT', '/settings?region=75', { ...settings, thresholds }, { 'If-Match': '*' });
  await administrator.ask('PUT', `/accounts/${COLLEAGUE.name}`, { role: 'duty_officer', region: '75', active: true, password: COLLEAGUE.password }, { 'If-None-Match': '*' });
  officer = await Caller.of(hub);
});

interface Card {
  scales: { scale: string; by: { account?: string } }[];
  proposed_scale?: { scale: string } | null;
  categories: { code: string; severity: string; by: { account?: string } }[];
  proposed_category?: { code: string } | null;
  guesses: { incident: string }[];
}
const card = (id: string) => officer.ask<Card>('GET', `/incidents/${id}`);

const PLACES: [Language, string, number, number][] = [['kk', 'улица Абая, 10', 43.2401, 76.9512], ['ru', 'улица Жандосова, 55', 43.2282, 76.8842], ['en', 'улица Толе би, 59', 43.2551, 76.9353]];

test.each(PLACES)('a scale that newer figures propose beside the stated one is taken with a key, in %s', async (language, address, lat, lon) => {
  const id = await officer.call('Горит квартира на третьем этаже, много дыма', address, lat, lon, 60, 'ru');
  await officer.ask('PUT', `/incidents/${id}/scale`, { scale: 'object', basis: 'One flat' }, { 'If-Match': '*' });
  const seen = await open(browser, hub, { language, at: `/desk/${id}` });
  const { page } = seen;
  await signIn(page);
  await page.locator('article footer').waitFor();
  const proposed = page.locator('[data-proposed-scale]');
  expect(await proposed.count()).toBe(0);
  await officer.ask('PUT', `/incidents/${id}/consequences`, { affected: 40 }, { 'If-Match': '*' });
  await page.locator('[data-proposed-scale=local]').waitFor();
  expect(await proposed.locator('kbd').innerText()).toBe('S');
  expect(await faults(page)).toEqual([]);
  await page.keyboard.press('Shift+S');
  await proposed.waitFor({ state: 'detached' });
  await until('it is the scale of the card, stated by the person', async () => {
    const { scales, proposed_scale } = await card(id);
    return scales.at(-1)?.scale === 'local' && scales.at(-1)?.by.account === 'duty_officer' && proposed_scale == null;
  });
  expect(seen.errors).toEqual([]);
  await seen.context.close();
});

test('a graver category that a later caller speaks of is taken with a key: the card rises, and whoever else is at a desk hears it', async () => {
  const at = ['улица Тимирязева, 71', 43.2262, 76.9051] as const;
  const id = await officer.call('Пахнет газом в подъезде', ...at, 30, 'ru');
  await officer.ask('PUT', `/incidents/${id}/category`, { code: 'gas_smell' }, { 'If-Match': '*' });
  const other = await open(browser, hub, { language: 'en', at: '/directives' });
  await listen(other.context);
  await other.page.reload();
  await signInAs(other.page, COLLEAGUE.name, COLLEAGUE.password);
  await other.page.locator('.shell:not(.stale) header.banner [data-mode]').waitFor();
  const seen = await open(browser, hub, { language: 'en', at: `/desk/${id}` });
  const { page } = seen;
  await signIn(page);
  await page.locator('article footer').waitFor();
  const row = page.locator(`[data-row="${id}"]`);
  expect(await row.locator('.severity.p1').count()).toBe(0);
  // The same caller once more; what was heard is ticked.
  const settings = await administrator.ask<{ joining: object }>('GET', '/settings?region=75');
  await administrator.ask('PUT', '/settings?region=75', { ...settings, joining: { ...settings.joining, join_by_rule: 0.5 } }, { 'If-Match': '*' });
  expect(await officer.call('Пахнет газом в подъезде', ...at, 30, 'ru', 'explosion'), 'it joins the card').toBe(id);
  await administrator.ask('PUT', '/settings?region=75', settings, { 'If-Match': '*' });
  const graver = page.locator('p.graver');
  await graver.waitFor();
  expect([await graver.locator('kbd').innerText(), (await card(id)).categories.at(-1)?.code]).toEqual(['C', 'gas_smell']);
  expect(await faults(page)).toEqual([]);
  const alarm = other.page.locator(`[data-alarm="${id}"]`);
  expect(await alarm.count(), 'what is proposed is no alarm').toBe(0);
  const before = (await heard(other.page)).length;

  await page.keyboard.press('Shift+C');
  await graver.waitFor({ state: 'detached' });
  await row.locator('.severity.p1').waitFor();
  await page.locator('article .severity.p1').first().waitFor();
  const now = (await card(id)).categories.at(-1);
  expect([now?.code, now?.severity, now?.by.account]).toEqual(['explosion', 'p1', 'duty_officer']);
  await alarm.waitFor();
  await expect.poll(async () => (await heard(other.page)).length).toBeGreaterThan(before);
  expect(await page.locator(`[data-alarm="${id}"]`).count(), 'who raised it knows').toBe(0);
  for (const one of [seen, other]) {
    expect(one.errors).toEqual([]);
    await one.context.close();
  }
});

test('a card that was merged is not one that may be about the same', async () => {
  const one = await officer.call('Провалился лёд, человек в воде', 'озеро Сайран', 43.2402, 76.8651, 100, 'ru');
  const two = await officer.call('Жарылыс болды, көмек керек', 'Сайран көлі', 43.2425, 76.8668, 100, 'kk');
  const [holder, other] = (await card(two)).guesses.length > 0 ? [two, one] : [one, two];
  const seen = await open(browser, hub, { language: 'en', at: `/desk/${holder}` });
  const { page } = seen;
  await signIn(page);
  const maybe = page.locator('[aria-label="May be about the same"]');
  await maybe.getByRole('button', { name: 'Merge' }).first().click();
  await maybe.waitFor({ state: 'detached' });
  const linked = page.locator('[aria-label="Linked cards"]');
  await linked.locator(`a[href="/desk/${other}"]`).waitFor();
  await page.reload();
  await linked.waitFor();
  expect(await maybe.count()).toBe(0);
  expect(await faults(page)).toEqual([]);
  expect(seen.errors).toEqual([]);
  await seen.context.close();
});
