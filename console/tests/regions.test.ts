// Who answers for several regions: one of them at a time, chosen in the banner, and nothing of another on the screen.
import { afterAll, describe, expect, test } from 'vitest';
import { uuid } from '../src/api/uuid';
import { faults } from './world/accessible';
import { open, signIn, type Theme } from './world/browser';
import { Caller } from './world/caller';
import { browser, hub, stage } from './world/stage';
import { until } from './world/until';
import { credentials, Walker } from './world/walker';

/** On a busy machine. */
const SOON = { timeout: 45_000 };

let officer: Caller;

stage({ regions: ['75', '19'] }, async () => {
  officer = await Caller.of(hub);
});

const call = async (region: string, text: string) => {
  const message = { id: uuid(), channel: 'call', received_at: new Date().toISOString(), sender: { kind: 'person', call_back: { kind: 'number', number: `+7701${Math.floor(1e6 + Math.random() * 8e6)}` } }, text };
  return (await officer.ask<{ incident: string }>('POST', `/messages?region=${region}`, message)).incident;
};

test('the region is chosen in the banner, stays after a reload, and cards of the other never come in', async () => {
  const seen = await open(browser, hub, { at: '/desk' });
  const { page } = seen;
  await signIn(page, 'manager');
  const choice = page.locator('header.banner select.region');
  await choice.waitFor();
  const first = await choice.inputValue();
  const other = first === '75' ? '19' : '75';
  const near = await call(first, 'Застряли в лифте');
  await page.locator(`[data-row="${near}"]`).waitFor();

  await choice.selectOption(other);
  await page.waitForURL((url) => url.pathname !== '/desk');
  await page.goto(`${hub.url}/desk`);
  await expect.poll(() => choice.inputValue()).toBe(other);
  await page.getByText('live', { exact: true }).waitFor();
  const foreign = await call(first, 'Горит мусор у дороги');
  const own = await call(other, 'Пахнет газом в подъезде');
  await page.locator(`[data-row="${own}"]`).waitFor();
  for (const id of [near, foreign]) expect(await page.locator(`[data-row="${id}"]`).count()).toBe(0);
  await page.reload();
  await page.locator(`[data-row="${own}"]`).waitFor();
  expect(await choice.inputValue()).toBe(other);
  expect([seen.outside, seen.errors]).toEqual([[], []]);
  await seen.context.close();
});

test('the country is one map: every region with its mode in word and symbol, live, filtered, as it was, and into a region', async () => {
  const order = { reason: 'паводок', legal_reference: '№ 12' };
  for (const [code, text] of [['75', 'Горит квартира, много дыма'], ['19', 'Пахнет газом в подъезде']] as const) await call(code, text);
  const before = new Date();
  await officer.ask('POST', '/mode?region=19', { command: 'declare', mode: 'emergency', order });
  const ring = [[77.1, 43.9], [77.2, 43.9], [77.2, 44.0], [77.1, 43.9]];
  await officer.ask('POST', '/zones?region=19', { name: 'Паводок у реки', mode: 'emergency', polygon: { type: 'Polygon', coordinates: [ring] } });

  const seen = await open(browser, hub, { at: '/map' });
  const { page } = seen;
  await signIn(page, 'manager');
  await page.locator('.situation[data-whole=true] .map[data-ready=true]').waitFor();
  const row = (code: string) => page.locator(`.regions [data-region="${code}"]`);
  await row('19').waitFor();
  expect(await row('19').getAttribute('data-mode')).toBe('emergency');
  expect(await row('19').innerText()).toContain('emergency');
  expect(await row('19').locator('svg').count(), 'a symbol beside the word').toBe(1);
  expect(await row('75').getAttribute('data-mode')).toBe('everyday');
  await page.locator('aside').getByText('Паводок у реки').waitFor();
  const total = page.locator('.total strong');
  const open_ = Number(await total.innerText());
  const cards = await officer.ask<{ items: unknown[] }>('GET', '/incidents?open=true&limit=200');
  expect(open_).toBe(cards.items.length);

  // Another region's call and change of mode come in live.
  const later = await call('75', 'Драка во дворе, есть пострадавший');
  await expect.poll(() => total.innerText(), SOON).toBe(String(open_ + 1));
  await officer.ask('POST', '/mode?region=75', { command: 'declare', mode: 'high_readiness', order });
  await expect.poll(() => row('75').getAttribute('data-mode'), SOON).toBe('high_readiness');

  // One region alone, and only those in a mode; the address says so, and gives the same to somebody else.
  await page.locator('select[data-of]').selectOption('19');
  const of19 = (await officer.ask<{ items: unknown[] }>('GET', '/incidents?region=19&open=true&limit=200')).items.length;
  await expect.poll(() => total.innerText(), SOON).toBe(String(of19));
  const link = page.url();
  const other = await open(browser, hub);
  await signIn(other.page, 'manager');
  await other.page.goto(link);
  await expect.poll(() => other.page.locator('.total strong').innerText(), SOON).toBe(String(of19));
  await other.page.locator('select[data-mode-filter]').selectOption('high_readiness');
  await other.page.locator('select[data-of]').selectOption('');
  await row('75').waitFor();
  await expect.poll(() => other.page.locator('.regions tbody tr').count(), SOON).toBe(1);
  await other.context.close();

  // As it was before: the mode of then, and no zone.
  await page.goto(`${hub.url}/map?at=${before.toISOString()}`);
  await page.locator('.past').waitFor();
  await expect.poll(() => row('19').getAttribute('data-mode'), SOON).toBe('everyday');
  expect(await page.locator('aside').getByText('Паводок у реки').count()).toBe(0);
  expect(await total.innerText()).toBe(String(open_));

  // Into a region: its own map, whichever the tab had before, and a card of another region opens at its desk.
  await page.goto(`${hub.url}/map`);
  await row('19').getByRole('button', { name: /Go into/ }).click();
  await page.locator('.situation[data-whole=false]').waitFor();
  await expect.poll(() => page.locator('header.banner select.region').inputValue(), SOON).toBe('19');
  await expect.poll(() => total.innerText(), SOON).toBe(String(of19));
  await page.goto(`${hub.url}/map?incident=${later}`);
  await page.locator('[data-open-card]').click();
  await page.locator(`article[data-incident="${later}"]`).waitFor();
  expect(await page.locator('header.banner select.region').inputValue()).toBe('75');
  expect([seen.outside, seen.errors]).toEqual([[], []]);
  await seen.context.close();
});

