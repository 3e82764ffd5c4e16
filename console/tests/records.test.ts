// What is written down beside the first message: answers, who was told, look-ups, cards told apart; and the registers that
// the desk keeps, by who may keep them.
import { describe, expect, test } from 'vitest';
import { uuid } from '../src/api/uuid';
import { faults } from './world/accessible';
import { open, signIn, type Theme } from './world/browser';
import { Caller } from './world/caller';
import { browser, hub, stage } from './world/stage';
import { until } from './world/until';

interface Card {
  answers?: { answers: Record<string, unknown>; text: string }[];
  told: { service: string }[];
  guesses: { incident: string }[];
  messages: unknown[];
}

let officer: Caller;
let incident: string;
const card = (id: string) => officer.ask<Card>('GET', `/incidents/${id}`);

stage({}, async () => {
  officer = await Caller.of(hub);
  incident = await officer.call('Горит квартира на третьем этаже', 'улица Жандосова, 34', 43.2281, 76.8872, 60, 'ru');
});

test('the questions go on after the card is open; services are told by hand; a look-up is written down before and after', async () => {
  const seen = await open(browser, hub, { at: `/desk/${incident}` });
  const { page } = seen;
  await signIn(page);
  await page.locator('article footer').waitFor();
  await page.keyboard.press('q');
  const dialog = page.getByRole('dialog');
  await dialog.locator('textarea[name=words]').fill('Соседи говорят, внутри двое детей');
  await dialog.locator('input[name=asked-in][value=kk]').check();
  await dialog.locator('#question-trapped[lang=kk]').waitFor();
  await dialog.locator('#question-trapped').locator('xpath=..').getByRole('button', { name: 'yes' }).click();
  await dialog.getByRole('button', { name: 'Add the answers' }).click();
  await dialog.waitFor({ state: 'detached' });
  const answered = await card(incident);
  expect(answered.answers).toEqual([expect.objectContaining({ text: 'Соседи говорят, внутри двое детей', answers: { trapped: true } })]);
  await page.locator('[data-answered]').getByText('двое детей').waitFor();

  await page.keyboard.press('t');
  const inform = page.locator('[data-inform]');
  await inform.locator('input[value=telecom]').check();
  await inform.getByRole('button', { name: 'Tell 1 Ctrl+Enter' }).waitFor();
  await page.keyboard.press('Control+Enter');
  await inform.waitFor({ state: 'detached' });
  expect((await card(incident)).told.map((one) => one.service)).toContain('telecom');

  await page.keyboard.press('b');
  await page.locator('input[name=asked]').fill('+77011234567');
  await page.locator('input[name=purpose]').fill('Where the caller is');
  await page.keyboard.press('Enter');
  const look = page.locator('[data-lookup]');
  await look.waitFor();
  await look.getByRole('button', { name: 'What it came to' }).click();
  await page.locator('input[name=came]').fill('address, name');
  await page.keyboard.press('Enter');
  await look.getByText('address, name').waitFor();
  expect(seen.errors).toEqual([]);
  await seen.context.close();

  // Whoever answers for it sees all of them.
  const other = await open(browser, hub, { at: '/boards/lookups' });
  await signIn(other.page, 'administrator');
  await other.page.locator('tbody tr', { hasText: '+77011234567' }).getByText('address, name').waitFor();
  await other.context.close();
}, 240_000);

test('additional forces are asked of a service beyond the plan, and it sends them itself', async () => {
  const seen = await open(browser, hub, { at: `/desk/${incident}` });
  const { page } = seen;
  await signIn(page);
  await page.locator('article footer').waitFor();
  await page.keyboard.press('f');
  const dialog = page.getByRole('dialog');
  await dialog.locator('select').first().selectOption('police');
  await dialog.locator('input[type=number]').fill('2');
  await dialog.locator('input[type=number]').press('Enter');
  await dialog.waitFor({ state: 'detached' });
  const { requests } = await officer.ask<{ requests: Record<string, { service: string; act: string; count: number }> }>('GET', `/incidents/${incident}`);
  expect(Object.values(requests).filter((one) => one.service === 'police').map(({ act, count }) => ({ act, count }))).toContainEqual({ act: 'additional', count: 2 });
  expect(seen.errors).toEqual([]);
  await seen.context.close();
}, 240_000);

