// What must be noticed: heard and seen, wherever one is; and that nothing of it takes the keys from who types.
import { expect, test } from 'vitest';
import { faults } from './world/accessible';
import { signInAs } from './world/agency';
import { open, signIn } from './world/browser';
import { Caller } from './world/caller';
import { heard, listen } from './world/ear';
import { browser, hub, stage } from './world/stage';
import { uuid } from '../src/api/uuid';

let officer: Caller;

stage({}, async () => {
  officer = await Caller.of(hub);
});

test('a threat to life is heard wherever one types, takes no key, stands over a dialog, and grows until it is acknowledged', async () => {
  const other = await officer.call('Пахнет газом в подъезде', 'улица Тимирязева, 71', 43.2262, 76.9051, 90, 'ru');
  const seen = await open(browser, hub);
  await listen(seen.context);
  const { page } = seen;
  await page.reload();
  await signIn(page);
  await page.goto(`${hub.url}/desk/${other}`);
  await page.locator('article footer').waitFor();
  await page.keyboard.press('x');
  await page.locator('input[name=outcome][value=set_aside]').check();
  await page.getByLabel('Reason').fill('A test of the line');
  const before = (await heard(page)).length;

  const id = await officer.call('Мужчина упал, без сознания, не дышит', 'площадь Республики, 1', 43.2384, 76.9453, 40, 'ru');
  const bar = page.locator(`[data-alarm="${id}"]`);
  await bar.waitFor();
  await expect.poll(async () => (await heard(page)).length).toBeGreaterThan(before);
  // Whoever types goes on typing: the key of the alarm is a letter here.
  await page.keyboard.type(' a');
  expect(await page.getByLabel('Reason').inputValue()).toBe('A test of the line a');
  expect(await bar.isVisible()).toBe(true);
  const covered = await bar.evaluate((element) => {
    const box = element.getBoundingClientRect();
    const top = document.elementFromPoint(box.right - 40, box.top + box.height / 2);
    return top === null || !element.contains(top);
  });
  expect(covered, 'the dialog does not hide it').toBe(false);

  const loudest = async (from: number) => Math.max(...(await heard(page)).slice(from).map((tone) => tone.loudness));
  const first = await loudest(before);
  await expect.poll(() => bar.getAttribute('data-urge'), { timeout: 25_000 }).toBe('1');
  const after = (await heard(page)).length;
  await expect.poll(async () => (await heard(page)).length, { timeout: 30_000 }).toBeGreaterThan(after);
  expect(await loudest(after - 1)).toBeGreaterThan(first);
  expect(await page.title()).toContain('⚠');
  // Who comes to it later, or loads the page anew, does not make it wait from the beginning.
  const again = await seen.context.newPage();
  await again.goto(hub.url);
  await signIn(again);
  await again.locator(`[data-alarm="${id}"]`).waitFor();
  expect(Number(await again.locator('[data-alarm]').getAttribute('data-urge'))).toBeGreaterThan(0);
  await again.close();

  // Acknowledged: the card is open, the sound ends, and what was begun for the other card is not done to this one.
  // By keyboard, without leaving the dialog first: Tab comes by it, and its key works among the letters.
  const focused = () => bar.getByRole('button').evaluate((button) => button === document.activeElement);
  for (let pressed = 0; pressed < 12 && !(await focused()); pressed++) await page.keyboard.press('Tab');
  expect(await focused()).toBe(true);
  await page.keyboard.press('Tab');
  expect(await page.evaluate(() => document.activeElement?.closest('[role=dialog]') !== null), 'and goes back into the dialog').toBe(true);
  await page.getByLabel('Reason').focus();
  await page.keyboard.press('F2');
  await page.locator(`article[data-incident="${id}"]`).waitFor();
  await bar.waitFor({ state: 'detached' });
  expect(await page.getByRole('dialog').count()).toBe(0);
  const silent = (await heard(page)).length;
  await page.waitForTimeout(6000);
  expect((await heard(page)).length).toBe(silent);
  expect((await officer.ask<{ status: string }>('GET', `/incidents/${other}`)).status).toBe('open');
  expect(seen.errors).toEqual([]);
  await seen.context.close();
}, 240_000);

/** Another officer at the desk: what one acknowledges or raises, the other has not. */
const SECOND = { name: 'ekinshi', password: 'ekinshi-tanerten-7' };

