// What becomes of cards: joined, split, gathered under a major incident, closed and opened again; by keys, against a real hub.
import { expect, test } from 'vitest';
import { open, signIn } from './world/browser';
import { Caller } from './world/caller';
import { browser, hub, stage } from './world/stage';
import { until } from './world/until';

interface Card {
  status: string;
  messages: { id: string }[];
  links: [string, string][];
  requests: Record<string, unknown>;
  subject: string;
}

let officer: Caller;
const card = (id: string) => officer.ask<Card>('GET', `/incidents/${id}`);

stage({}, async () => {
  officer = await Caller.of(hub);
});

test('Enter is about the card in sight, however it was opened: by a link, or by acknowledging an alarm', async () => {
  const waiting = await officer.call('Мужчина упал, без сознания, не дышит', 'площадь Республики, 1', 43.2384, 76.9453, 40, 'ru');
  const linked = await officer.call('Пахнет газом в подъезде', 'улица Тимирязева, 71', 43.2262, 76.9051, 90, 'ru');
  const seen = await open(browser, hub, { language: 'en', at: `/desk/${linked}` });
  const { page } = seen;
  await signIn(page);
  await page.locator('.need').first().waitFor();
  expect(await page.locator(`[data-row="${waiting}"]`).count(), 'a more urgent card waits above it').toBe(1);
  await page.keyboard.press('Enter');
  await page.locator('[data-request]').first().waitFor();
  expect(new URL(page.url()).pathname).toBe(`/desk/${linked}`);
  expect(Object.keys((await card(waiting)).requests)).toEqual([]);

  await page.locator(`[data-alarm="${waiting}"]`).waitFor();
  await page.keyboard.press('a');
  await page.locator(`article[data-incident="${waiting}"] .need`).first().waitFor();
  await page.keyboard.press('Enter');
  await until('forces are asked for', async () => Object.keys((await card(waiting)).requests).length > 0);
  expect(seen.errors).toEqual([]);
  await seen.context.close();
});

test('a wave whose answer was lost is seen to have gone', async () => {
  const id = await officer.call('Горит квартира, внутри люди, много дыма', 'улица Навои, 208', 43.2151, 76.8702, 40, 'ru');
  const seen = await open(browser, hub, { language: 'en', at: `/desk/${id}` });
  const { page } = seen;
  await signIn(page);
  await page.locator('.need').first().waitFor();
  await page.route(
    `**/incidents/${id}/forces`,
    async (route) => {
      await route.fetch();
      await route.abort();
    },
    { times: 1 },
  );
  await page.keyboard.press('Enter');
  await page.locator('[data-request]').first().waitFor();
  await page.getByText('It is not known whether it was done').waitFor({ state: 'detached' });
  expect(Object.keys((await card(id)).requests).length).toBeGreaterThan(0);
  expect(seen.errors).toEqual([]);
  await seen.context.close();
});

test('two cards of the same are made one, and a message that was joined wrongly is split off again', async () => {
  const kept = await officer.call('Провалился лёд, человек в воде', 'озеро Сайран', 43.2402, 76.8651, 100, 'ru');
  const other = await officer.call('Мұз жарылып кетті, адам суда', 'Сайран көлі', 43.2449, 76.8702, 100, 'kk');
  expect(other, 'the hub leaves these two to a person').not.toBe(kept);
  const seen = await open(browser, hub, { language: 'en', at: `/desk/${kept}` });
  const { page } = seen;
  await signIn(page);
  await page.locator('article footer').waitFor();
  await page.keyboard.press('d');
  const confirm = page.getByRole('button', { name: 'Confirm' });
  await page.locator('[data-other]').first().waitFor();
  expect(await confirm.isDisabled(), 'nothing is chosen for the officer').toBe(true);
  await page.keyboard.type('Сайран');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Space');
  await page.keyboard.press('Enter');
  await until('one card holds both messages', async () => (await card(kept)).messages.length === 2);
  expect((await card(other)).status).toBe('merged');

  await page.getByRole('button', { name: 'Split off' }).last().click();
  await page.keyboard.type('Another man, on the other shore');
  await page.keyboard.press('Enter');
  await until('the message has a card of its own', async () => (await card(kept)).messages.length === 1);
  expect(seen.errors).toEqual([]);
  await seen.context.close();
});

