// Dispatchers of agencies, reached over HTTP: of the region's ambulance, and of a further desk, the gas service.
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import type { Caller } from './caller';
import { until } from './until';

export interface Dispatcher {
  readonly name: string;
  readonly password: string;
  readonly service: string;
}

export const DISPATCHER: Dispatcher = { name: 'dispetcher-103', password: 'zhedel-tanerten-7', service: 'ambulance' };
export const GAS: Dispatcher = { name: 'dispetcher-104', password: 'gazshy-tanerten-7', service: 'utilities-gas' };

/** Makes the account and puts its service on HTTP. */
export async function hire(administrator: Caller, { name, password, service } = DISPATCHER, phone = '103'): Promise<void> {
  await administrator.ask('PUT', `/services/${service}/link?region=75`, { way: 'http', phone }, { 'If-Match': '*' });
  await administrator.ask('PUT', `/accounts/${name}`, { role: 'agency', region: '75', service, active: true, password }, { 'If-None-Match': '*' });
}

/** Opens the desk of the gas service, with a crew and a dispatcher (112-R c.3(7)). */
export async function openGas(administrator: Caller): Promise<void> {
  const names = { kk: 'Газ қызметі', ru: 'Газовая служба', en: 'Gas service' };
  await administrator.ask('PUT', '/service-desks/utilities-gas?region=75', { names, competence: { categories: ['gas_smell', 'building_fire'], districts: [] } }, { 'If-None-Match': '*' });
  const home = { lat: 43.24, lon: 76.9 };
  const position = { point: home, at: new Date().toISOString(), source: 'station', accuracy: null };
  const crew = { id: '75-utilities-gas-1', service: 'utilities-gas', region: '75', call_sign: 'Газ-401', kind: 'repair_vehicle', capabilities: [], station: 'Газ қызметі', home, position };
  await administrator.ask('PUT', `/units/${crew.id}`, crew, { 'If-None-Match': '*' });
  await hire(administrator, GAS, '104');
}

export async function signInAs(page: Page, name: string, password: string): Promise<void> {
  await page.locator('input[name=name]').fill(name);
  await page.locator('input[name=password]').fill(password);
  await page.keyboard.press('Enter');
  await page.locator('header.banner').waitFor();
}

/** What a dispatcher holds. */
export const PHONE = { width: 360, height: 780 };

export interface Asked {
  service: string;
  decision?: { decision: string };
  composition?: { people: number };
  engagements: Record<string, { stage: string }>;
}

/** The requests of a card, as its officer has them. */
export const askedFor = async (officer: Caller, card: string): Promise<Asked[]> => Object.values((await officer.ask<{ requests: Record<string, Asked> }>('GET', `/incidents/${card}`)).requests);

/** The request in sight is accepted with so many people, and its crew departs, arrives and is released: the card has each. */
export async function acceptAndGo(page: Page, people: number, asked: () => Promise<Asked | undefined>): Promise<void> {
  await page.getByLabel('People').fill(String(people));
  await page.getByRole('button', { name: 'Accept', exact: true }).click();
  await until('the card has the answer', async () => (await asked())?.decision?.decision === 'accepted');
  expect((await asked())?.composition?.people).toBe(people);
  for (const [step, stage] of [['Departed', 'departed'], ['Arrived', 'arrived'], ['Released', 'released']] as const) {
    await page.getByRole('button', { name: step }).first().click();
    await until(`the card says ${stage}`, async () => Object.values((await asked())?.engagements ?? {}).some((one) => one.stage === stage));
  }
}

/** The request in sight is refused with a reason, and the card has it. */
export async function refuse(page: Page, asked: () => Promise<Asked | undefined>): Promise<void> {
  await page.getByLabel('Why it is refused').selectOption('none_free');
  await page.getByLabel('In words').fill('all crews are out');
  await page.getByRole('button', { name: 'Refuse', exact: true }).click();
  await until('the card has the refusal', async () => (await asked())?.decision?.decision === 'refused');
}

/** Nothing is wider than the phone. */
export async function fits(page: Page): Promise<void> {
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(PHONE.width);
}

/** A force is reported ready, and the hub has it. */
export async function reportReady(page: Page, formation: string, people: number): Promise<void> {
  const form = page.locator('form.report');
  await form.getByLabel('Formation').fill(formation);
  await form.getByLabel('People').fill(String(people));
  await form.getByRole('button', { name: 'Send' }).click();
  await form.getByText('Sent, the hub has it').waitFor();
}

/** What the services board holds ready of a desk. */
export async function readyOf(officer: Caller, service: string): Promise<{ name: string; people: number }[]> {
  const board = await officer.ask<{ service: string; readiness: { formations: { name: string; people: number }[] } | null }[]>('GET', '/services?region=75');
  return board.find((one) => one.service === service)?.readiness?.formations ?? [];
}