test('a card that was looked at and left is heard when it becomes a threat to life; so is one for which a rule asked for forces before anybody looked', async () => {
  const administrator = await Caller.of(hub, 'administrator');
  await administrator.ask('PUT', `/accounts/${SECOND.name}`, { role: 'duty_officer', region: '75', active: true, password: SECOND.password }, { 'If-None-Match': '*' });
  const rate = async (id: string, code: string) => {
    const { version } = await officer.ask<{ version: number }>('GET', `/incidents/${id}`);
    await officer.ask('PUT', `/incidents/${id}/category`, { code }, { 'If-Match': `"${version}"` });
  };
  const milder = await officer.call('Во дворе что-то случилось', 'улица Сатпаева, 90', 43.2361, 76.9012, 60, 'ru');
  await rate(milder, 'disorder');
  const seen = await open(browser, hub);
  const { page } = seen;
  await signInAs(page, SECOND.name, SECOND.password);
  await page.goto(`${hub.url}/desk/${milder}`);
  await page.locator(`article[data-incident="${milder}"]`).waitFor();
  await page.goto(`${hub.url}/desk`);
  await page.locator(`[data-row="${milder}"]`).waitFor();
  await rate(milder, 'cardiac_arrest');
  await page.locator(`[data-alarm="${milder}"]`).waitFor();

  const settings = await administrator.ask<object>('GET', '/settings?region=75');
  await administrator.ask('PUT', '/settings?region=75', { ...settings, dispatch_by_rule: true }, { 'If-Match': '*' });
  await page.goto(`${hub.url}/openapi.json`);
  const life = await officer.call('Мужчина упал, без сознания, не дышит', 'проспект Абая, 52', 43.2401, 76.9212, 40, 'ru');
  await expect.poll(async () => (await officer.ask<{ status: string }>('GET', `/incidents/${life}`)).status).toBe('responding');
  await page.goto(`${hub.url}/desk`);
  const bar = page.locator('[data-alarm]');
  await expect.poll(() => bar.getAttribute('data-alarm').catch(() => null)).toBe(life);
  const count = () => page.locator('[data-alarm]').innerText();
  const before = Number(/(\d+) more/.exec(await count())?.[1]);
  expect(before).toBeGreaterThan(0);
  // The words of the first stand with its own time, not with that of who has waited longest.
  const seconds = (text: string) => text.split(':').reduce((sum, part) => sum * 60 + Number(part), 0);
  const [, own, longest] = /waits ([\d:]+)[\s\S]*longest ([\d:]+)/.exec(await count()) ?? [];
  expect(seconds(own!)).toBeLessThan(seconds(longest!));

  // A hand that rests on the key acknowledges one threat, not all of them.
  for (let pressed = 0; pressed < 6; pressed++) await page.keyboard.down('a');
  await page.keyboard.up('a');
  await page.locator(`article[data-incident="${life}"]`).waitFor();
  await bar.waitFor();
  expect(Number(/(\d+) more/.exec(await count())?.[1] ?? 0)).toBe(before - 1);
  while ((await bar.count()) > 0) {
    const first = await bar.getAttribute('data-alarm');
    await page.keyboard.press('a');
    await page.locator(`[data-alarm="${first}"]`).waitFor({ state: 'detached' });
  }
  await page.goto(`${hub.url}/desk/${life}`);
  await page.locator(`article[data-incident="${life}"]`).waitFor();
  expect(await bar.count(), 'what was acknowledged stays so').toBe(0);
  await administrator.ask('PUT', '/settings?region=75', settings, { 'If-Match': '*' });
  expect(seen.errors).toEqual([]);
  await seen.context.close();
});

test('a directive that is being written waits while an alarm is acknowledged from within its dialog', async () => {
  const seen = await open(browser, hub);
  const { page } = seen;
  await signIn(page);
  const write = async () => {
    await page.goto(`${hub.url}/directives`);
    await page.getByRole('button', { name: 'New directive' }).first().click();
    return page.getByRole('dialog').locator('textarea').first();
  };
  await (await write()).fill('Close the school');
  const life = await officer.call('Женщина без сознания, не дышит', 'улица Курмангазы, 77', 43.2444, 76.9333, 40, 'ru');
  await page.locator(`[data-alarm="${life}"]`).waitFor();
  await page.keyboard.press('F2');
  await page.locator(`article[data-incident="${life}"]`).waitFor();
  expect(await (await write()).inputValue()).toBe('Close the school');
  expect(seen.errors).toEqual([]);
  await seen.context.close();
});

