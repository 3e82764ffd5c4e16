// What is written as part of an exercise says so where it is written, where it is read, and in the hub.
import { expect, test } from 'vitest';
import { faults } from './world/accessible';
import { DISPATCHER, hire, PHONE, signInAs } from './world/agency';
import { open, signIn, type Language } from './world/browser';
import { Caller } from './world/caller';
import { browser, hub, stage } from './world/stage';
import { until } from './world/until';

const MARKS: [Language, string][] = [['kk', 'ОҚУ-ЖАТТЫҒУ'], ['ru', 'УЧЕНИЯ'], ['en', 'EXERCISE']];
let officer: Caller;

stage({}, async () => {
  await hire(await Caller.of(hub, 'administrator'));
  officer = await Caller.of(hub);
});

interface Told {
  text: string;
  exercise: boolean;
}
const told = async (what: string, text: string): Promise<boolean | undefined> => (await officer.ask<{ items: Told[] }>('GET', `/${what}?region=75`)).items.find((one) => one.text === text)?.exercise;

test.each(MARKS)('a directive and a report of an officer, in %s', async (language, mark) => {
  const seen = await open(browser, hub, { language, at: '/directives' });
  const { page } = seen;
  await signIn(page);
  await page.locator('.directives').waitFor();
  await page.keyboard.press('n');
  const dialog = page.getByRole('dialog');
  await dialog.locator('input[data-first]').fill('Бастық');
  await dialog.locator('input').nth(1).fill('С. Нұрланов');
  await dialog.locator('textarea').first().fill(`Directive ${language}`);
  await dialog.locator('input[value=ambulance]').check();
  await dialog.locator('input[name=exercise]').check();
  expect(await faults(page)).toEqual([]);
  await dialog.locator('footer .primary').click();
  await dialog.waitFor({ state: 'detached' });
  const directive = page.locator('article[data-directive]', { hasText: `Directive ${language}` });
  expect(await directive.locator('[data-exercise]').innerText()).toContain(mark);
  expect(await told('directives', `Directive ${language}`)).toBe(true);

  await page.goto(`${hub.url}/situation`);
  await page.locator('h1').waitFor();
  await page.keyboard.press('n');
  for (const exercise of [true, false]) {
    const text = `Report ${language} ${exercise}`;
    if (!exercise) await page.keyboard.press('n');
    await dialog.locator('textarea').fill(text);
    // It was sent: the next one is real until somebody says otherwise.
    expect(await dialog.locator('input[name=exercise]').isChecked()).toBe(false);
    await dialog.locator('input[name=exercise]').setChecked(exercise);
    await dialog.locator('footer .primary').click();
    await dialog.waitFor({ state: 'detached' });
    const report = page.locator('article[data-report]', { hasText: text });
    await report.waitFor();
    expect(await report.locator('[data-exercise]').count()).toBe(exercise ? 1 : 0);
    expect(await told('reports', text)).toBe(exercise);
  }
  expect(seen.errors).toEqual([]);
  await seen.context.close();
});

test('an emergency and a change of the situation that a service tells, and the letter of an exercise', async () => {
  const seen = await open(browser, hub, { ...PHONE, language: 'ru', at: '/agency/reports' });
  const { page } = seen;
  await signInAs(page, DISPATCHER.name, DISPATCHER.password);
  await page.goto(`${hub.url}/agency/reports`);
  const emergency = page.locator('[data-emergency]');
  await emergency.locator('textarea').fill('Перевернулся автобус, много пострадавших');
  await emergency.locator('input[name=address]').fill('Капшагайская трасса, 20 км');
  await emergency.locator('input[name=exercise]').check();
  await page.reload();
  expect(await emergency.locator('input[name=exercise]').isChecked(), 'kept with what is written').toBe(true);
  await emergency.locator('button.danger').click();
  await emergency.getByRole('status').waitFor();
  const cards = async () => (await officer.ask<{ items: { exercise: boolean }[] }>('GET', '/incidents?region=75&limit=20')).items;
  await until('the card of it', async () => (await cards()).length > 0);
  expect((await cards()).map((one) => one.exercise)).toEqual([true]);

  const situation = page.locator('form.sheet', { has: page.locator('select option[value=radiation]') }).first();
  await situation.locator('textarea').fill('Уровень воды вырос');
  await situation.locator('input[name=exercise]').check();
  await situation.locator('button.primary').click();
  await situation.getByRole('status').waitFor();
  await until('the report of it', async () => (await told('reports', 'Уровень воды вырос')) === true);

  await page.goto(`${hub.url}/agency/known`);
  const letter = page.locator('article', { hasText: 'Directive ru' });
  await letter.waitFor();
  expect(await letter.locator('[data-exercise]').innerText()).toContain('УЧЕНИЯ');
  expect(await faults(page)).toEqual([]);

  const desk = await open(browser, hub, { language: 'kk', at: '/desk' });
  await signIn(desk.page);
  expect(await desk.page.locator('[data-forwarded]').first().locator('[data-exercise]').innerText()).toContain('ОҚУ-ЖАТТЫҒУ');
  expect(seen.errors).toEqual([]);
  await desk.context.close();
  await seen.context.close();
});
