// Warning people (112-R c.6(4)), and emergencies that services pass on (c.5(1)¶4).
import { expect, test } from 'vitest';
import { DISPATCHER, hire, signInAs } from './world/agency';
import { faults } from './world/accessible';
import { open, signIn, type Theme } from './world/browser';
import { Caller } from './world/caller';
import { heard, listen } from './world/ear';
import { browser, hub, stage } from './world/stage';

interface Case {
  number: number;
  status: string;
  incident?: string;
  audience?: { persons: boolean };
  text?: { kk: { event: string }; ru: { event: string }; en?: { event: string } };
  order?: { order: { authority: string } };
  activation?: { reason: string };
  untold: string[];
  reports?: { service: string; channel: string; outcome: string }[];
}

let officer: Caller;

stage({}, async () => {
  officer = await Caller.of(hub);
});

const cases = () => officer.ask<Case[]>('GET', '/warnings?region=75');

test('a warning is prepared from the card, given without an order, confirmed, told upward and ended', async () => {
  const incident = await officer.call('Утечка хлора на складе, людям плохо', 'улица Рыскулова, 57', 43.2701, 76.8654, 200, 'ru');
  const seen = await open(browser, hub, { at: `/desk/${incident}` });
  const { page } = seen;
  await signIn(page);
  await page.locator('article footer').waitFor();
  await page.keyboard.press('w');
  const dialog = page.getByRole('dialog');
  await dialog.waitFor();
  await dialog.locator('input[name=basis]').fill('Chlorine at the store, the wind is from the east');
  await dialog.locator('select[name=scale]').selectOption('local');
  await dialog.locator('select[name=sample]').selectOption('chemical');
  for (const [language, word] of [['kk', 'Орны: улица Рыскулова, 57'], ['ru', 'Место: улица Рыскулова, 57'], ['en', 'Place: улица Рыскулова, 57']]) {
    expect(await dialog.locator(`textarea[name=event-${language}]`).inputValue()).toContain(word);
  }
  // For nowhere it is not given, and a reload loses nothing of what was written.
  const decide = dialog.getByRole('button', { name: 'Decide: warn' });
  expect(await decide.isDisabled()).toBe(true);
  await dialog.locator('textarea[name=event-ru]').press('End');
  await page.reload();
  await page.locator('article footer').waitFor();
  await page.keyboard.press('w');
  expect(await dialog.locator('textarea[name=event-kk]').inputValue()).toContain('Орны');
  await dialog.locator('input[name=whole-region]').check();
  await dialog.locator('input[value=activate]').check();
  await dialog.locator('input[name=reason]').fill('The cloud reaches the school in minutes');
  await decide.click();
  await dialog.waitFor({ state: 'detached' });
  const [given] = await cases();
  expect([given?.status, given?.incident, given?.activation?.reason]).toEqual(['awaits_confirmation', incident, 'The cloud reaches the school in minutes']);
  expect(given?.text?.kk.event).not.toBe(given?.text?.ru.event);

  // The card says so, and the screen has what is still to be done.
  await page.locator('[data-warned=awaits_confirmation]').waitFor();
  await page.goto(`${hub.url}/warnings`);
  const one = page.locator(`[data-warning="${given!.number}"]`);
  await one.waitFor();
  // It went out at once: the operator's queue has it, nobody has given it to people, and what is told over the telephone stands there.
  const operator = one.locator('[data-reach=telecom]');
  await expect.poll(() => operator.getAttribute('data-outcome')).toBe('in_broker');
  await one.getByText('nobody has given it to people yet').waitFor();
  await one.getByText(/Other services informed: \d+ of \d+/).waitFor();
  await operator.getByRole('button', { name: 'Told by telephone' }).click();
  await one.locator('select[name=channel]').selectOption('sms');
  await one.getByRole('button', { name: 'Write it down' }).click();
  await expect.poll(() => operator.getAttribute('data-outcome')).toBe('transmitted');
  expect(await operator.innerText()).toMatch(/SMS.*duty_officer/s);
  await one.getByText('nobody has given it to people yet').waitFor({ state: 'detached' });
  await one.getByRole('button', { name: 'Told duty officer of the ministry' }).click();
  await one.getByText(/told \d\d:\d\d: duty officer of the ministry/).waitFor();
  await one.getByRole('button', { name: 'Enter the order that confirms it' }).click();
  await one.locator('input[name=ordered-by]').fill('Ospanov');
  await one.locator('input[name=reference]').fill('by telephone');
  await one.locator('form').getByRole('button').click();
  // The head of the territorial body agrees it with the akim: the hub says so, and nothing is lost.
  await one.getByRole('alert').waitFor();
  expect(await one.getByRole('alert').innerText()).toContain('akim');
  await one.locator('input[name=agreed]').fill('the akim, by telephone');
  await one.locator('form').getByRole('button').click();
  await expect.poll(() => one.getAttribute('data-status')).toBe('ordered');
  await one.getByRole('button', { name: 'End the warning' }).click();
  await one.locator('input[name=reason]').fill('The leak is closed');
  await page.keyboard.press('Enter');
  await expect.poll(() => one.getAttribute('data-status')).toBe('ended');
  expect(seen.errors).toEqual([]);
  expect(seen.outside).toEqual([]);
  await seen.context.close();
});

