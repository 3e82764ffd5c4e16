// Layers of perimeters of water, fire and the like: what is on the map, read again when one is changed; the areas of a layer are read
// once for each picture of it.
import { asked, hub, ifMatch } from '../api/client';
import type { Schemas } from '../api/types';
import { SharedFresh } from '../board/fresh';
import { clock } from '../live/clock.svelte';

const EVERY_MS = 60_000;

export type HazardLayer = Schemas['HazardLayer'];
export type LayerArea = Schemas['FileArea'];

/** By the hub's time, so that a layer grows old on a screen that nobody renews. */
export const isOutdated = (layer: Pick<HazardLayer, 'valid_until'>) => clock.now > Date.parse(layer.valid_until);

class Hazards {
  all = $state.raw<HazardLayer[]>([]);
  areas = $state.raw<Record<string, { version: number; areas: LayerArea[] }>>({});
  failed = $state.raw<unknown>(null);
  readonly #fresh = new SharedFresh(() => this.again(), EVERY_MS, 'hazard_layers');

  /** Keeps them fresh until what is returned is called; several may. */
  watch(): () => void {
    return this.#fresh.watch();
  }

  async again(): Promise<void> {
    try {
      const found = await asked(hub.GET('/api/v1/hazard-layers'));
      const known: typeof this.areas = {};
      for (const layer of found) {
        const held = this.areas[layer.id];
        // What is shown of a layer stays until its new picture is here: there is no gap between them.
        known[layer.id] = held?.version === layer.version ? held : await this.#read(layer);
      }
      if (JSON.stringify(found) !== JSON.stringify(this.all)) {
        this.areas = known;
        this.all = found;
      }
      this.failed = null;
    } catch (problem) {
      this.failed = problem;
    }
  }

  async #read(layer: HazardLayer): Promise<{ version: number; areas: LayerArea[] }> {
    const read = await asked(hub.GET('/api/v1/hazard-layers/{id}/areas', { params: { path: { id: layer.id } } }));
    return { version: read.layer.version, areas: read.areas };
  }
}

export const hazards = new Hazards();

export interface NewPicture {
  id: string;
  kind: HazardLayer['kind'];
  name: string;
  source: string;
  observed_at: string;
  valid_until: string;
}

/** Puts a picture on the map: a new layer, or in place of the one that was seen. */
export async function putLayer(about: NewPicture, text: string, seen: HazardLayer | null, region: string | null): Promise<void> {
  const { id, ...query } = about;
  const header = seen === null ? { 'If-None-Match': '*' } : ifMatch(seen.version);
  const params = { path: { id }, query: { ...query, ...(region === null || seen !== null ? {} : { region }) }, header };
  const sent = { params, body: {}, bodySerializer: () => text, headers: { 'Content-Type': 'application/geo+json' } };
  await asked(hub.PUT('/api/v1/hazard-layers/{id}', sent));
  await hazards.again();
}

export async function removeLayer(seen: HazardLayer): Promise<void> {
  await asked(hub.DELETE('/api/v1/hazard-layers/{id}', { params: { path: { id: seen.id }, header: ifMatch(seen.version) } }));
  await hazards.again();
}