test('Enter that is held opens the card and sends nothing', async () => {
  const id = await officer.call('Пахнет газом в подъезде', 'улица Жандосова, 8', 43.2262, 76.8751, 90, 'ru');
  const seen = await open(browser, hub);
  const { page } = seen;
  await signIn(page);
  await page.locator(`[data-row="${id}"]`).waitFor();
  // Without the focus on the row: Enter opens the card, and on an open card it sends its forces.
  for (let row = 0; row < 20 && (await page.locator(`[data-row="${id}"].under`).count()) === 0; row++) await page.keyboard.press('j');
  await page.keyboard.down('Enter');
  await page.locator(`article[data-incident="${id}"] .need`).first().waitFor();
  await page.locator(`article[data-incident="${id}"] .send:enabled`).waitFor();
  for (let pressed = 0; pressed < 6; pressed++) await page.keyboard.down('Enter');
  await page.keyboard.up('Enter');
  // What is pressed anew is done: had the held key sent anything, there would be nothing left to send.
  await page.locator(`article[data-incident="${id}"] .send:enabled`).waitFor();
  expect((await officer.ask<{ requests: object }>('GET', `/incidents/${id}`)).requests).toEqual({});
  await seen.context.close();
});

test('a browser that lets nothing be heard yet is said in the banner until a key is pressed', async () => {
  const seen = await open(browser, hub);
  await listen(seen.context, true);
  const { page } = seen;
  await page.reload();
  await signIn(page);
  await page.reload();
  await page.locator('[data-sound=blocked]').waitFor();
  await page.keyboard.press('Shift');
  await page.locator('[data-sound=blocked]').waitFor({ state: 'detached' });
  await seen.context.close();
});

test('a mode that the hub proposes is in the banner of every screen until a person has decided', async () => {
  const administrator = await Caller.of(hub, 'administrator');
  const settings = await administrator.ask<{ modes: object }>('GET', '/settings?region=75');
  await administrator.ask('PUT', '/settings?region=75', { ...settings, modes: { ...settings.modes, open_incidents: 1 } }, { 'If-Match': '*' });
  const seen = await open(browser, hub, { at: '/directives' });
  const { page } = seen;
  await signIn(page);
  await officer.call('Қоқыс жанып жатыр', 'Әл-Фараби даңғылы, 140', 43.2189, 76.8921, 300, 'kk');
  const proposed = page.locator('[data-proposed=high_readiness]');
  await proposed.waitFor();
  await proposed.click();
  const proposal = page.locator('[data-proposal]');
  await proposal.waitFor();
  expect(await proposal.innerText()).toContain('the threshold is 1');
  await proposal.getByRole('button', { name: 'Decline' }).click();
  await page.keyboard.type('Rubbish fires, each by itself');
  await page.keyboard.press('Enter');
  await proposal.waitFor({ state: 'detached' });
  await proposed.waitFor({ state: 'detached' });
  expect(seen.errors).toEqual([]);
  await seen.context.close();
});

test('an exercise says so in the banner and on its card', async () => {
  const seen = await open(browser, hub);
  const { page } = seen;
  await signIn(page);
  await page.locator('.queue').waitFor();
  expect(await page.locator('[data-exercises]').count()).toBe(0);
  const { incident } = await officer.ask<{ incident: string }>('POST', '/messages?region=75', {
    id: uuid(),
    channel: 'call',
    received_at: new Date().toISOString(),
    sender: { kind: 'person', call_back: { kind: 'no_number' } },
    text: 'Учебная тревога: пожар в школе',
    exercise: true,
    location: { source: 'caller', address: 'школа № 12' },
  });
  await page.locator('[data-exercises="1"]').waitFor();
  await page.goto(`${hub.url}/desk/${incident}`);
  await page.locator('article header').getByText('EXERCISE').waitFor();
  expect(seen.errors).toEqual([]);
  await seen.context.close();
});

