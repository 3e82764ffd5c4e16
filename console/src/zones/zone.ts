// What an officer does to a zone.
import { asked, hub } from '../api/client';
import type { Mode, Schemas } from '../api/types';
import { region } from '../state/region.svelte';
import { closed, type Corner } from './ring';

/** A zone is of a possible emergency or of an emergency (112-R c.5(2)¶2, c.5(3)¶2). */
export const ZONE_MODES: readonly Mode[] = ['high_readiness', 'emergency'];

const here = () => (region.code === null ? {} : { region: region.code });

export async function draw(zone: Omit<Schemas['NewZone'], 'polygon'>, ring: readonly Corner[]): Promise<void> {
  await asked(hub.POST('/api/v1/zones', { params: { query: here() }, body: { ...zone, polygon: closed(ring) } }));
}

export async function redraw(id: string, ring: readonly Corner[], reason: string): Promise<void> {
  await asked(hub.PUT('/api/v1/zones/{id}', { params: { path: { id }, query: here() }, body: { polygon: closed(ring), reason } }));
}

export async function end(id: string, reason: string): Promise<void> {
  await asked(hub.POST('/api/v1/zones/{id}/end', { params: { path: { id }, query: here() }, body: { reason } }));
}