test('of a card about which many have called every message is there: the first, the newest, and those between when asked for', async () => {
  let id = '';
  for (let n = 0; n < 34; n++) id = await officer.call(`Горит склад, идёт чёрный дым, ряд ${n}.`, 'улица Суюнбая, 66', 43.2811, 76.9412, 40, 'ru');
  const seen = await open(browser, hub, { language: 'en', at: `/desk/${id}` });
  const { page } = seen;
  await signIn(page);
  await page.locator('[data-between="4"] button').click();
  await page.locator('[data-between]').waitFor({ state: 'detached' });
  const said = page.locator('section[aria-label="Facts"] li p');
  await until('each stands on the card, in order', async () => {
    const rows = (await said.allTextContents()).map((text) => /ряд (\d+)\./.exec(text)?.[1]);
    return rows.join() === Array.from({ length: 34 }, (_, n) => String(n)).join();
  });
  expect((await card(id)).messages.length).toBe(30);

  await page.getByRole('button', { name: 'Split off' }).nth(11).click();
  await page.keyboard.type('Another warehouse');
  await page.keyboard.press('Enter');
  await until('the one between is taken off, and the others stay', async () => {
    const rows = (await said.allTextContents()).map((text) => /ряд (\d+)\./.exec(text)?.[1]);
    return rows.length === 33 && !rows.includes('11') && rows.includes('10') && rows.includes('12');
  });
  expect(seen.errors).toEqual([]);
  await seen.context.close();
});

test('cards are gathered under a major incident and let go again', async () => {
  const major = await officer.call('Жер сілкінісі, үй құлады', 'Жандосов көшесі, 5', 43.2201, 76.8902, 200, 'kk');
  const part = await officer.call('Застряли в лифте, темно', 'микрорайон Таугуль, 12', 43.2103, 76.8604, 50, 'ru');
  const seen = await open(browser, hub, { language: 'en', at: `/desk/${major}` });
  const { page } = seen;
  await signIn(page);
  await page.locator('article footer').waitFor();
  await page.keyboard.press('d');
  await page.getByLabel('this is the major incident, the other a part of it').check();
  await page.locator(`[data-other="${part}"] input`).check();
  await page.getByRole('button', { name: 'Confirm' }).click();
  await until('the part knows its major incident', async () => (await card(part)).links.some(([how, to]) => how === 'child_of' && to === major));
  await page.locator('[aria-label="Like this one"], article').getByRole('button', { name: 'Take the link away' }).click();
  await until('the link is gone', async () => (await card(part)).links.length === 0);
  expect(seen.errors).toEqual([]);
  await seen.context.close();
});

test('a card that was set aside is opened again with a reason, and says what the message is about', async () => {
  const id = await officer.call('Ошибся номером', 'улица Гоголя, 1', 43.2601, 76.9502, 50, 'ru');
  const seen = await open(browser, hub, { language: 'en', at: `/desk/${id}` });
  const { page } = seen;
  await signIn(page);
  await page.locator('article footer').waitFor();
  await page.keyboard.press('c');
  await page.getByLabel('What the message is about').selectOption('precondition');
  await page.keyboard.press('Control+Enter');
  await until('the subject is set', async () => (await card(id)).subject === 'precondition');
  await page.keyboard.press('Escape');
  await page.keyboard.press('x');
  // Nobody was sent: it is said, and one key too many ends nothing.
  await page.locator('[data-came=nobody]').waitFor();
  expect(await page.locator('input[name=outcome]:checked').count()).toBe(0);
  await page.keyboard.press('Enter');
  expect(await page.locator('form#closing').evaluate((form) => (form as HTMLFormElement).checkValidity())).toBe(false);
  expect((await card(id)).status).toBe('open');
  await page.locator('input[name=outcome][value=set_aside]').check();
  await page.getByLabel('Reason').fill('A wrong number');
  await page.keyboard.press('Enter');
  await until('it is closed', async () => (await card(id)).status === 'closed');
  await page.getByLabel('Why the card is opened again').fill('The caller rang again: smoke');
  await page.keyboard.press('Enter');
  await until('it is open', async () => (await card(id)).status === 'open');
  await page.locator(`[data-row="${id}"]`).waitFor();
  expect(seen.errors).toEqual([]);
  await seen.context.close();
});

test('a message that joins a card stands out in the queue until somebody has looked', async () => {
  const id = await officer.call('Горит квартира на третьем этаже, внутри люди', 'улица Абая, 150', 43.2391, 76.8902, 80, 'ru');
  const elsewhere = await officer.call('Собака покусала ребёнка', 'улица Сейфуллина, 400', 43.2701, 76.9302, 80, 'ru');
  const seen = await open(browser, hub, { language: 'en', at: `/desk/${elsewhere}` });
  const { page } = seen;
  await signIn(page);
  await page.locator(`[data-row="${id}"]`).waitFor();
  expect(await page.locator(`[data-row="${id}"] [data-news]`).count()).toBe(0);
  const again = await officer.call('Горит квартира на третьем этаже, внутри люди, Абая 150', 'улица Абая, 150', 43.2391, 76.8902, 80, 'ru');
  expect(again, 'the rule joins what is the same').toBe(id);
  await page.locator(`[data-row="${id}"] [data-news="1"]`).waitFor();
  await page.locator(`[data-row="${id}"] button`).click();
  await page.locator(`article[data-incident="${id}"]`).waitFor();
  await page.locator(`[data-row="${id}"] [data-news]`).waitFor({ state: 'detached' });
  expect(seen.errors).toEqual([]);
  await seen.context.close();
});
