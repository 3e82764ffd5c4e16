// What an officer does to a zone.
import { asked, hub, ifMatch } from '../api/client';
import type { Mode, Schemas, ZoneRecord } from '../api/types';
import { region } from '../state/region.svelte';
import { closed, type Corner } from './ring';

/** A zone is of a possible emergency or of an emergency (112-R c.5(2)¶2, c.5(3)¶2). */
export const ZONE_MODES: readonly Mode[] = ['high_readiness', 'emergency'];

const here = () => (region.code === null ? {} : { region: region.code });

/** Its outer border and its holes. */
export interface Border {
  ring: readonly Corner[];
  holes: readonly (readonly Corner[])[];
}

export async function draw(zone: Omit<Schemas['NewZone'], 'polygon'>, { ring, holes }: Border): Promise<void> {
  await asked(hub.POST('/api/v1/zones', { params: { query: here() }, body: { ...zone, polygon: closed(ring, holes) } }));
}

/** For the zone as it was seen: its version is the number of its polygons. */
export async function redraw(seen: ZoneRecord, { ring, holes }: Border, reason: string): Promise<void> {
  const params = { path: { id: seen.id }, query: here(), header: ifMatch(seen.versions.length) };
  await asked(hub.PUT('/api/v1/zones/{id}', { params, body: { polygon: closed(ring, holes), reason } }));
}

/** The sector of a release, and what lies in it: a proposal that decides nothing. */
export async function proposePlume(release: Schemas['Release']): Promise<Schemas['PlumeProposal']> {
  return asked(hub.POST('/api/v1/zones/plume', { params: { query: here() }, body: release }));
}

/** The borders in a file, sound or none: the hub reads it and names what is wrong. */
export async function readFile(text: string): Promise<Schemas['FileArea'][]> {
  const sent = { body: {}, bodySerializer: () => text, headers: { 'Content-Type': 'application/geo+json' } };
  return (await asked(hub.POST('/api/v1/zones/from-file', sent))).areas;
}

/** Everything within so many metres of a place, a line or a border: a proposal that decides nothing. */
export async function widen(widening: Schemas['Widening']): Promise<Schemas['WidenedProposal']> {
  return asked(hub.POST('/api/v1/zones/buffer', { params: { query: here() }, body: widening }));
}

/** What would lie in a zone with this border. */
export async function withinBorder({ ring, holes }: Border): Promise<Schemas['Inside']> {
  return asked(hub.POST('/api/v1/zones/inside', { params: { query: here() }, body: { polygon: closed(ring, holes) } }));
}

/** What lies in a zone as it is in force. */
export async function within(id: string): Promise<Schemas['Inside']> {
  return asked(hub.GET('/api/v1/zones/{id}/inside', { params: { path: { id } } }));
}

export async function end(seen: ZoneRecord, reason: string): Promise<void> {
  const params = { path: { id: seen.id }, query: here(), header: ifMatch(seen.versions.length) };
  await asked(hub.POST('/api/v1/zones/{id}/end', { params, body: { reason } }));
}
