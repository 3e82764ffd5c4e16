// Incidents of a span of time, ended ones too, as points of a heat map: asked of the hub's interface for map programs,
// by time and by the filters of the screen.
import type { FeatureCollection } from 'geojson';
import { headers } from '../../api/client';
import { NOTHING } from '../../map/style';
import type { View } from './view';

const EVERY_MS = 60_000;
/** The most that the interface gives at once. */
const MOST = 10_000;

type Asked = Pick<View, 'category' | 'severity' | 'heat' | 'at'> & { of?: string | null };

/** Cards that stand for themselves: one that was merged is counted with the card that it became part of. */
const COUNTED = 'open,responding,closed';

/** What is asked: real incidents, each once, that were under way at some time of the span, with the filters. */
export function heatQuery({ category, severity, heat, at, of = null }: Asked, now: number): string {
  const to = at?.getTime() ?? now;
  const moment = (ms: number) => new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');
  const query = new URLSearchParams({ datetime: `${moment(to - (heat ?? 0) * 3_600_000)}/${moment(to)}`, limit: String(MOST), exercise: 'false', status: COUNTED });
  if (category !== null) query.set('category', category);
  if (severity !== null) query.set('severity', severity);
  if (of !== null) query.set('region', of);
  return query.toString();
}

class HeatMap {
  points = $state.raw<FeatureCollection>(NOTHING);
  /** How many have a place; null while nothing has come. */
  count = $state<number | null>(null);
  more = $state(false);
  problem = $state.raw<unknown>(null);

  /** Keeps it fresh until what is returned is called. */
  watch(view: Asked): () => void {
    if (view.heat === null) return () => {};
    let ended = false;
    const ask = async () => {
      try {
        const answer = await fetch(`/ogc/collections/incidents/items?${heatQuery(view, Date.now())}`, { headers: headers() });
        if (!answer.ok) throw new Error(`${answer.status}`);
        const found = (await answer.json()) as FeatureCollection & { links: { rel: string }[] };
        if (ended) return;
        const placed = found.features.filter((one) => one.geometry !== null);
        this.points = { type: 'FeatureCollection', features: placed };
        this.count = placed.length;
        this.more = found.links.some(({ rel }) => rel === 'next');
        this.problem = null;
      } catch (problem) {
        if (!ended) this.problem = problem;
      }
    };
    void ask();
    const timer = setInterval(() => void ask(), EVERY_MS);
    return () => {
      ended = true;
      clearInterval(timer);
      this.points = NOTHING;
      this.count = null;
      this.more = false;
      this.problem = null;
    };
  }
}

export const heatMap = new HeatMap();