test('of a warning whose time has passed the officer is reminded on every screen, and where it stands', async () => {
  const incident = await officer.call('Пожар на складе покрышек, густой дым', 'улица Рыскулова, 103', 43.2801, 76.8204, 200, 'ru');
  const act = (command: object) => officer.ask('POST', '/warnings?region=75', command);
  await act({ command: 'find_threat', about: { about: 'incident', incident }, danger: 'health', basis: 'Smoke over the houses', scale: 'local' });
  const number = (await cases()).find((one) => one.incident === incident)!.number;
  const kk = { event: 'Баршаның назарына! Түтін.', instruction: 'Терезелерді жабыңыз.' };
  const ru = { event: 'Внимание всем! Дым.', instruction: 'Закройте окна.' };
  await act({
    command: 'activate',
    warning: number,
    reason: 'It cannot wait',
    text: { kk, ru },
    audience: { persons: true, organisations: false, whole_region: true },
    until: new Date(Date.now() + 8_000).toISOString(),
  });
  const seen = await open(browser, hub, { at: '/warnings' });
  const { page } = seen;
  await signIn(page);
  const one = page.locator(`[data-warning="${number}"]`);
  await one.waitFor();
  await one.getByText(/its time has passed at .*nobody is warned by it any more/).waitFor({ timeout: 60_000 });
  expect(await one.getAttribute('data-expired')).not.toBe(null);
  await page.locator('form.notice', { hasText: `Warning № ${number}: its time has passed` }).waitFor();
  await one.getByRole('button', { name: 'End the warning' }).click();
  await one.locator('input[name=reason]').fill('The smoke is gone');
  await page.keyboard.press('Enter');
  await expect.poll(() => one.getAttribute('data-status')).toBe('ended');
  await page.locator('form.notice', { hasText: `Warning № ${number}: its time has passed` }).waitFor({ state: 'detached' });
  expect(seen.errors).toEqual([]);
  await seen.context.close();
}, 120_000);

