// Two officers decide about one card at once: the second is shown what the first did, keeps what was written, and confirms
// again over the newest card. No dialog is a dead end.
import type { Locator, Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { faults } from './world/accessible';
import { open, signIn } from './world/browser';
import { Caller } from './world/caller';
import { browser, hub, stage } from './world/stage';
import { until } from './world/until';

interface Card {
  version: number;
  status: string;
  subject: string;
  messages: unknown[];
  consequences: { figures: { dead: number; disrupted: number } }[];
  locations: { location: { address?: string } }[];
  legal: { standing: string; basis: string }[];
  categories: { code: string }[];
  answers?: { text: string; answers: Record<string, unknown> }[];
}

let colleague: Caller;

const card = (id: string) => colleague.ask<Card>('GET', `/incidents/${id}`);
const change = async (id: string, method: string, part: string, body: object) => {
  const { version } = await card(id);
  await colleague.ask(method, `/incidents/${id}/${part}`, body, { 'if-match': `"${version}"` });
};

stage({}, async () => {
  colleague = await Caller.of(hub);
});

interface Case {
  dialog: string;
  call: [text: string, address: string, lat: number, lon: number];
  key: string;
  write: (page: Page) => Promise<void>;
  meanwhile: (id: string) => Promise<unknown>;
  /** What is shown of it: field, and what it is now. */
  shows: [field: string, now: RegExp];
  /** What was written is still there. */
  kept: (page: Page) => Promise<void>;
  /** Where it is not the dialog's own button. */
  confirm?: (dialog: Locator) => Locator;
  holds: (now: Card) => boolean;
}

const cases: Case[] = [
  {
    dialog: 'consequences',
    call: ['Горит склад, есть пострадавшие', 'улица Рыскулова, 57', 43.2731, 76.9012],
    key: 's',
    write: async (page) => {
      await page.getByLabel('Dead', { exact: true }).fill('2');
      await page.getByLabel('Injured', { exact: true }).fill('0');
    },
    meanwhile: (id) => change(id, 'PUT', 'consequences', { dead: 0, injured: 0, affected: 0, disrupted: 40, damage_tenge: 0, extent: null }),
    shows: ['disrupted', /40/],
    kept: async (page) => expect(await page.getByLabel('Dead', { exact: true }).inputValue()).toBe('2'),
    holds: (now) => now.consequences.at(-1)?.figures.dead === 2 && now.consequences.at(-1)?.figures.disrupted === 40,
  },
  {
    dialog: 'the place',
    call: ['Запах газа в подъезде', 'улица Тимирязева, 71', 43.2262, 76.9051],
    key: 'l',
    write: (page) => page.getByLabel('Address or landmark').fill('улица Тимирязева, 71, подъезд 3'),
    meanwhile: (id) => change(id, 'PUT', 'location', { source: 'officer', address: 'улица Тимирязева, 73', fix: { point: { lat: 43.2263, lon: 76.9052 }, uncertainty: { shape: 'circle', radius_m: 20 } } }),
    shows: ['address', /73/],
    kept: async (page) => expect(await page.getByLabel('Address or landmark').inputValue()).toBe('улица Тимирязева, 71, подъезд 3'),
    holds: (now) => now.locations.at(-1)?.location.address === 'улица Тимирязева, 71, подъезд 3',
  },
  {
    dialog: 'event or emergency',
    call: ['Провалился лёд, человек в воде', 'озеро Сайран', 43.2402, 76.8651],
    key: 'i',
    write: (page) => page.locator('#identify textarea').fill('Told by the crew'),
    meanwhile: (id) => change(id, 'POST', 'identification', { standing: 'ignition_not_counted', basis: 'Order 240' }),
    shows: ['standing', /./],
    kept: async (page) => expect(await page.locator('#identify textarea').inputValue()).toBe('Told by the crew'),
    holds: (now) => now.legal.at(-1)?.basis === 'Told by the crew',
  },
  {
    dialog: 'closing',
    call: ['Горит мусорный контейнер', 'улица Абая, 150', 43.2391, 76.8902],
    key: 'x',
    write: async (page) => {
      await page.locator('input[name=outcome][value=set_aside]').check();
      await page.getByLabel('Reason').fill('Burnt out');
    },
    meanwhile: () => colleague.call('Горит мусорный контейнер, огонь идёт на гараж', 'улица Абая, 150', 43.2391, 76.8902, 80, 'ru'),
    shows: ['last', /гараж/],
    kept: async (page) => expect(await page.getByLabel('Reason').inputValue()).toBe('Burnt out'),
    holds: (now) => now.status === 'closed',
  },
  {
    dialog: 'the category',
    call: ['Собака покусала ребёнка', 'улица Сейфуллина, 400', 43.2701, 76.9302],
    key: 'c',
    write: (page) => page.getByLabel('Search the categories').waitFor(),
    meanwhile: (id) => change(id, 'PUT', 'category', { code: 'building_fire' }),
    shows: ['category', /./],
    kept: async () => {},
    confirm: (dialog) => dialog.locator('ul button').nth(3),
    holds: () => true,
  },
];

describe('a colleague changes the card while its dialog is open', () => {
  test.each(cases)('$dialog', async ({ call: [text, address, lat, lon], key, write, meanwhile, shows, kept, confirm = (dialog) => dialog.locator('footer button.primary'), holds }) => {
    const id = await colleague.call(text, address, lat, lon, 80, 'ru');
    const seen = await open(browser, hub, { language: 'en', at: `/desk/${id}` });
    const { page } = seen;
    await signIn(page);
    await page.locator('article footer').waitFor();
    await page.keyboard.press(key);
    const dialog = page.getByRole('dialog');
    await dialog.waitFor();
    await write(page);
    await meanwhile(id);
    await confirm(dialog).click();
    const theirs = dialog.locator('[data-theirs]');
    await theirs.waitFor();
    const [field, now] = shows;
    expect(await theirs.locator(`[data-field=${field}] td`).nth(1).innerText()).toMatch(now);
    await kept(page);
    expect(await faults(page)).toEqual([]);
    await confirm(dialog).click();
    await dialog.waitFor({ state: 'detached' });
    await until('what was decided is on the card', async () => holds(await card(id)));
    expect(seen.errors).toEqual([]);
    await seen.context.close();
  });
});

test('figures that were typed when another card had to be opened are there afterwards', async () => {
  const id = await colleague.call('Обрушилась стена, есть погибшие', 'улица Сатпаева, 22', 43.2371, 76.9252, 80, 'ru');
  const seen = await open(browser, hub, { language: 'en', at: `/desk/${id}` });
  const { page } = seen;
  await signIn(page);
  await page.locator('article footer').waitFor();
  await page.keyboard.press('s');
  await page.getByLabel('Dead', { exact: true }).fill('3');
  await colleague.call('Мужчина упал, без сознания, не дышит', 'площадь Республики, 1', 43.2384, 76.9453, 40, 'ru');
  await page.locator('[data-alarm]').waitFor();
  await page.keyboard.press('F2');
  await page.locator(`article[data-incident]:not([data-incident="${id}"])`).waitFor();
  await page.locator(`[data-row="${id}"] button`).click();
  await page.locator(`article[data-incident="${id}"] footer`).waitFor();
  await page.keyboard.press('s');
  expect(await page.getByLabel('Dead', { exact: true }).inputValue()).toBe('3');
  expect(seen.errors).toEqual([]);
  await seen.context.close();
});

test('a place that is being corrected waits through an alarm and a reload, shows what a colleague did to it meanwhile, and can be thrown away', async () => {
  const id = await colleague.call('Запах дыма на лестнице', 'улица Жандосова, 58', 43.2281, 76.8841, 80, 'ru');
  const seen = await open(browser, hub, { language: 'en', at: `/desk/${id}` });
  const { page } = seen;
  await signIn(page);
  await page.locator('article footer').waitFor();
  await page.keyboard.press('l');
  const dialog = page.getByRole('dialog');
  const address = page.getByLabel('Address or landmark');
  await address.fill('улица Жандосова, 58, подъезд 2');
  await page.getByLabel('Accuracy').fill('25');
  const life = await colleague.call('Мужчина упал, без сознания, не дышит', 'улица Толе би, 59', 43.2551, 76.9353, 40, 'ru');
  await page.locator(`[data-alarm="${life}"]`).waitFor();
  await page.keyboard.press('F2');
  await page.locator(`article[data-incident="${life}"]`).waitFor();
  await dialog.waitFor({ state: 'detached' });
  await change(id, 'PUT', 'location', { source: 'officer', address: 'улица Жандосова, 60', fix: { point: { lat: 43.2282, lon: 76.8842 }, uncertainty: { shape: 'circle', radius_m: 20 } } });
  await page.locator(`[data-row="${id}"] button`).click();
  await page.locator(`article[data-incident="${id}"] footer`).waitFor();
  for (const again of [false, true]) {
    if (again) await page.reload();
    await page.locator(`article[data-incident="${id}"] footer`).waitFor();
    await page.keyboard.press('l');
    await dialog.locator('[data-unsent]').waitFor();
    expect(await address.inputValue()).toBe('улица Жандосова, 58, подъезд 2');
    expect(await page.getByLabel('Accuracy').inputValue()).toBe('25');
    expect(await dialog.locator('[data-theirs] [data-field=address] td').nth(1).innerText()).toBe('улица Жандосова, 60');
  }
  expect(await faults(page)).toEqual([]);
  await dialog.locator('[data-unsent] button').click();
  expect(await address.inputValue()).toBe('улица Жандосова, 60');
  expect(await dialog.locator('[data-unsent], [data-theirs]').count()).toBe(0);
  await address.fill('улица Жандосова, 60, подъезд 2');
  await dialog.locator('footer button.primary').click();
  await dialog.waitFor({ state: 'detached' });
  await until('the place is on the card', async () => (await card(id)).locations.at(-1)?.location.address === 'улица Жандосова, 60, подъезд 2');
  await page.keyboard.press('l');
  await dialog.waitFor();
  expect(await dialog.locator('[data-unsent]').count(), 'what was saved is no draft').toBe(0);
  expect(seen.errors).toEqual([]);
  await seen.context.close();
});

interface Closed {
  dialog: string;
  call: [text: string, address: string, lat: number, lon: number];
  key: string;
  write: (page: Page, dialog: Locator) => Promise<void>;
  kept: (page: Page, dialog: Locator) => Promise<void>;
  /** Where it is seen, on the card, that it was done. */
  holds: (now: Card) => boolean;
}

const closed: Closed[] = [
  {
    dialog: 'connecting',
    call: ['Прорвало трубу, вода на дороге', 'улица Розыбакиева, 110', 43.2301, 76.8922],
    key: 'd',
    write: async (page, dialog) => {
      await dialog.locator('input[value=same]').check();
      await page.getByLabel('Reason').fill('One and the same pipe');
      await dialog.locator('[data-other] input').first().check();
    },
    kept: async (page, dialog) => {
      expect(await page.getByLabel('Reason').inputValue()).toBe('One and the same pipe');
      expect(await dialog.locator('[data-other] input:checked').count()).toBe(1);
    },
    holds: (now) => now.messages.length === 2,
  },
  {
    dialog: 'answers',
    call: ['Столкнулись две машины', 'улица Байтурсынова, 90', 43.2391, 76.9291],
    key: 'q',
    write: async (_, dialog) => {
      await dialog.locator('textarea[name=words]').fill('The driver cannot get out');
      await dialog.locator('[aria-labelledby=question-trapped] button').first().click();
    },
    kept: async (_, dialog) => {
      expect(await dialog.locator('textarea[name=words]').inputValue()).toBe('The driver cannot get out');
      expect(await dialog.locator('[aria-labelledby=question-trapped] button').first().getAttribute('aria-pressed')).toBe('true');
    },
    holds: (now) => now.answers?.at(-1)?.text === 'The driver cannot get out' && now.answers.at(-1)?.answers['trapped'] === true,
  },
];

// Both rest on no more than that the card goes on: what overtakes them is its end.
test.each(closed)('a colleague closes the card while its dialog is open: $dialog', async ({ call: [text, address, lat, lon], key, write, kept, holds }) => {
  await colleague.call('Двое застряли в лифте', 'улица Розыбакиева, 150', lat + 0.008, lon, 80, 'ru');
  const id = await colleague.call(text, address, lat, lon, 80, 'ru');
  const seen = await open(browser, hub, { language: 'en', at: `/desk/${id}` });
  const { page } = seen;
  await signIn(page);
  await page.locator('article footer').waitFor();
  await page.keyboard.press(key);
  const dialog = page.getByRole('dialog');
  await dialog.waitFor();
  await write(page, dialog);
  await change(id, 'POST', 'close', { outcome: 'set_aside', reason: 'Told by the crew' });
  const confirm = dialog.locator('footer button.primary');
  await confirm.click();
  const theirs = dialog.locator('[data-theirs]');
  await theirs.waitFor();
  expect(await theirs.locator('[data-field=status] td').nth(1).innerText()).toMatch(/closed/i);
  await kept(page, dialog);
  expect(await faults(page)).toEqual([]);
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  await change(id, 'POST', 'reopen', { reason: 'It goes on' });
  await page.locator(`article[data-incident="${id}"] footer`).waitFor();
  await page.reload();
  await page.locator(`article[data-incident="${id}"] footer`).waitFor();
  await page.keyboard.press(key);
  if (key === 'd') await dialog.locator('[data-other] input').first().check();
  await kept(page, dialog);
  await confirm.click();
  await dialog.waitFor({ state: 'detached' });
  await until('what was decided is on the card', async () => holds(await card(id)));
  expect(seen.errors).toEqual([]);
  await seen.context.close();
});
