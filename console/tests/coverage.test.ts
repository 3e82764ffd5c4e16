// Coverage on the situation map and on the card, and positions that are not believed, against a real hub with a land.
import { expect, test } from 'vitest';
import { faults } from './world/accessible';
import { open, signIn } from './world/browser';
import { Caller } from './world/caller';
import { browser, hub, stage } from './world/stage';
import { until } from './world/until';

/** Maps are drawn by the processor here, and several tests share it. */
const LONG_MS = 300_000;

let officer: Caller;

interface Unit {
  id: string;
  service: string;
  call_sign: string;
  home: { lat: number; lon: number };
}

stage({ demo: true }, async () => {
  hub.town();
  officer = await Caller.of(hub);
  await until('where people live is counted', async () => officer.ask('GET', '/coverage?region=75&service=ambulance&minutes=8').then(() => true, () => false), 60_000);
});

test('the map says which part of the population a service reaches, whom it does not, and what is left when units go', async () => {
  const seen = await open(browser, hub, { language: 'en', at: '/map?coverage=ambulance' });
  const { page } = seen;
  await signIn(page, 'manager');
  const panel = page.locator('section.coverage');
  await panel.getByText('No normative time is set for this service: give the minutes.').waitFor();
  await panel.getByLabel('Minutes').fill('5');
  await panel.getByLabel('Minutes').press('Tab');
  const share = panel.locator('.share');
  await share.waitFor();
  const now = Number(await share.getAttribute('data-share'));
  expect(now).toBeGreaterThan(0.1);
  expect(now).toBeLessThan(1);
  expect(new URL(page.url()).search).toContain('minutes=5');
  await panel.getByText('A proposal: nobody is sent by it.').waitFor();
  expect(await panel.locator('.places li').count()).toBeGreaterThan(0);
  await until('what is reached is on the map', async () =>
    page.evaluate(() => document.querySelector('.map')?.getAttribute('data-covered') === 'true'),
  );
  expect(await faults(page)).toEqual([]);

  // Everybody at one station goes.
  await panel.getByText('What if these units go').click();
  for (const box of (await panel.locator('.free input').all()).slice(0, 5)) await box.check();
  const left = panel.locator('.left');
  await left.waitFor();
  expect(await left.innerText()).toMatch(/Then \d|nobody more/);
  expect([seen.errors, seen.outside]).toEqual([[], []]);
  await seen.context.close();
}, LONG_MS);

test('the card says what the wave leaves uncovered before it is sent', async () => {
  const card = await officer.call('Мужчина упал, без сознания, не дышит', 'Шугыла', 43.2, 76.77, 40, 'ru');
  const seen = await open(browser, hub, { language: 'en', at: `/desk/${card}` });
  const { page } = seen;
  await signIn(page, 'duty_officer');
  const wave = page.getByRole('region', { name: 'After this wave' });
  await wave.waitFor();
  expect(await wave.innerText()).toMatch(/within 10 min/);
  expect([seen.errors, seen.outside]).toEqual([[], []]);
  await seen.context.close();
}, LONG_MS);

test('a position that cannot be is marked with its reason in the list and on the map, and the unit stays where it was believed', async () => {
  const administrator = await Caller.of(hub, 'administrator');
  const unit = (await officer.ask<{ items: Unit[] }>('GET', '/units?region=75&limit=1')).items[0]!;
  const tell = (lat: number, lon: number, at: number) => {
    const position = { point: { lat, lon }, at: new Date(at).toISOString(), source: 'avl', accuracy: null };
    return administrator.ask('POST', '/positions', { region: '75', service: unit.service, positions: [{ unit: unit.id, position }] });
  };
  const begun = Date.now();
  await tell(43.25, 76.9, begun);
  await tell(43.35, 76.9, begun + 4_000);
  const seen = await open(browser, hub, { language: 'en', at: '/boards/units' });
  const { page } = seen;
  await signIn(page, 'manager');
  const row = page.getByRole('row').filter({ hasText: unit.call_sign });
  await row.getByText(/Position doubtful: [\d,]+ km\/h, at most \d+ possible/).waitFor();
  expect(await faults(page)).toEqual([]);
  await page.goto(`${hub.url}/map?unit=${unit.id}`);
  await page.locator('.map[data-ready=true]').waitFor();
  const box = (await page.locator('.map').boundingBox())!;
  const pointed = page.locator('.maplibregl-popup');
  await until('who points at the unit is told of the doubt', async () => {
    await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
    return (await pointed.count()) > 0 && (await pointed.innerText()).includes('Position doubtful');
  });
  // A second report bears it out.
  await tell(43.3501, 76.9, begun + 9_000);
  await page.goto(`${hub.url}/boards/units`);
  await row.waitFor();
  await until('the doubt is gone', async () => (await row.getByText('Position doubtful').count()) === 0);
  expect([seen.errors, seen.outside]).toEqual([[], []]);
  await seen.context.close();
}, LONG_MS);