test('a warning that runs is changed by keyboard: its words, for whom and until when; what a colleague changed meanwhile is seen first', async () => {
  const incident = await officer.call('Утечка аммиака на складе овощей', 'улица Шемякина, 195', 43.3401, 76.9312, 200, 'ru');
  const warn = (body: object) => officer.ask('POST', '/warnings?region=75', body);
  await warn({ command: 'find_threat', about: { about: 'incident', incident }, danger: 'health', basis: 'Ammonia', scale: 'local' });
  const current = async () => (await cases()).find((one) => one.incident === incident)!;
  const { number } = await current();
  const text = { kk: { event: 'Аммиак.', instruction: 'Үйде болыңыз.' }, ru: { event: 'Аммиак.', instruction: 'Не выходите из дома.' } };
  await warn({ command: 'activate', warning: number, reason: 'it spreads', text, audience: { persons: true, organisations: true, whole_region: true } });
  const seen = await open(browser, hub, { at: '/warnings' });
  const { page } = seen;
  await signIn(page);
  const one = page.locator(`[data-warning="${number}"]`);
  await one.getByRole('button', { name: 'Change the warning' }).focus();
  await page.keyboard.press('c');
  const dialog = page.getByRole('dialog');
  const change = dialog.getByRole('button', { name: 'Change the warning' });
  const russian = dialog.locator('textarea[name=instruction-ru]');
  expect([await russian.inputValue(), await dialog.locator('input[name=whole-region]').isChecked(), await change.isDisabled()]).toEqual(['Не выходите из дома.', true, true]);
  await page.keyboard.type('The wind has turned');
  await dialog.locator('textarea[name=instruction-kk]').fill('Терезелерді жабыңыз.');
  await russian.fill('Закройте окна.');
  await dialog.locator('input[name=organisations]').uncheck();
  await dialog.locator('input[name=until]').fill('01.01.2039 10:30');
  expect(await faults(page)).toEqual([]);

  // It is there after another screen, and says so.
  await page.reload();
  await one.getByRole('button', { name: 'Change the warning' }).click();
  await dialog.locator('[data-unsent]').waitFor();
  expect([await russian.inputValue(), await dialog.locator('input[name=until]').inputValue()]).toEqual(['Закройте окна.', '01.01.2039 10:30']);

  // A colleague was quicker.
  const theirs = { ...text, kk: { ...text.kk, event: 'Аммиак таралуда.' } };
  await warn({ command: 'change', warning: number, reason: 'worse', text: theirs, audience: { persons: true, organisations: true, whole_region: true } });
  await russian.press('Control+Enter');
  await dialog.locator('[data-theirs] tr[data-field="texts.kk.event"]').waitFor();
  expect((await current()).text?.ru.event, 'nothing has gone out').toBe('Аммиак.');
  expect(await dialog.locator('textarea[name=event-kk]').inputValue()).toBe('Аммиак таралуда.');
  expect(await faults(page)).toEqual([]);
  await russian.press('Control+Enter');
  await dialog.waitFor({ state: 'detached' });
  expect(await current()).toMatchObject({
    status: 'awaits_confirmation',
    changed: { reason: 'The wind has turned' },
    text: { kk: { event: 'Аммиак таралуда.', instruction: 'Терезелерді жабыңыз.' }, ru: { instruction: 'Закройте окна.' } },
    audience: { persons: true, organisations: false, whole_region: true },
    until: '2039-01-01T05:30:00Z',
  });
  await one.getByText('The wind has turned').waitFor();
  await one.getByText('01.01.2039 10:30').waitFor();
  await one.getByRole('button', { name: 'Change the warning' }).click();
  await dialog.waitFor();
  expect(await dialog.locator('[data-unsent]').count(), 'what has gone out is no draft').toBe(0);
  expect([seen.errors, seen.outside]).toEqual([[], []]);
  await seen.context.close();
});

test('an emergency asks whether people are to be warned, and a decision against it needs its reason; a manager decides, an administrator looks', async () => {
  const incident = await officer.call('Горит нефтебаза, взрывы', 'улица Бокейханова, 300', 43.3102, 76.9011, 100, 'ru');
  const { version } = await officer.ask<{ version: number }>('GET', `/incidents/${incident}`);
  const [type] = await officer.ask<{ id: string; nature: string }[]>('GET', '/emergency-types');
  await officer.ask('POST', `/incidents/${incident}/identification`, { standing: 'emergency', nature: type!.nature, type_id: type!.id, basis: 'Explosions beside dwellings' }, { 'if-match': `"${version}"` });
  await expect.poll(async () => (await cases()).find((one) => one.incident === incident)?.status).toBe('undecided');
  const seen = await open(browser, hub, { at: '/warnings' });
  const { page } = seen;
  await signIn(page, 'manager');
  const one = page.locator('[data-status=undecided]');
  await one.waitFor();
  await one.getByRole('button', { name: 'Decide not to warn' }).click();
  await page.keyboard.type('The wind carries it over the steppe');
  await page.keyboard.press('Enter');
  await page.locator('[data-status=declined]').waitFor();
  await seen.context.close();

  const other = await open(browser, hub, { at: '/warnings' });
  await signIn(other.page, 'administrator');
  await other.page.locator('[data-status=declined]').waitFor();
  expect(await other.page.getByRole('main').getByRole('button', { name: /warning|Decide/ }).count()).toBe(0);
  await other.context.close();
});

