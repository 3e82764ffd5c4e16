// Units whose position is doubtful, marked on the map: a ring and a question mark where the unit was believed to be, and a
// broken line to where it was reported, so that nobody takes either for certain.
import type { Map as MapLibre } from 'maplibre-gl';
import type { Feature } from 'geojson';
import type { Unit } from '../api/types';
import { whereabouts } from '../state/whereabouts.svelte';
import { colour } from './colours';
import { fill } from './fill';
import { NOTHING } from './style';

/** A line longer than this is of a receiver without a fix, and would cross the whole map. */
const LONGEST_DEGREES = 3;

export class DoubtsOnMap {
  readonly #map: MapLibre;

  constructor(map: MapLibre) {
    this.#map = map;
    map.addSource('doubts', { type: 'geojson', data: NOTHING });
    map.addLayer({ id: 'doubt-lines', type: 'line', source: 'doubts', filter: ['==', ['geometry-type'], 'LineString'], paint: { 'line-color': colour('danger'), 'line-width': 1.5, 'line-dasharray': [2, 2] } });
    map.addLayer({
      id: 'doubt-rings',
      type: 'circle',
      source: 'doubts',
      filter: ['==', ['geometry-type'], 'Point'],
      paint: { 'circle-radius': 15, 'circle-color': 'transparent', 'circle-stroke-color': colour('danger'), 'circle-stroke-width': 2.5 },
    });
    map.addLayer({
      id: 'doubt-marks',
      type: 'symbol',
      source: 'doubts',
      filter: ['==', ['geometry-type'], 'Point'],
      layout: { 'text-field': '?', 'text-font': ['Noto Sans'], 'text-size': 20, 'text-offset': [0.85, -0.75], 'text-allow-overlap': true, 'text-ignore-placement': true },
      paint: { 'text-color': colour('danger'), 'text-halo-color': colour('map-ground'), 'text-halo-width': 2.5 },
    });
  }

  /** To be called whenever units or positions have changed. */
  show(units: readonly Unit[]): void {
    const features: Feature[] = [];
    if (whereabouts.doubtful.size > 0) {
      for (const unit of units) {
        const doubted = whereabouts.doubtful.get(unit.id);
        if (doubted === undefined) continue;
        const seen = whereabouts.of(unit);
        const { lon, lat } = doubted.position.point;
        features.push({ type: 'Feature', geometry: { type: 'Point', coordinates: [seen.lon, seen.lat] }, properties: {} });
        const far = Math.hypot(lon - seen.lon, lat - seen.lat);
        if (far > 0 && far < LONGEST_DEGREES) features.push({ type: 'Feature', geometry: { type: 'LineString', coordinates: [[seen.lon, seen.lat], [lon, lat]] }, properties: {} });
      }
    }
    fill(this.#map, 'doubts', { type: 'FeatureCollection', features });
  }
}