test('an exercise leaves a real threat on the bar, is counted for itself, and the key opens the real one', async () => {
  const seen = await open(browser, hub);
  const { page } = seen;
  await signIn(page);
  await page.locator('.queue').waitFor();
  while ((await page.locator('[data-alarm]').count()) > 0) await page.keyboard.press('F2');
  await page.goto(`${hub.url}/desk`);
  await page.locator('.queue').waitFor();
  const life = await officer.call('Мужчина упал, без сознания, не дышит', 'улица Тулебаева, 38', 43.2581, 76.9494, 40, 'ru');
  await page.locator(`[data-alarm="${life}"]`).waitFor();
  const { incident } = await officer.ask<{ incident: string }>('POST', '/messages?region=75', {
    id: uuid(),
    channel: 'call',
    received_at: new Date().toISOString(),
    sender: { kind: 'person', call_back: { kind: 'no_number' } },
    language: 'ru',
    text: 'Учения: мужчина без сознания, не дышит',
    exercise: true,
    location: { source: 'caller', address: 'школа № 15' },
  });
  await page.locator(`[data-row="${incident}"]`).waitFor();
  await page.locator('[data-alarm] [data-more-exercises="1"]').waitFor();
  const bar = page.locator('[data-alarm]');
  expect(await bar.getAttribute('data-alarm')).toBe(life);
  expect(await bar.innerText()).toContain('in an exercise: 1');
  expect(await bar.locator('[data-more]').getAttribute('data-more')).toBe('0');
  await page.keyboard.press('F2');
  await page.locator(`article[data-incident="${life}"]`).waitFor();
  await page.locator(`[data-alarm="${incident}"]`).waitFor();
  await page.keyboard.press('F2');
  await page.locator(`article[data-incident="${incident}"]`).waitFor();
  expect(seen.errors).toEqual([]);
  await seen.context.close();
});

test('one line says what and where: the call-taker’s card is filled in with it, on any layout', async () => {
  await officer.call('Застряли в лифте', 'улица Абая, 10', 43.2401, 76.9512, 20, 'ru');
  const seen = await open(browser, hub);
  const { page } = seen;
  await signIn(page);
  await page.locator('.queue li').first().waitFor();
  await page.keyboard.press('/');
  await page.keyboard.type('smell gas abay 10');
  await page.locator('output', { hasText: 'Smell of gas · улица Абая, 10' }).waitFor();
  await page.keyboard.press('Enter');
  await page.locator('textarea[name=text]').waitFor();
  expect(await page.locator('textarea[name=text]').inputValue()).toBe('smell gas abay 10');
  expect(await page.locator('input[name=address]').inputValue()).toBe('улица Абая, 10');
  await page.locator('.chosen', { hasText: 'Smell of gas' }).waitFor();
  await page.keyboard.press('Control+Enter');
  await page.locator('article .need').first().waitFor();

  // A number that is in no row is looked for among all cards.
  await page.keyboard.press('/');
  await page.keyboard.type('999999');
  await page.keyboard.press('Enter');
  await page.getByText('999999 is no card').or(page.getByText('There is no card')).waitFor();
  expect(seen.errors).toEqual([]);
  await seen.context.close();
});

test('after an alarm one key leads back to the card and the dialog that it interrupted, and the cursor is where it was', async () => {
  const mine = await officer.call('Прорвало трубу на улице', 'улица Розыбакиева, 110', 43.2301, 76.8922, 90, 'ru');
  const seen = await open(browser, hub, { at: `/desk/${mine}` });
  const { page } = seen;
  await signIn(page);
  await page.locator(`article[data-incident="${mine}"] footer`).waitFor();
  while ((await page.locator('[data-alarm]').count()) > 0) await page.keyboard.press('F2');
  await page.locator(`[data-row="${mine}"] button`).click();
  await page.locator(`article[data-incident="${mine}"] footer`).waitFor();
  await page.keyboard.press('l');
  const address = page.getByLabel('Address or landmark');
  await address.fill('улица Розыбакиева, 112');
  const lives: string[] = [];
  for (const house of [21, 23]) lives.push(await officer.call('Мужчина упал, без сознания, не дышит', `улица Манаса, ${house}`, 43.2184 + house / 100, 76.9053, 40, 'ru'));
  await expect.poll(() => page.locator('[data-more]').count()).toBe(1);
  expect(await address.inputValue(), 'nothing is opened by itself').toBe('улица Розыбакиева, 112');
  for (const id of lives.toReversed()) {
    expect(await page.locator('[data-back]').count(), 'no way back while one waits').toBe(0);
    await page.keyboard.press('F2');
    await page.locator(`article[data-incident="${id}"]`).waitFor();
    expect(await page.getByRole('dialog').count()).toBe(0);
  }
  await page.locator(`[data-back="/desk/${mine}"]`).waitFor();
  expect(await faults(page)).toEqual([]);
  await page.keyboard.press('F2');
  await page.locator(`article[data-incident="${mine}"]`).waitFor();
  await page.getByRole('dialog').waitFor();
  expect(await address.inputValue()).toBe('улица Розыбакиева, 112');
  expect(new URL(page.url()).search).toBe('');
  expect(await page.locator('[data-back]').count()).toBe(0);
  expect(seen.errors).toEqual([]);
  await seen.context.close();
});
