// What a source of the map holds.
import type { GeoJSONSource, Map as MapLibre } from 'maplibre-gl';
import type { FeatureCollection } from 'geojson';

/** Fills a source of the style. Layers of one that is empty are not drawn at all: each costs a pass over the whole picture,
 * a fifth of it all where the processor draws. */
export function fill(map: MapLibre | null, source: string, data: FeatureCollection): void {
  const held = map?.getSource(source) as GeoJSONSource | undefined;
  if (map === null || held === undefined) return;
  held.setData(data);
  const wanted = data.features.length > 0 ? 'visible' : 'none';
  for (const id of map.getLayersOrder()) {
    const layer = map.getLayer(id);
    if (layer?.source === source && layer.visibility !== wanted) map.setLayoutProperty(id, 'visibility', wanted);
  }
}