test('additional forces are asked for although others answer meanwhile; what that service itself was asked for is looked at first', async () => {
  const id = await officer.call('Горит склад, сильное задымление', 'улица Рыскулова, 57', 43.2702, 76.9001, 60, 'ru');
  const forces = (service: string) => officer.ask('POST', `/incidents/${id}/forces`, { forces: [{ act: 'additional', service, count: 1 }] });
  await forces('fire_rescue');
  const seen = await open(browser, hub, { at: `/desk/${id}` });
  const { page } = seen;
  await signIn(page);
  await page.locator('article footer').waitFor();
  const dialog = page.getByRole('dialog');
  const ask = async (meanwhile: string) => {
    await page.keyboard.press('f');
    await dialog.locator('select').first().selectOption('police');
    await forces(meanwhile);
    await dialog.locator('input[type=number]').press('Enter');
  };
  const asked = async () => Object.values((await officer.ask<{ requests: Record<string, { service: string }> }>('GET', `/incidents/${id}`)).requests).filter((one) => one.service === 'police').length;
  await ask('ambulance');
  await dialog.waitFor({ state: 'detached' });
  expect(await asked()).toBe(1);

  await ask('police');
  const theirs = dialog.locator('[data-theirs]');
  await theirs.waitFor();
  expect(await theirs.locator('tr[data-field]').count()).toBe(1);
  expect(await theirs.locator('[data-field="requests.police"] td').nth(1).innerText()).toBe('1 – waiting for an answer, 1 – waiting for an answer');
  expect(await dialog.locator('.problem').innerText(), 'no number of a version').not.toMatch(/\d/);
  expect(await faults(page)).toEqual([]);
  expect(await asked()).toBe(2);
  await dialog.locator('footer .primary').click();
  await dialog.waitFor({ state: 'detached' });
  expect(await asked()).toBe(3);
  expect(seen.errors).toEqual([]);
  await seen.context.close();
}, 240_000);

test('a card that is not the same is told apart, and is not proposed again', async () => {
  const one = await officer.call('Провалился лёд, человек в воде', 'озеро Сайран', 43.2402, 76.8651, 100, 'ru');
  const two = await officer.call('Жарылыс болды, көмек керек', 'Сайран көлі', 43.2425, 76.8668, 100, 'kk');
  const [holder, other] = (await card(two)).guesses.length > 0 ? [two, one] : [one, two];
  expect((await card(holder)).guesses.map((guess) => guess.incident), 'the hub proposes them to a person').toContain(other);
  const seen = await open(browser, hub, { at: `/desk/${holder}` });
  const { page } = seen;
  await signIn(page);
  const guess = page.locator('[aria-label="May be about the same"] li', { has: page.locator(`a[href="/desk/${other}"]`) });
  await guess.getByRole('button', { name: 'Not the same' }).click();
  await guess.waitFor({ state: 'detached' });
  await until('the proposal is gone at the hub too', async () => !(await card(holder)).guesses.some((each) => each.incident === other));
  expect((await card(one)).messages.length + (await card(two)).messages.length).toBe(2);
  await page.getByText('Another card is not the same').waitFor();
  await page.reload();
  await page.locator('article footer').waitFor();
  expect(await guess.count()).toBe(0);
  expect(seen.errors).toEqual([]);
  await seen.context.close();
});

