// An agency's dispatcher: an account of the region's ambulance, reached over HTTP.
import type { Page } from 'playwright-core';
import type { Caller } from './caller';

export const DISPATCHER = { name: 'dispetcher-103', password: 'zhedel-tanerten-7', service: 'ambulance' } as const;

/** Makes the account and puts its service on HTTP. */
export async function hire(administrator: Caller): Promise<void> {
  await administrator.ask('PUT', '/services/ambulance/link?region=75', { way: 'http', phone: '103' }, { 'If-Match': '*' });
  await administrator.ask('PUT', `/accounts/${DISPATCHER.name}`, {
    role: 'agency',
    region: '75',
    service: DISPATCHER.service,
    active: true,
    password: DISPATCHER.password,
  }, { 'If-None-Match': '*' });
}

export async function signInAs(page: Page, name: string, password: string): Promise<void> {
  await page.locator('input[name=name]').fill(name);
  await page.locator('input[name=password]').fill(password);
  await page.keyboard.press('Enter');
  await page.locator('header.banner').waitFor();
}
