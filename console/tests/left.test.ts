// What somebody was writing when they left the screen, or an alarm took them away: it is there when they come back.
import type { Locator, Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { faults } from './world/accessible';
import { open, signIn } from './world/browser';
import { Caller } from './world/caller';
import { browser, hub, stage } from './world/stage';

stage();

/** As a link of the page leads: without a new page. */
const go = (page: Page, to: string) => page.locator(`a[href="${to}"]`).first().click();

test('changed contacts are there after an alarm, after another screen and after a reload, until they are recorded', async () => {
  const officer = await Caller.of(hub);
  const seen = await open(browser, hub, { language: 'en', at: '/shift' });
  const { page } = seen;
  await signIn(page);
  await page.getByRole('button', { name: 'Open the shift' }).click();
  await page.locator('tr[data-check=contacts]', { hasText: 'ambulance' }).first().getByRole('button', { name: 'changed' }).click();
  const form = page.locator('[data-contacts=ambulance]');
  const number = form.getByLabel('Number, frequency, address').first();
  await form.getByLabel('Whose').or(form.locator('input').first()).first().fill('Senior doctor');
  await number.fill('+7 727 103 00 01');
  const card = await officer.call('Мужчина упал, без сознания, не дышит', 'площадь Республики, 1', 43.2384, 76.9453, 40, 'ru');
  await page.locator(`[data-alarm="${card}"]`).waitFor();
  await page.keyboard.press('F2');
  await page.locator(`article[data-incident="${card}"]`).waitFor();
  const isKept = async () => {
    await form.waitFor();
    expect([await form.locator('input').first().inputValue(), await number.inputValue()]).toEqual(['Senior doctor', '+7 727 103 00 01']);
  };
  await go(page, '/shift');
  await isKept();
  await page.reload();
  await isKept();
  expect(await faults(page)).toEqual([]);
  await number.press('Enter');
  await form.waitFor({ state: 'detached' });
  await go(page, '/desk');
  await page.locator('.queue').waitFor();
  await go(page, '/shift');
  await page.locator('tr[data-check]').first().waitFor();
  expect(await form.count(), 'what was recorded is no draft').toBe(0);
  expect(seen.errors).toEqual([]);
  await seen.context.close();
});

interface Form {
  form: string;
  at: (id: string) => string;
  /** What is on the screen when its keys work. */
  ready: string;
  key: string;
  /** Its fields, and what is written into each. */
  written: [field: (dialog: Locator) => Locator, text: string][];
}

const on = (id: string) => `/desk/${id}`;
const forms: Form[] = [
  {
    form: 'a directive',
    at: () => '/directives',
    ready: '.directives',
    key: 'n',
    written: [
      [(dialog) => dialog.getByLabel('Office of its author'), 'Head of the department'],
      [(dialog) => dialog.getByLabel('Text of the directive'), 'Bring the mudflow posts\nto readiness'],
      [(dialog) => dialog.locator('input[type=number]'), '45'],
    ],
  },
  {
    form: 'a report of the situation',
    at: () => '/situation',
    ready: '[data-summaries], .situation, h1',
    key: 'n',
    written: [[(dialog) => dialog.locator('#report textarea'), 'The water at the post is rising']],
  },
  { form: 'more forces', at: on, ready: 'article footer', key: 'f', written: [[(dialog) => dialog.locator('#more-forces select').first(), 'police'], [(dialog) => dialog.locator('#more-forces input[type=number]'), '3']] },
  { form: 'answers', at: on, ready: 'article footer', key: 'q', written: [[(dialog) => dialog.locator('textarea[name=words]'), 'Внутри двое детей']] },
  { form: 'figures', at: on, ready: 'article footer', key: 's', written: [[(dialog) => dialog.locator('input[name=injured]'), '4']] },
  { form: 'closing', at: on, ready: 'article footer', key: 'x', written: [[(dialog) => dialog.locator('#closing input:not([type=radio])'), 'A wrong number']] },
  { form: 'joining cards', at: on, ready: 'article footer', key: 'd', written: [[(dialog) => dialog.getByLabel('Reason'), 'The same fire, told twice']] },
  { form: 'a mode', at: on, ready: 'article footer', key: 'Shift+M', written: [[(dialog) => dialog.getByLabel('Reason').first(), 'Floods are expected']] },
];

test('what was written into a dialog is there after it was put away, after another screen and after a reload', async () => {
  const officer = await Caller.of(hub);
  const id = await officer.call('Горит сарай', 'улица Жандосова, 34', 43.2281, 76.8872, 40, 'ru');
  const seen = await open(browser, hub, { language: 'en', at: '/profile' });
  const { page } = seen;
  await signIn(page);
  const dialog = page.getByRole('dialog');
  for (const { form, at, ready, key, written } of forms) {
    const reach = async () => {
      await page.locator(ready).first().waitFor();
      await page.locator('.shell:not(.stale)').waitFor();
      await page.keyboard.press(key);
      await written[0]![0](dialog).waitFor();
    };
    const isKept = async (when: string) => {
      const texts = [];
      for (const [field] of written) texts.push(await field(dialog).inputValue());
      expect(texts, `${form}: ${when}`).toEqual(written.map(([, text]) => text));
    };
    await page.goto(hub.url + at(id));
    await reach();
    for (const [field, text] of written) {
      if ((await field(dialog).evaluate((one) => one.tagName)) === 'SELECT') await field(dialog).selectOption(text);
      else await field(dialog).fill(text);
    }
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    await go(page, '/profile');
    await page.locator('.profile').waitFor();
    await page.goBack();
    await reach();
    await isKept('another screen');
    await page.reload();
    await reach();
    await isKept('a reload');
  }
  expect(seen.errors).toEqual([]);
  await seen.context.close();
}, 240_000);

test('settings that were being changed are there again, with what a colleague saved meanwhile, and can be thrown away', async () => {
  const administrator = await Caller.of(hub, 'administrator');
  const seen = await open(browser, hub, { language: 'en', at: '/administration/settings' });
  const { page } = seen;
  await signIn(page, 'administrator');
  const hold = page.locator('#settings input[type=number]').nth(0);
  const stale = page.locator('#settings input[type=number]').nth(1);
  await hold.waitFor();
  const [held, old] = [await hold.inputValue(), Number(await stale.inputValue())];
  await hold.fill('77');
  const certify = page.locator('#settings input[type=checkbox]').last();
  await certify.check();
  await go(page, '/profile');
  await page.locator('.profile').waitFor();
  const response = await fetch(`${hub.url}/api/v1/settings?region=75`, { headers: { authorization: `Bearer ${administrator.token}` } });
  const now = (await response.json()) as object;
  await administrator.ask('PUT', '/settings?region=75', { ...now, stale_position: old + 60 }, { 'If-Match': response.headers.get('etag')! });
  await page.goBack();
  await page.locator('[data-unsent]').waitFor();
  expect([await hold.inputValue(), await stale.inputValue(), await certify.isChecked()]).toEqual(['77', String(old + 60), true]);
  expect(await page.locator('[data-theirs] tr[data-field]').count()).toBe(1);
  expect(await faults(page)).toEqual([]);
  await page.locator('[data-unsent] button').click();
  expect([await hold.inputValue(), await certify.isChecked(), await page.locator('[data-unsent], [data-theirs]').count()]).toEqual([held, false, 0]);
  await hold.fill('78');
  await page.locator('#settings footer button').click();
  await page.locator('#settings footer [role=status]').waitFor();
  await page.reload();
  await hold.waitFor();
  expect([await hold.inputValue(), await page.locator('[data-unsent]').count()]).toEqual(['78', 0]);
  expect(seen.errors).toEqual([]);
  await seen.context.close();
});

test('changes of the response plans, and the row that is open, are there again until they are put in force or thrown away', async () => {
  const seen = await open(browser, hub, { language: 'en', at: '/administration/plans' });
  const { page } = seen;
  await signIn(page, 'administrator');
  const row = (nth: number) => page.locator('tbody tr', { hasText: 'Building fire' }).nth(nth).locator('button');
  const dialog = page.getByRole('dialog');
  const count = dialog.getByLabel('Count', { exact: true });
  await row(0).click();
  await count.fill('14');
  await page.keyboard.press('Enter');
  await page.getByText('rows come: 1, rows gone: 1').waitFor();
  await row(2).click();
  await count.fill('15');
  await go(page, '/profile');
  await page.locator('.profile').waitFor();
  for (const again of [false, true]) {
    if (again) await page.reload();
    else await page.goBack();
    await dialog.waitFor();
    expect(await count.inputValue()).toBe('15');
    await page.getByText('rows come: 1, rows gone: 1').waitFor();
    expect(await page.locator('[data-unsent]').count()).toBe(1);
  }
  await page.keyboard.press('Escape');
  await page.keyboard.press('n');
  await count.fill('16');
  await page.reload();
  await dialog.waitFor();
  expect(await count.inputValue()).toBe('16');
  expect(await faults(page)).toEqual([]);
  await page.keyboard.press('Escape');
  await page.locator('[data-unsent] button').click();
  await page.reload();
  await row(0).waitFor();
  expect([await dialog.count(), await page.locator('[data-unsent]').count(), await page.getByText('rows come').count()]).toEqual([0, 0, 0]);
  expect(seen.errors).toEqual([]);
  await seen.context.close();
});
