// Nothing typed is lost: not by the hub that is away, not by a crash of the browser, not by an alarm in between.
import { expect, test } from 'vitest';
import { faults } from './world/accessible';
import { open, signIn } from './world/browser';
import { Caller } from './world/caller';
import { browser, hub, stage } from './world/stage';

stage();

test('a call that the hub could not keep outlives the browser, and is kept when the hub is back', async () => {
  const seen = await open(browser, hub, { language: 'en', at: '/call' });
  const { page, context } = seen;
  await signIn(page);
  await page.locator('textarea[name=text]').waitFor();
  await context.route('**/api/v1/drafts/**', (route) => route.abort());
  await page.locator('textarea[name=text]').fill('Өзенге көлік құлады, ішінде екі адам');
  await page.locator('input[name=number]').fill('8 777 000 11 22');
  await page.locator('[data-kept=not-kept]').waitFor();
  await page.close({ runBeforeUnload: false });
  await context.unroute('**/api/v1/drafts/**');

  const again = await context.newPage();
  await again.goto(hub.url);
  await signIn(again);
  await again.goto(`${hub.url}/call`);
  await expect.poll(() => again.locator('textarea[name=text]').inputValue()).toBe('Өзенге көлік құлады, ішінде екі адам');
  expect(await again.locator('input[name=number]').inputValue()).toBe('8 777 000 11 22');
  await again.locator('[data-kept=kept]').waitFor();
  expect(await again.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith('hub112.call.'))), 'what the hub has is not kept here').toEqual([]);
  await context.close();
});

test('what is written while the hub answers late goes to the card of that call, and a call begun meanwhile stays', async () => {
  const officer = await Caller.of(hub);
  const seen = await open(browser, hub, { language: 'en' });
  const { page, context } = seen;
  await signIn(page);
  await page.goto(`${hub.url}/call?new`);
  const words = page.locator('textarea[name=text]');
  await words.waitFor();
  let answer = () => {};
  const late = () => {
    const held = new Promise<void>((resolve) => (answer = resolve));
    return context.route('**/api/v1/messages?*', async (route) => (await held, await route.continue()), { times: 1 });
  };
  const card = async (response: Promise<{ json(): Promise<unknown> }>) => ((await (await response).json()) as { incident: string }).incident;

  await late();
  await words.fill('Горит мусор во дворе');
  await page.locator('input[name=address]').fill('улица Гоголя, 20');
  await page.keyboard.press('Control+Enter');
  await page.getByText('Sending').first().waitFor();
  await words.focus();
  await page.keyboard.press('Control+End');
  await page.keyboard.type(', рядом машина');
  let sent = page.waitForResponse((response) => response.url().includes('/api/v1/messages?'));
  answer();
  const first = await card(sent);
  await page.getByText('is added to its card').waitFor();
  expect(await words.inputValue()).toBe(', рядом машина');
  expect(new URL(page.url()).pathname).toBe('/call');
  await words.focus();
  await page.keyboard.press('Control+End');
  await page.keyboard.type(' с газом');
  await page.keyboard.press('Control+Enter');
  await page.locator(`article[data-incident="${first}"]`).waitFor();
  const { answers } = await officer.ask<{ answers: { text: string }[] }>('GET', `/incidents/${first}`);
  expect(answers.map((one) => one.text)).toEqual([', рядом машина с газом']);
  await page.keyboard.press('N');
  await words.waitFor();
  expect(await page.locator('section[aria-label="Calls not sent"] li', { hasText: /мусор|машина/ }).count(), 'nothing of it is left').toBe(0);

  await late();
  await words.fill('Застряли в лифте');
  await page.keyboard.press('Control+Enter');
  await page.getByText('Sending').first().waitFor();
  await page.locator('form').getByRole('button', { name: 'New call' }).click();
  await words.fill('Пахнет газом');
  sent = page.waitForResponse((response) => response.url().includes('/api/v1/messages?'));
  answer();
  const second = await card(sent);
  await page.locator(`a[href="/desk/${second}"]`).waitFor();
  expect(await words.inputValue()).toBe('Пахнет газом');
  expect(new URL(page.url()).pathname).toBe('/call');
  expect(seen.errors).toEqual([]);
  await context.close();
});

