// Borders for a map, asked for until they are there: a hub that was away when the map was opened is asked again as soon as it
// is back, and a map without borders says so.
import { untrack } from 'svelte';
import type { FeatureCollection } from 'geojson';
import { asked, hub } from '../api/client';
import { connection } from '../live/connection.svelte';
import { untilThere } from './until-there';

/** To be made in a component. */
export class Borders {
  all = $state.raw<FeatureCollection | null>(null);
  /** Whether they were asked for and did not come. */
  missing = $state(false);

  constructor() {
    $effect(() => {
      void connection.line;
      if (untrack(() => this.all) !== null) return;
      return untilThere(
        () => asked(hub.GET('/api/v1/territories', { params: { query: {} } })),
        (outlines) => {
          this.missing = false;
          this.all = outlines as unknown as FeatureCollection;
        },
        () => (this.missing = true),
      );
    });
  }
}