test('an emergency that a service passes on is heard everywhere, stands above the queue, and is taken once by name', async () => {
  await hire(await Caller.of(hub, 'administrator'));
  const one = await open(browser, hub);
  await listen(one.context);
  await one.page.reload();
  await signIn(one.page);
  await one.page.goto(`${hub.url}/directives`);
  await one.page.locator('.directives').waitFor();
  const theirs = await open(browser, hub, { width: 390, height: 844, at: '/agency/reports' });
  await signInAs(theirs.page, DISPATCHER.name, DISPATCHER.password);
  const form = theirs.page.locator('[data-emergency]');
  await form.locator('textarea[name=text]').fill('Автобус сорвался с моста, много пострадавших');
  await form.locator('input[name=address]').fill('мост через Большую Алматинку');
  await form.locator('input[type=number]').first().fill('7');
  await form.getByRole('button').click();
  await form.getByRole('status').waitFor();
  expect(theirs.errors).toEqual([]);
  await theirs.context.close();

  const bar = one.page.locator('.alarm', { hasText: 'EMERGENCY PASSED ON' });
  await bar.waitFor();
  await expect.poll(async () => (await heard(one.page)).length).toBeGreaterThan(0);
  const two = await open(browser, hub);
  await signIn(two.page);
  const row = two.page.locator('[data-forwarded]');
  await row.waitFor();
  expect(await row.innerText()).toContain('passed on after 7 min');
  const above = await two.page.evaluate(() => {
    const [passed, first] = [document.querySelector('[data-forwarded]'), document.querySelector('[data-row]')];
    return passed !== null && first !== null && (passed.compareDocumentPosition(first) & Node.DOCUMENT_POSITION_FOLLOWING) !== 0;
  });
  expect(above).toBe(true);

  await one.page.keyboard.press('a');
  await one.page.locator('article[data-incident]').waitFor();
  await bar.waitFor({ state: 'detached' });
  // Taken by one, it is taken: it stands in nobody's queue any more.
  await row.waitFor({ state: 'detached' });
  const [passed] = await officer.ask<{ acknowledged: [string, string]; kept_for_s: number }[]>('GET', '/forwarded-emergencies?region=75');
  expect(passed?.acknowledged[0]).toBe('duty_officer');
  expect(passed?.kept_for_s).toBeGreaterThanOrEqual(420);
  for (const seen of [one, two]) {
    expect(seen.errors).toEqual([]);
    await seen.context.close();
  }
}, 240_000);

test('an operator without a system of its own reads a warning on its screen and reports the channel over which it gave it out', async () => {
  const OPERATOR = { name: 'dispetcher-operator', password: 'baylanys-tanerten-7', service: 'telecom' };
  await hire(await Caller.of(hub, 'administrator'), OPERATOR, '160');
  const incident = await officer.call('Утечка аммиака на хладокомбинате', 'улица Шолохова, 28', 43.3251, 76.9412, 200, 'ru');
  await officer.ask('POST', '/warnings?region=75', { command: 'find_threat', about: { about: 'incident', incident }, danger: 'health', basis: 'Ammonia' });
  const number = (await cases()).find((one) => one.incident === incident)!.number;
  const text = { kk: { event: 'Аммиак.', instruction: 'Үйде болыңыз.' }, ru: { event: 'Утечка аммиака.', instruction: 'Не выходите из дома.' } };
  await officer.ask('POST', '/warnings?region=75', { command: 'activate', warning: number, reason: 'it spreads', text, audience: { persons: true, whole_region: true } });
  const theirs = await open(browser, hub, { width: 390, height: 844, at: '/agency/known' });
  const { page } = theirs;
  await signInAs(page, OPERATOR.name, OPERATOR.password);
  const letter = page.locator('article', { hasText: 'Утечка аммиака.' });
  await letter.waitFor();
  await letter.getByText('to be given to people').waitFor();
  await letter.locator('select[name=channel]').selectOption('sirens');
  await letter.getByRole('button', { name: 'Given out over it' }).click();
  await expect.poll(async () => (await cases()).find((one) => one.number === number)?.reports).toMatchObject([{ service: 'telecom', channel: 'sirens', outcome: 'transmitted' }]);
  expect(await faults(page)).toEqual([]);
  expect(theirs.errors).toEqual([]);
  await theirs.context.close();
});

test.each(['night', 'day'] as Theme[])('warnings are accessible by %s', async (theme) => {
  const seen = await open(browser, hub, { theme, language: 'kk', at: '/warnings' });
  const { page } = seen;
  await signIn(page);
  await page.locator('[data-warning]').first().waitFor();
  expect(await faults(page)).toEqual([]);
  await page.keyboard.press('n');
  await page.getByRole('dialog').waitFor();
  expect(await faults(page)).toEqual([]);
  await seen.context.close();
});