test('a new call is fresh: what was begun before is offered, and comes back by itself only after a reload', async () => {
  const seen = await open(browser, hub, { language: 'en' });
  const { page } = seen;
  await signIn(page);
  await page.goto(`${hub.url}/call?new`);
  const words = page.locator('textarea[name=text]');
  const address = page.locator('input[name=address]');
  await address.waitFor();
  await address.fill('улица Пушкина, 3');
  await page.locator('[data-kept=kept]').waitFor();
  await page.goto(`${hub.url}/desk`);
  await page.locator('.queue').waitFor();
  await page.keyboard.press('N');
  await words.waitFor();
  const offered = page.locator('section[aria-label="Calls not sent"]').getByRole('button', { name: 'улица Пушкина, 3' });
  await offered.waitFor();
  expect(await address.inputValue()).toBe('');
  await page.keyboard.type('Другой человек');
  expect(await words.inputValue()).toBe('Другой человек');
  await page.locator('[data-kept=kept]').waitFor();
  await page.reload();
  await expect.poll(() => words.inputValue()).toBe('Другой человек');
  expect(await address.inputValue()).toBe('');
  await offered.click();
  expect(await address.inputValue()).toBe('улица Пушкина, 3');
  expect(seen.errors).toEqual([]);
  await seen.context.close();
});

test('a note that is being written waits while an alarm is looked at', async () => {
  const officer = await Caller.of(hub);
  const id = await officer.call('Пахнет газом в подъезде', 'улица Тимирязева, 71', 43.2262, 76.9051, 90, 'ru');
  const seen = await open(browser, hub, { language: 'en', at: `/desk/${id}` });
  const { page } = seen;
  await signIn(page);
  await page.locator('article footer').waitFor();
  await page.keyboard.press('n');
  await page.keyboard.type('The caller has left the house');
  const life = await officer.call('Мужчина упал, без сознания, не дышит', 'площадь Республики, 1', 43.2384, 76.9453, 40, 'ru');
  await page.locator(`[data-alarm="${life}"]`).getByRole('button').click();
  await page.locator(`article[data-incident="${life}"]`).waitFor();
  expect(await page.getByRole('textbox', { name: 'Note' }).inputValue()).toBe('');
  await page.locator(`[data-row="${id}"] button`).click();
  await page.locator(`article[data-incident="${id}"]`).waitFor();
  expect(await page.getByRole('textbox', { name: 'Note' }).inputValue()).toBe('The caller has left the house');
  await page.reload();
  await page.locator(`article[data-incident="${id}"]`).waitFor();
  expect(await page.getByRole('textbox', { name: 'Note' }).inputValue()).toBe('The caller has left the house');
  await page.keyboard.press('n');
  await page.keyboard.press('Enter');
  await page.locator('[aria-label=Timeline]').getByText('The caller has left the house').waitFor();
  expect(await page.getByRole('textbox', { name: 'Note' }).inputValue()).toBe('');
  expect(seen.errors).toEqual([]);
  await seen.context.close();
});

test('a corrected address does not keep the point of the old one, and the places are offered again', async () => {
  const officer = await Caller.of(hub);
  await officer.call('Запах газа', 'улица Абая, 110', 43.2391, 76.8902, 50, 'ru');
  await officer.call('Застряли в лифте', 'улица Сатпаева, 90', 43.2362, 76.9899, 50, 'ru');
  const seen = await open(browser, hub, { language: 'en', at: '/call?new' });
  const { page } = seen;
  await signIn(page);
  await page.locator('textarea[name=text]').fill('Горит квартира');
  const address = page.locator('input[name=address]');
  const places = page.getByRole('group', { name: 'Known places' });
  await address.fill('Абая 11');
  expect(await places.getByRole('button', { name: 'улица Абая, 110' }).count(), 'another house').toBe(0);
  await address.fill('Абая 110');
  await places.getByRole('button', { name: 'улица Абая, 110' }).click();
  await page.getByText('43.23910, 76.89020').waitFor();
  await address.fill('улица Абая, 110, кв. 5');
  await page.getByText('43.23910, 76.89020').waitFor();

  await address.fill('Сатпаева 90');
  await page.locator('[data-spot=fallen]').waitFor();
  expect(await page.getByText('43.23910, 76.89020').count()).toBe(0);
  expect(await faults(page)).toEqual([]);
  await places.getByRole('button', { name: 'улица Сатпаева, 90' }).click();
  await page.getByText('43.23620, 76.98990').waitFor();
  const sent = page.waitForResponse((response) => response.url().includes('/api/v1/messages?'));
  await page.keyboard.press('Control+Enter');
  const { incident } = (await (await sent).json()) as { incident: string };
  const { locations } = await officer.ask<{ locations: { location: object }[] }>('GET', `/incidents/${incident}`);
  expect(locations.map((one) => one.location)).toMatchObject([{ address: 'улица Сатпаева, 90', fix: { point: { lat: 43.2362, lon: 76.9899 } } }]);

  // The same in the dialog for a better place.
  await page.locator('article footer').waitFor();
  await page.keyboard.press('l');
  const dialog = page.getByRole('dialog');
  const field = dialog.getByRole('textbox').first();
  await field.fill('проспект Райымбека, 348');
  await dialog.locator('[data-spot=fallen]').waitFor();
  expect(await faults(page)).toEqual([]);
  await dialog.getByRole('button', { name: 'keep the former point' }).click();
  await dialog.locator('[data-spot=elsewhere]').waitFor();
  await field.fill('Абая 110');
  await dialog.getByRole('button', { name: 'улица Абая, 110' }).click();
  await dialog.getByText('43.23910, 76.89020').waitFor();
  await page.keyboard.press('Escape');
  expect(seen.errors).toEqual([]);
  await seen.context.close();
});