test('a manager enters a rescue formation and takes it off; an officer reads it', async () => {
  const seen = await open(browser, hub, { at: '/boards/formations' });
  const { page } = seen;
  await signIn(page, 'manager');
  await page.locator('.state').waitFor();
  await page.keyboard.press('n');
  const dialog = page.getByRole('dialog');
  await dialog.locator('input[name=name]').fill('Talgar mudflow rescue');
  await dialog.locator('input[name=key]').fill('75-talgar-mudflow');
  await dialog.locator('input[name=owner]').fill('Kazselezashchita');
  await dialog.locator('input[name=people]').fill('24');
  await dialog.getByRole('button', { name: 'Save' }).click();
  const row = page.locator('[data-formation="75-talgar-mudflow"]');
  await row.waitFor();
  const other = await open(browser, hub, { at: '/boards/formations' });
  await signIn(other.page);
  await other.page.getByText('Kazselezashchita').waitFor();
  expect(await other.page.locator('[data-row]').count(), 'an officer changes nothing').toBe(0);
  await other.context.close();
  await row.getByRole('button').click();
  await dialog.getByRole('button', { name: 'Take it off the register' }).click();
  await dialog.getByLabel('Reason').fill('Disbanded');
  await page.keyboard.press('Enter');
  await row.waitFor({ state: 'detached' });
  expect(seen.errors).toEqual([]);
  await seen.context.close();
});

test('the administrator enters an institution in the tree, and a directive names it with the number to call', async () => {
  const seen = await open(browser, hub, { at: '/boards/organisations' });
  const { page } = seen;
  await signIn(page, 'administrator');
  await page.locator('[data-organisation=command_centre]').waitFor();
  await page.keyboard.press('n');
  const dialog = page.getByRole('dialog');
  for (const [field, text] of [['kk', 'Қазселденқорғау'], ['ru', 'Казселезащита'], ['en', 'Kazselezashchita'], ['key', '75-mudflow'], ['duty_number', '+77272500000']] as const) {
    await dialog.locator(`input[name=${field}]`).fill(text);
  }
  await dialog.getByRole('button', { name: 'Save' }).click();
  await page.locator('[data-organisation="75-mudflow"]').getByText('+77272500000').waitFor();

  const other = await open(browser, hub, { at: '/directives' });
  await signIn(other.page);
  await other.page.locator('.directives').waitFor();
  await other.page.keyboard.press('n');
  const directive = other.page.getByRole('dialog');
  await directive.getByLabel('Office of its author').fill('Head of the department');
  await directive.getByLabel('Name', { exact: true }).fill('K. Serikov');
  await directive.getByLabel('Text of the directive').fill('Bring the mudflow posts to readiness');
  await directive.getByLabel('Kazselezashchita').check();
  await directive.getByRole('button', { name: 'Issue to 1' }).click();
  await other.page.getByText('call +77272500000').waitFor();
  expect([...seen.errors, ...other.errors]).toEqual([]);
  await other.context.close();
  await seen.context.close();
});

test('a summary stands as a notice to the level above until somebody is named who was told', async () => {
  const id = uuid();
  await officer.ask('POST', '/situation?region=75', { command: 'summarise', summary: id, text: 'The moraine lake is filling', reports: [] });
  const open_ = async () => (await officer.ask<{ items: { summary?: string }[] }>('GET', '/notices?region=75&open=true')).items.filter((one) => one.summary === id).length;
  expect(await open_()).toBe(1);
  const seen = await open(browser, hub);
  await signIn(seen.page);
  const notice = seen.page.locator('[data-notice]');
  await notice.getByText('The moraine lake is filling').waitFor();
  await notice.getByText('Command Centre', { exact: false }).waitFor();
  // Enter is of the field, and is said only while the field has the focus.
  await notice.getByRole('button', { name: 'Told F9' }).waitFor();
  await seen.page.keyboard.press('F9');
  await notice.getByRole('button', { name: 'Told Enter' }).waitFor();
  await seen.page.keyboard.type('K. Omarov');
  await seen.page.keyboard.press('Enter');
  await until('it is taken note of', async () => (await open_()) === 0);
  await notice.waitFor({ state: 'detached' });
  expect(seen.errors).toEqual([]);
  await seen.context.close();
});

