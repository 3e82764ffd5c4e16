// Use of other bodies' databases for an incident (112-R c.6(7)): written down before it is asked, and what it came to.
import { asked, hub } from '../api/client';
import type { Lookup, Schemas } from '../api/types';
import { everyPage } from './pages';
import { region } from './region.svelte';

export const DATABASES: readonly Schemas['Database'][] = ['emergency_services', 'repair_services', 'telecom_operators', 'local_executive_bodies', 'state_bodies', 'civil_protection_services'];

/** Those of an incident, or of the whole region; the newest first. */
export async function lookups(incident: string | null): Promise<Lookup[]> {
  const of = incident === null ? (region.code === null ? {} : { region: region.code }) : { incident };
  const all = await everyPage((page) => asked(hub.GET('/api/v1/lookups', { params: { query: { ...of, ...page } } })));
  return all.sort((a, b) => b.at.localeCompare(a.at));
}

export async function lookUp(incident: string, body: Schemas['NewLook']): Promise<void> {
  await asked(hub.POST('/api/v1/incidents/{id}/lookups', { params: { path: { id: incident } }, body }));
}

export async function answer(id: string, body: Schemas['LookupOutcome']): Promise<void> {
  await asked(hub.POST('/api/v1/lookups/{id}/answer', { params: { path: { id }, query: region.code === null ? {} : { region: region.code } }, body }));
}