test('a street that stands in the words is offered while there is no address, in either language, and taken by a person alone', async () => {
  const officer = await Caller.of(hub);
  await officer.call('Застряли в лифте', 'улица Толе би, 59', 43.2551, 76.9321, 50, 'ru');
  const seen = await open(browser, hub, { language: 'ru', at: '/call?new' });
  const { page } = seen;
  await signIn(page);
  const words = page.locator('textarea[name=text]');
  const address = page.locator('input[name=address]');
  const place = page.locator('.places').getByRole('button', { name: 'улица Толе би, 59' });
  for (const said of ['улица Толе би 59 пожар', 'Төле би көшесі 59 өрт']) {
    await words.fill(said);
    await place.waitFor();
    await page.locator('[data-told]').waitFor();
    expect([await address.inputValue(), await page.locator('.places .marked').count()], said).toEqual(['', 0]);
  }
  expect(await faults(page)).toEqual([]);
  // By keyboard from the words: into the empty address, one key marks it, the next takes it.
  await page.keyboard.press('Tab');
  await page.keyboard.press('ArrowDown');
  await page.locator('.places .marked').waitFor();
  await page.keyboard.press('Enter');
  await expect.poll(() => address.inputValue()).toBe('улица Толе би, 59');
  await page.getByText('43.25510, 76.93210').waitFor();
  expect(await page.locator('[data-told]').count()).toBe(0);
  // Once there is an address, the words say nothing of a place any more.
  await address.fill('за мостом');
  await place.waitFor({ state: 'detached' });
  expect(seen.errors).toEqual([]);
  await seen.context.close();
});

test('a place that is known to some kilometres stays known to so many, in the field and on the card', async () => {
  const officer = await Caller.of(hub);
  await officer.call('Заблудились в горах', 'урочище Кокжайляу', 43.1489, 76.9988, 9600, 'ru');
  const seen = await open(browser, hub, { language: 'en', at: '/call?new' });
  const { page } = seen;
  await signIn(page);
  await page.locator('textarea[name=text]').fill('Сошла лавина, засыпало людей');
  await page.locator('input[name=address]').fill('урочище Кокжайляу');
  await page.getByRole('group', { name: 'Known places' }).getByRole('button', { name: 'урочище Кокжайляу' }).first().click();
  const radius = page.locator('.radius select').first();
  await expect.poll(() => radius.locator('option:checked').innerText()).toBe('± 9.6 km');
  expect(await radius.locator('option').allInnerTexts()).toEqual(['± 50 m', '± 100 m', '± 300 m', '± 1 km', '± 3 km', '± 9.6 km']);
  const sent = page.waitForResponse((response) => response.request().method() === 'POST' && response.url().includes('/api/v1/messages'));
  await page.keyboard.press('Control+Enter');
  const { incident } = (await (await sent).json()) as { incident: string };
  const { locations } = await officer.ask<{ locations: { location: { fix: { uncertainty: { radius_m: number } } } }[] }>('GET', `/incidents/${incident}`);
  expect(locations.at(-1)?.location.fix.uncertainty.radius_m).toBe(9600);
  expect(seen.errors).toEqual([]);
  await seen.context.close();
});

