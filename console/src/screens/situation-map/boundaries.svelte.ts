// Borders of the regions, with the mode of each where the whole country is shown, and of the districts of one region: of the
// whole country they would be more than can be told apart.
import { untrack } from 'svelte';
import type { FeatureCollection, Geometry } from 'geojson';
import { asked, hub } from '../../api/client';
import type { Mode } from '../../api/types';
import { named, word } from '../../i18n';
import { connection } from '../../live/connection.svelte';
import { Borders } from '../../map/borders.svelte';
import { untilThere } from '../../map/until-there';

/** To be made in a component. */
export class Boundaries {
  readonly #borders = new Borders();
  districts = $state.raw<FeatureCollection | null>(null);

  /** `of`: the region whose districts are wanted. */
  constructor(of: () => string | null) {
    let had: string | null = null;
    $effect(() => {
      void connection.line;
      const code = of();
      if (code !== had) this.districts = null;
      had = code;
      if (code === null || untrack(() => this.districts) !== null) return;
      return untilThere(
        () => asked(hub.GET('/api/v1/territories', { params: { query: { level: 'district', region: code } } })),
        (found) => (this.districts = found as unknown as FeatureCollection),
        () => {},
      );
    });
  }

  get regions(): FeatureCollection | null {
    return this.#borders.all;
  }

  /** Whether the borders were asked for and did not come. */
  get missing(): boolean {
    return this.#borders.missing;
  }

  withModes(modes: ReadonlyMap<string, Mode>): FeatureCollection | null {
    if (this.regions === null) return null;
    const features = this.regions.features.map((one) => {
      const mode = modes.get(String(one.properties?.['region']));
      return mode === undefined ? one : { ...one, properties: { ...one.properties, mode, said: word('mode', mode) } };
    });
    return { type: 'FeatureCollection', features };
  }

  #district = (kato: string) => this.districts?.features.find((one) => one.properties?.['kato'] === kato);

  nameOf(kato: string): string {
    return named(this.#district(kato)?.properties as { kk: string; ru: string; en: string } | undefined, kato);
  }

  border(kato: string | null): Geometry | undefined {
    return kato === null ? undefined : this.#district(kato)?.geometry;
  }
}
