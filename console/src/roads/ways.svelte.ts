// The ways of the units that are sent to an incident, from where each is now, and when it arrives: asked of the hub
// again and again while somebody looks, for units move and roads are closed.
import type { Feature, FeatureCollection } from 'geojson';
import { asked, hub } from '../api/client';
import { Problem } from '../api/problem';
import type { Incident, Schemas } from '../api/types';
import { NOTHING } from '../map/style';
import { place, requestsOf } from '../state/card';

const EVERY_MS = 3_000;

export type Way = Schemas['UnitWay'];

export class Ways {
  /** The soonest first. */
  all = $state.raw<Way[]>([]);
  /** When they were worked out; null while nothing has come. */
  at = $state<number | null>(null);

  /** Follows the units of this incident until what is returned is called. */
  follow(incident: string): () => void {
    let ended = false;
    let timer: ReturnType<typeof setTimeout> | null = null;
    const ask = async () => {
      try {
        const ways = await asked(hub.GET('/api/v1/incidents/{id}/routes', { params: { path: { id: incident }, query: {} } }));
        if (ended) return;
        this.all = ways.items;
        this.at = Date.now();
      } catch (problem) {
        if (ended) return;
        // An incident without a place has no ways. While the hub does not answer, no old time is shown as of now.
        if (problem instanceof Problem || this.at === null || Date.now() - this.at > 3 * EVERY_MS) this.all = [];
      }
      timer = setTimeout(() => void ask(), EVERY_MS);
    };
    void ask();
    return () => {
      ended = true;
      if (timer !== null) clearTimeout(timer);
      this.all = [];
      this.at = null;
    };
  }
}

const ON_THE_WAY: readonly Schemas['Stage'][] = ['requested', 'accepted', 'departed'];

/** Whether units of the card are under way to a place that is known. */
export const underWay = (incident: Incident): boolean =>
  place(incident)?.location.fix?.point !== undefined && requestsOf(incident).some((request) => Object.values(request.engagements).some(({ stage }) => ON_THE_WAY.includes(stage)));

/** The ways as lines: by road along it, else straight to the place. */
export function wayFeatures(ways: readonly Way[], to: { lat: number; lon: number } | null): FeatureCollection {
  if (to === null) return NOTHING;
  const features = ways.map((way): Feature => {
    const { lat, lon } = way.position.point;
    const known = way.line.length > 1;
    return {
      type: 'Feature',
      geometry: { type: 'LineString', coordinates: known ? way.line : [[lon, lat], [to.lon, to.lat]] },
      properties: { unit: way.unit, road: known },
    };
  });
  return { type: 'FeatureCollection', features };
}