test('whatever is typed as a number reaches the card, and a count typed last goes with Ctrl+Enter', async () => {
  const officer = await Caller.of(hub);
  const seen = await open(browser, hub, { language: 'en', at: '/call?new' });
  const { page } = seen;
  await signIn(page);
  const words = page.locator('textarea[name=text]');
  const number = page.locator('input[name=number]');
  await words.fill('Столкнулись два автобуса');
  await number.fill('701 123 45 67');
  expect(await number.getAttribute('aria-invalid')).toBe('false');
  await number.fill('2-31-44 доб. 5');
  await page.getByText('The number to call is 23144').waitFor();
  const organisation = page.locator('summary', { hasText: 'The caller speaks for an organisation' });
  // A key that comes while the questions change under the focus is pressed again, as a person does.
  await expect.poll(async () => (await page.locator('input[name=bin]').isVisible()) || (await organisation.press('Enter'), false)).toBe(true);
  await page.locator('input[name=bin]').fill('94124');
  await page.getByText('A BIN has twelve digits').waitFor();
  expect(await faults(page)).toEqual([]);
  await page.getByRole('spinbutton').focus();
  await page.keyboard.type('4');
  const sent = page.waitForResponse((response) => response.url().includes('/api/v1/messages?'));
  await page.keyboard.press('Control+Enter');
  const { incident } = (await (await sent).json()) as { incident: string };
  const { messages } = await officer.ask<{ messages: { id: string; number: string; answers: object }[] }>('GET', `/incidents/${incident}`);
  expect(messages).toMatchObject([{ number: '23144', answers: { affected: 4 } }]);
  const { message } = await officer.ask<{ message: { text: string } }>('GET', `/messages/${messages[0]!.id}`);
  expect(message.text).toBe('Столкнулись два автобуса\nCall-back number: 2-31-44 доб. 5\nBIN: 94124');
  expect(seen.errors).toEqual([]);
  await seen.context.close();
});

test('a point outside the region says so', async () => {
  const seen = await open(browser, hub, { language: 'en' });
  const { page } = seen;
  await signIn(page);
  for (const [point, outside] of [['43.2391,76.8902', 0], ['51.1280,71.4304', 1]] as const) {
    await page.goto(`${hub.url}/call?${String(new URLSearchParams({ text: 'Горит квартира', address: 'там', point }))}`);
    const here = page.waitForResponse((response) => response.url().includes('/gazetteer/here'));
    await page.locator('textarea[name=text]').waitFor();
    await here;
    await expect.poll(() => page.locator('[data-outside]').count(), { message: point }).toBe(outside);
  }
  expect(seen.errors).toEqual([]);
  await seen.context.close();
});

test('questions follow what the hub takes the words for, say so, and switch without losing an answer', async () => {
  const seen = await open(browser, hub, { language: 'en' });
  const { page } = seen;
  await signIn(page);
  await page.goto(`${hub.url}/call?new`);
  const words = page.locator('textarea[name=text]');
  await words.waitFor();
  const question = (code: string) => page.locator(`#question-${code}`);
  expect(await question('breathing').count(), 'before a word was said, whatever everybody is asked').toBe(1);
  await words.fill('горит квартира');
  await page.locator('[data-guess=building_fire]').waitFor();
  expect(await page.locator('[data-guess]').innerText()).toContain('follow this guess');
  await question('smoke').waitFor();
  expect(await question('trapped').innerText()).toBe('Is anybody inside who cannot get out?');
  await page.locator('[aria-labelledby=question-smoke] button').first().click();
  // The words go on, and the hub takes it for something else.
  await words.fill('ограбили, нападение с ножом');
  await question('weapon').waitFor();
  expect(await page.locator('[aria-labelledby=question-smoke] button').first().getAttribute('aria-pressed'), 'what was answered stays').toBe('true');
  expect(await question('trapped').count()).toBe(0);
  expect(await faults(page)).toEqual([]);
  // What the person chooses stands above every guess.
  await page.locator('input[name=category]').fill('gas');
  await page.keyboard.press('Enter');
  await question('gas_smell').waitFor();
  expect(await page.locator('[data-guess]').count()).toBe(0);
  expect(await question('weapon').count()).toBe(0);
  expect(await page.locator('[aria-labelledby=question-smoke] button').first().getAttribute('aria-pressed')).toBe('true');
  await page.locator('.chosen button').click();
  await question('weapon').waitFor();
  const guess = await page.locator('[data-guess]').getAttribute('data-guess');
  await page.locator('[data-guess] button').click();
  await page.locator('.chosen').waitFor();
  const sent = page.waitForResponse((response) => response.url().includes('/api/v1/messages?'));
  await page.keyboard.press('Control+Enter');
  const { incident } = (await (await sent).json()) as { incident: string };
  const officer = await Caller.of(hub);
  const card = await officer.ask<{ categories: { code: string }[]; messages: { answers?: object }[] }>('GET', `/incidents/${incident}`);
  expect(card.categories.at(-1)?.code).toBe(guess);
  expect(card.messages[0]?.answers).toEqual({ smoke: true });
  expect(seen.errors).toEqual([]);
  await seen.context.close();
});
