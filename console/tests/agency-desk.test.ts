// The dispatcher of a further desk of a kind, the gas service beside the other utilities (112-R c.3(7)), on a phone: the same
// screens, of this desk alone.
import { afterAll, describe, expect, test } from 'vitest';
import { faults } from './world/accessible';
import { acceptAndGo, askedFor, fits, GAS, openGas, PHONE, readyOf, reportReady, signInAs } from './world/agency';
import { open, type Theme } from './world/browser';
import { Caller } from './world/caller';
import { browser, hub, stage } from './world/stage';
import { Walker } from './world/walker';

let officer: Caller;
let card: string;

const asked = () => askedFor(officer, card);
const ofGas = async () => (await asked()).find((one) => one.service === GAS.service);

stage({}, async () => {
  await openGas(await Caller.of(hub, 'administrator'));
  officer = await Caller.of(hub);
  card = await officer.call('Пахнет газом в подъезде', 'улица Тимирязева, 71', 43.2262, 76.9051, 60, 'ru');
  await officer.ask('POST', `/incidents/${card}/forces`, {});
});

test('the desk is asked by its own name, answers with its own crew, and the crew’s way reaches the card', async () => {
  expect((await asked()).map((one) => one.service), 'the main desk of the kind is not asked').not.toContain('utilities');
  const seen = await open(browser, hub, PHONE);
  const { page } = seen;
  await signInAs(page, GAS.name, GAS.password);
  await expect.poll(() => new URL(page.url()).pathname).toBe('/agency');
  await page.getByRole('heading', { level: 1, name: 'Gas service' }).waitFor();
  await page.getByRole('button', { name: 'Answer' }).first().click();
  const units = page.locator('form .unit');
  await units.first().waitFor();
  expect(await units.locator('.sign').allInnerTexts(), 'crews of this desk and of no other').toEqual(['Газ-401']);
  if (!(await units.getByRole('checkbox').isChecked())) await units.getByRole('checkbox').check();
  await acceptAndGo(page, 3, ofGas);
  await fits(page);
  expect([seen.errors, seen.outside]).toEqual([[], []]);
  await seen.context.close();
});

test('what the desk reports stands under its own name on the services board', async () => {
  const seen = await open(browser, hub, PHONE);
  const { page } = seen;
  await signInAs(page, GAS.name, GAS.password);
  await page.goto(`${hub.url}/agency/reports`);
  await reportReady(page, 'Emergency gas brigade', 7);
  expect(await readyOf(officer, GAS.service)).toMatchObject([{ name: 'Emergency gas brigade', people: 7 }]);
  expect(await readyOf(officer, 'utilities')).toEqual([]);

  await page.goto(`${hub.url}/agency/units`);
  await page.getByText('Газ-401').first().waitFor();
  await page.getByRole('button', { name: 'Show on the map' }).click();
  await expect.poll(() => page.locator('.map [data-units]').getAttribute('data-units'), { timeout: 20_000 }).toBe('1');
  await fits(page);
  expect([seen.errors, seen.outside]).toEqual([[], []]);
  await seen.context.close();
});

describe.each(['night', 'day'] as Theme[])('accessible by %s (WCAG 2.2 AA)', (theme) => {
  const walker = new Walker();
  afterAll(() => walker.end());
  test.each(['/agency', '/agency/known', '/agency/units', '/agency/reports'])('%s', async (path) => {
    const seen = await walker.at(browser, hub, GAS, path, { ...PHONE, theme, language: theme === 'night' ? 'kk' : 'ru' });
    const { page } = seen;
    await page.getByRole('heading', { level: 1, name: theme === 'night' ? 'Газ қызметі' : 'Газовая служба' }).waitFor();
    await page.locator('.body > *:not([role=status])').first().waitFor();
    expect(await faults(page)).toEqual([]);
    expect([seen.errors, seen.outside]).toEqual([[], []]);
  });
});
