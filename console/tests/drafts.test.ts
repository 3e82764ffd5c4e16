// Cards of what an administrator keeps: what was written and not saved is there after another screen and after a reload, is
// named in the list, and can be thrown away.
import type { Locator } from 'playwright-core';
import { expect, test } from 'vitest';
import { faults } from './world/accessible';
import { open, signIn, type Seen } from './world/browser';
import { Caller } from './world/caller';
import { browser, hub, stage } from './world/stage';

let administrator: Caller;
let seen: Seen;

stage({}, async () => {
  administrator = await Caller.of(hub, 'administrator');
  const anew = { 'if-none-match': '*' };
  await administrator.ask('PUT', '/service-desks/utilities-gas?region=75', { names: { kk: 'Газ', ru: 'Газ', en: 'Gas' }, competence: { categories: [], districts: [] } }, anew);
  await administrator.ask('PUT', '/formations/75-mudflow?region=75', {
    key: '75-mudflow', name: 'Mudflow rescue', owner: 'Kazselezashchita', force: 'professional_rescue', standing: { standing: 'independent' }, works: ['rescue'], people: 24,
  }, anew);
  seen = await open(browser, hub, { language: 'en', at: '/administration' });
  seen.page.setDefaultTimeout(20_000);
  await signIn(seen.page, 'administrator');
});

interface Form {
  form: string;
  at: string;
  /** The row whose card is opened; none for a card of something new. */
  row: string | null;
  field: (card: Locator) => Locator;
  written: string;
  /** A text of another field, kept beside the form. */
  reason?: string;
}

const first = '[data-row]';
const named = (name: string) => (card: Locator) => card.locator(`input[name=${name}]`);
const labelled = (label: string) => (card: Locator) => card.getByLabel(label, { exact: true });

const forms: Form[] = [
  { form: 'a unit', at: '/administration/units', row: first, field: labelled('Call sign'), written: 'Altai 7' },
  { form: 'a new unit', at: '/administration/units', row: null, field: labelled('Id'), written: '75-ambulance-99' },
  { form: 'a station', at: '/administration/stations', row: first, field: labelled('Latitude'), written: '43.3001' },
  { form: 'an account', at: '/administration', row: `${first}:has-text("manager")`, field: (card) => card.locator('#account select').first(), written: 'duty_officer' },
  { form: 'a new account', at: '/administration', row: null, field: labelled('Account'), written: 'omarov' },
  { form: 'a desk', at: '/administration/desks', row: '[data-desk=utilities-gas] button', field: named('en'), written: 'Gas emergency service', reason: 'Close the desk' },
  { form: 'a new desk', at: '/administration/desks', row: null, field: named('word'), written: 'water' },
  { form: 'a service’s link', at: '/administration/contacts', row: '[data-contact=police] button', field: (card) => card.locator('#service-link input[type=tel]'), written: '+77271020000' },
  { form: 'a formation', at: '/boards/formations', row: '[data-formation="75-mudflow"] button', field: named('people'), written: '31', reason: 'Take it off the register' },
  { form: 'a new formation', at: '/boards/formations', row: null, field: named('name'), written: 'Talgar rescue' },
  { form: 'an organisation', at: '/boards/organisations', row: '[data-organisation=territorial_body] button', field: named('duty_number'), written: '+77272500000' },
  { form: 'a new organisation', at: '/boards/organisations', row: null, field: named('key'), written: '75-mudflow-centre' },
];

test.each(forms)('$form', async ({ at, row, field, written, reason }) => {
  const { page } = seen;
  const card = page.getByRole('dialog');
  const reach = async () => {
    if (row === null) await page.locator('header button.primary, button.primary').first().click();
    else await page.locator(row).first().click();
    await field(card).waitFor();
  };
  const fill = async (text: string) => ((await field(card).evaluate((one) => one.tagName)) === 'SELECT' ? field(card).selectOption(text) : field(card).fill(text));
  const isKept = async () => {
    await field(card).waitFor();
    expect(await field(card).inputValue()).toBe(written);
    await card.locator('[data-unsent]').waitFor();
  };
  await page.goto(hub.url + at);
  await page.locator('button.primary, [data-row]').first().waitFor();
  await reach();
  const before = await field(card).inputValue();
  await fill(written);
  if (reason !== undefined) {
    await card.getByRole('button', { name: reason }).click();
    await card.locator('[data-take-off] input').fill('no longer needed');
  }
  await page.locator('a[href="/profile"]').first().click();
  await page.locator('.profile').waitFor();
  await page.goBack();
  await isKept();
  await page.reload();
  await isKept();
  if (reason !== undefined) expect(await card.locator('[data-take-off] input').inputValue()).toBe('no longer needed');
  expect(await faults(page)).toEqual([]);

  // Put away, it is named in the list.
  await page.keyboard.press('Escape');
  await card.waitFor({ state: 'detached' });
  await page.getByText('not saved yet').first().waitFor();
  await reach();
  await isKept();
  await card.locator('[data-unsent] button').click();
  expect([await field(card).inputValue(), await card.locator('[data-unsent]').count()]).toEqual([before, 0]);
  await page.keyboard.press('Escape');
  await card.waitFor({ state: 'detached' });
  expect(await page.getByText('not saved yet').count()).toBe(0);
  await page.reload();
  await page.locator('button.primary, [data-row]').first().waitFor();
  expect(await card.count(), 'what was thrown away opens nothing').toBe(0);
  expect(seen.errors).toEqual([]);
});

test('what has been saved is no draft, and a password never is one', async () => {
  const { page } = seen;
  const card = page.getByRole('dialog');
  await page.goto(`${hub.url}/administration`);
  await page.locator('[data-row]').first().waitFor();
  await page.keyboard.press('n');
  await card.getByLabel('Account', { exact: true }).fill('omarov');
  await card.locator('#account input[type=password]').fill('tanerten-korgan-9');
  expect(await page.evaluate(() => Object.values(sessionStorage).some((one: string) => one.includes('tanerten-korgan-9')))).toBe(false);
  await page.keyboard.press('Enter');
  await card.waitFor({ state: 'detached' });
  await page.locator('[data-row]', { hasText: 'omarov' }).waitFor();
  expect(await page.getByText('not saved yet').count()).toBe(0);
  await page.keyboard.press('n');
  await card.waitFor();
  expect([await card.getByLabel('Account', { exact: true }).inputValue(), await card.locator('[data-unsent]').count()]).toEqual(['', 0]);
  await page.keyboard.press('Escape');
  expect(seen.errors).toEqual([]);
});
