// The whole life of an incident, by keyboard alone: the call, the early notice, the forces, the answers, the end.
import { expect, test } from 'vitest';
import { open, signIn } from './world/browser';
import { Caller } from './world/caller';
import { reportBuildingFire } from './world/fire';
import { browser, hub, stage } from './world/stage';
import { Typist } from './world/typist';

stage({}, async () => {
  for (const service of ['fire_rescue', 'ambulance', 'police', 'utilities']) hub.agency(service);
});

test('a building fire with casualties: from the first key to forces requested within 20 seconds of human typing', async () => {
  // A place that the region knows from another card.
  await (await Caller.of(hub)).call('Застряли в лифте', 'улица Абая, 10', 43.2401, 76.9512, 20, 'ru');
  const seen = await open(browser, hub, { language: 'ru' });
  const { page } = seen;
  await signIn(page);
  await page.locator('.queue li').first().waitFor();

  const report = await reportBuildingFire(page, new Typist(page));
  console.log(`building fire, first key to forces requested: ${report.keys} keys, ${report.seconds.toFixed(1)} s`);
  expect(report.seconds).toBeLessThanOrEqual(20);

  // Services were told before forces were asked for, and they answer.
  await page.locator('[data-request][data-state=answered]').first().waitFor();
  const told = page.getByRole('region', { name: 'Службы' }).first();
  expect(await told.isVisible()).toBe(true);

  await page.keyboard.press('n');
  await page.keyboard.type('Звено ГДЗС вошло в здание');
  await page.keyboard.press('Enter');
  await page.locator('[aria-label=Хронология]').getByText('Звено ГДЗС вошло в здание').waitFor();
  await page.keyboard.press('Escape');
  await page.locator('h2').first().click();

  await page.keyboard.press('s');
  await page.keyboard.type('0');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Control+A');
  await page.keyboard.type('2');
  await page.keyboard.press('Enter');
  await page.locator('[aria-label=Хронология]').getByText('ранено 2').waitFor();

  await page.keyboard.press('i');
  await page.locator('input[name=standing][value=event]').waitFor();
  await page.keyboard.press('Tab');
  await page.keyboard.type('Признаков ЧС нет');
  await page.getByRole('button', { name: 'Подтвердить' }).focus();
  await page.keyboard.press('Enter');
  await page.locator('[aria-label=Хронология]').getByText('Признаков ЧС нет').waitFor();

  expect(seen.outside).toEqual([]);
  expect(seen.errors).toEqual([]);
  await seen.context.close();
});

test('one key corrects the category, and a person stands above the rule', async () => {
  const caller = await Caller.of(hub);
  const id = await caller.call('Дым из окна, горит квартира', 'проспект Достык, 85', 43.2451, 76.9574, 60, 'ru');
  const seen = await open(browser, hub, { language: 'en', at: `/desk/${id}` });
  const { page } = seen;
  await signIn(page);
  await page.locator('article h2', { hasText: 'Building fire' }).waitFor();
  await page.locator('[aria-label=Category] kbd', { hasText: '1' }).first().waitFor();
  await page.keyboard.press('1');
  await page.locator('article h2', { hasText: 'Smoke' }).waitFor();
  await page.getByText('by duty_officer').waitFor();
  expect(seen.errors).toEqual([]);
  await seen.context.close();
});

test('what another officer does is on this desk without a key, and a threat to life is heard of wherever one is', async () => {
  const caller = await Caller.of(hub);
  const seen = await open(browser, hub, { language: 'en', at: '/shift' });
  const { page } = seen;
  await signIn(page);
  await page.getByText('live', { exact: true }).waitFor();
  const id = await caller.call('Мужчина не дышит, потерял сознание', 'улица Толе би, 59', 43.2549, 76.9412, 40, 'ru');
  const at = performance.now();
  await page.locator(`[data-alarm="${id}"]`).waitFor();
  expect(performance.now() - at, 'milliseconds from the answer to the caller').toBeLessThan(1000);
  await page.keyboard.press('a');
  await page.locator(`[data-incident="${id}"]`).waitFor();
  await page.locator(`[data-alarm="${id}"]`).waitFor({ state: 'detached' });
  // Forces requested by a colleague meanwhile.
  await caller.ask('POST', `/incidents/${id}/forces`, { forces: [] });
  await page.locator('[data-request]').first().waitFor();
  expect(seen.errors).toEqual([]);
  await seen.context.close();
});

test('what is written is kept on the server: a reload loses no letter, and it is the same message', async () => {
  const seen = await open(browser, hub, { language: 'kk', at: '/call' });
  const { page } = seen;
  await signIn(page);
  await page.locator('textarea[name=text]').fill('Көлік суға құлады, ішінде екі адам');
  await page.locator('input[name=number]').fill('8 777 000 11 22');
  await page.locator('[data-kept=kept]').waitFor();
  await page.reload();
  await expect.poll(() => page.locator('textarea[name=text]').inputValue()).toBe('Көлік суға құлады, ішінде екі адам');
  expect(await page.locator('input[name=number]').inputValue()).toBe('8 777 000 11 22');
  await page.locator('textarea[name=text]').focus();
  await page.keyboard.press('Control+Enter');
  await page.locator('article[data-incident]').waitFor();
  await page.goto(`${hub.url}/call`);
  await page.locator('textarea[name=text]').waitFor();
  expect(await page.locator('textarea[name=text]').inputValue(), 'what is sent lets its draft go').toBe('');
  expect(seen.errors).toEqual([]);
  await seen.context.close();
});