test('a source is registered, heard by telephone, and stands in the summary as it was then', async () => {
  await officer.ask('POST', '/situation?region=75', {
    command: 'report',
    report: uuid(),
    origin: { origin: 'officer', account: 'duty_officer' },
    nature: 'ecological',
    text: 'The water at the post is rising',
    observed_at: new Date().toISOString(),
  });
  const seen = await open(browser, hub, { at: '/situation' });
  const { page } = seen;
  await signIn(page);
  await page.getByRole('button', { name: 'New source' }).click();
  await page.locator('input[name=source-name]').fill('Post on the Talgar');
  await page.locator('input[name=source-key]').fill('post_talgar');
  await page.keyboard.press('Enter');
  const source = page.locator('[data-source=post_talgar]');
  await source.getByText('not heard yet').waitFor();
  await source.getByRole('button', { name: 'Heard by telephone' }).click();
  await source.getByText('heard in time').waitFor();
  await page.locator('article[data-report] input[type=checkbox]').first().check();
  await page.getByLabel('Summary of 1').fill('Water rises, no danger yet');
  await page.getByRole('button', { name: 'Summarise' }).click();
  await page.locator('[data-summaries]').getByText('Water rises, no danger yet').waitFor();
  await page.locator('[data-summaries]').getByText('sources: 1').waitFor();
  expect(seen.errors).toEqual([]);
  await seen.context.close();
});

test('a manager tries changed plans on the last month and puts nothing in force', async () => {
  const seen = await open(browser, hub, { at: '/administration' });
  const { page } = seen;
  await signIn(page, 'manager');
  await page.locator('tbody tr').first().waitFor();
  expect(await page.locator('nav[aria-label=Administration] a').count()).toBe(1);
  await page.keyboard.press('/');
  await page.keyboard.type('building_fire');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  const row = page.getByRole('dialog');
  const count = row.locator('input[type=number]').first();
  await count.fill('7');
  await row.getByRole('button', { name: 'Keep the row' }).click();
  await row.waitFor({ state: 'detached' });
  await page.getByRole('button', { name: /Try the changes/ }).click();
  await page.locator('[data-trial]').waitFor();
  expect(await page.locator('[data-trial]').innerText()).toContain('incidents');
  await page.getByText('The administrator puts plans in force').waitFor();
  expect(await page.getByRole('button', { name: 'Put in force' }).count()).toBe(0);
  await page.goto(`${hub.url}/administration/settings`);
  await page.locator('nav[aria-label=Administration] a[aria-current=page]').or(page.getByRole('heading', { level: 1, name: 'Response plans' })).first().waitFor();
  expect(seen.errors).toEqual([]);
  await seen.context.close();
});

test('contacts are those of the register, with who confirmed them, and help names the edition of the rules', async () => {
  await officer.ask('POST', '/shifts?region=75', {
    command: 'change_contacts',
    service: 'police',
    contacts: [{ owner: 'Duty unit', means: 'radio', number: 'channel 4', call_sign: 'Altai' }],
  });
  const seen = await open(browser, hub, { at: '/administration/contacts' });
  const { page } = seen;
  await signIn(page, 'administrator');
  const police = page.locator('[data-contact=police]');
  await police.getByText('channel 4').first().waitFor();
  expect(await police.innerText()).toContain('Altai');
  expect(await police.innerText()).toContain('duty_officer');
  await page.keyboard.press('?');
  await page.locator('[data-edition="369"]').getByText('in force', { exact: false }).first().waitFor();
  expect(seen.errors).toEqual([]);
  await seen.context.close();
});

describe.each(['night', 'day'] as Theme[])('accessible by %s (WCAG 2.2 AA)', (theme) => {
  test('the card, its dialogs and the new boards', async () => {
    const seen = await open(browser, hub, { theme, language: 'ru', at: `/desk/${incident}` });
    const { page } = seen;
    await signIn(page, 'duty_officer');
    await page.locator('[data-lookup]').first().waitFor();
    await page.keyboard.press('t');
    await page.keyboard.press('q');
    await page.getByRole('dialog').waitFor();
    expect(await faults(page)).toEqual([]);
    for (const [path, ready] of [['/boards/formations', '.state, tbody tr'], ['/boards/organisations', '[data-organisation]'], ['/boards/lookups', 'tbody tr'], ['/situation', '[data-source]']] as const) {
      await page.goto(hub.url + path);
      await page.locator(ready).first().waitFor();
      expect(await faults(page), path).toEqual([]);
    }
    await seen.context.close();
  }, 240_000);
});
