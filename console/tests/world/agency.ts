// Dispatchers of agencies, reached over HTTP: of the region's ambulance, and of a further desk, the gas service.
import type { Page } from 'playwright-core';
import type { Caller } from './caller';

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