test('the figures of regions, districts and services are those of the cards, units and links that they count', async () => {
  interface Card {
    region: string;
    locations: { district: string | null }[];
  }
  const seen = await open(browser, hub, { at: '/map' });
  const { page } = seen;
  await signIn(page, 'manager');
  const row = (code: string) => page.locator(`.regions [data-region="${code}"]`);
  await row('75').waitFor();
  hub.importDistricts();
  const named = () => officer.ask<{ features: { properties: { kato: string; en: string } }[] }>('GET', '/territories?level=district&region=75');
  await until('the districts are in force', async () => (await named()).features.length === 2);
  const known = (await named()).features.map((one) => one.properties);
  await call('75', 'Залило квартиру');
  for (const [lat, lon] of [[43.2384, 76.9453], [43.2189, 76.8921], [43.3301, 76.9701]] as const) await officer.call('Застряли в лифте', `${lat}`, lat, lon, 20, 'ru');
  const units = (await (await Caller.of(hub, 'administrator')).ask<{ items: { region: string; service: string; status: { state: string } }[] }>('GET', '/units?limit=200')).items;
  const cards = (await officer.ask<{ items: (Card & { categories: { severity: string }[] })[] }>('GET', '/incidents?open=true&limit=200')).items;
  for (const code of ['75', '19']) {
    const own = units.filter((unit) => unit.region === code);
    const here = cards.filter((card) => card.region === code);
    const said = async () => (await row(code).locator('td.number').allInnerTexts()).map((text) => text.trim());
    await expect.poll(said, SOON).toEqual([String(here.length), String(here.filter((card) => card.categories.at(-1)?.severity === 'p1').length), `${own.filter((unit) => unit.status.state === 'available').length} / ${own.length}`]);
  }
  expect(units.length).toBeGreaterThan(100);
  const bars = async (title: string) =>
    new Map((await page.locator('aside table', { has: page.locator('caption', { hasText: title }) }).locator('tbody tr').allInnerTexts()).map((text): [string, number] => [text.split('\t')[0]!.trim(), Number(text.split('\t').at(-1))]));
  const tally = (all: string[]) => all.reduce((count, one) => count.set(one, (count.get(one) ?? 0) + 1), new Map<string, number>());
  expect([...(await bars('Units by service')).values()]).toEqual([...tally(units.map((unit) => unit.service)).values()].sort((a, b) => b - a).slice(0, 8));

  // Of one region its districts, by name; a card without a place is in none.
  await page.locator('select[data-of]').selectOption('75');
  const nameOf = (card: Card) => known.find((one) => one.kato === card.locations.at(-1)?.district)?.en ?? 'district not known';
  const expected = tally(cards.filter((card) => card.region === '75').map(nameOf));
  expect(new Set(expected.keys())).toEqual(new Set(['West', 'East', 'district not known']));
  await expect.poll(() => bars('By district'), SOON).toEqual(expected);
  // One district alone.
  await page.locator('aside').getByRole('button', { name: 'West' }).click();
  await expect.poll(() => page.locator('.total strong').innerText(), SOON).toBe(String(expected.get('West')));
  await page.locator('select[data-of]').selectOption('');

  // The links of each region's services, as its own board has them.
  for (const code of ['75', '19']) {
    const board = await officer.ask<{ link: { way: string; connected: boolean } | null }[]>('GET', `/services?region=${code}`);
    const away = board.filter(({ link }) => link !== null && link.way !== 'phone' && !link.connected).length;
    await expect.poll(() => page.locator(`[data-links="${code}"]`).getAttribute('data-away'), SOON).toBe(String(away));
  }
  expect([seen.outside, seen.errors]).toEqual([[], []]);
  await seen.context.close();
});

describe.each(['night', 'day'] as Theme[])('accessible by %s (WCAG 2.2 AA)', (theme) => {
  const walker = new Walker();
  afterAll(() => walker.end());
  test.each(['/map', '/map?of=19', '/map?wall=1'])('the map of the country, %s', async (path) => {
    const seen = await walker.at(browser, hub, credentials('manager'), path, { theme, language: theme === 'night' ? 'kk' : 'ru' });
    const { page } = seen;
    await page.locator('.situation[data-whole=true] .map[data-ready=true]').waitFor();
    await page.locator('.regions [data-region="75"]').waitFor();
    await page.locator('[data-links="75"][data-away]').waitFor();
    expect(await faults(page)).toEqual([]);
    expect([seen.errors, seen.outside]).toEqual([[], []]);
  });
});
