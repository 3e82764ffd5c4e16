// Perimeters as they are drawn: what is outdated is drawn otherwise, and says so in its name.
import type { Feature, FeatureCollection } from 'geojson';
import type { LayerSpecification } from 'maplibre-gl';
import type { HazardLayer, LayerArea } from '../state/hazards.svelte';
import { colour } from './colours';

/** A sign for each kind, so that they are told apart without colour. */
export const SIGNS: Record<HazardLayer['kind'], string> = {
  flood: '≈',
  wildfire: '▲',
  mudflow: '∿',
  landslide: '◣',
  avalanche: '❄',
  chemical: '☣',
  radiation: '☢',
  other: '!',
};

export function hazardFeatures(
  layers: readonly HazardLayer[],
  areas: Record<string, { areas: readonly LayerArea[] }>,
  outdated: (layer: HazardLayer) => boolean,
  named: (layer: HazardLayer) => string,
): FeatureCollection {
  const features = layers.flatMap((layer) =>
    (areas[layer.id]?.areas ?? []).map(
      (area): Feature => ({
        type: 'Feature',
        geometry: { type: 'Polygon', coordinates: area.polygon.coordinates },
        properties: { layer: layer.id, kind: layer.kind, outdated: outdated(layer), name: `${SIGNS[layer.kind]} ${named(layer)}` },
      }),
    ),
  );
  return { type: 'FeatureCollection', features };
}

export function hazardLayers(): LayerSpecification[] {
  const tint: ['match', ...unknown[]] = ['match', ['get', 'kind'], ['flood', 'avalanche'], colour('info'), ['wildfire', 'chemical', 'radiation'], colour('danger'), colour('caution')];
  const drawn = [
    { id: 'hazards', type: 'fill', source: 'hazards', paint: { 'fill-color': tint, 'fill-opacity': ['case', ['get', 'outdated'], 0.06, 0.2] } },
    { id: 'hazard-borders', type: 'line', source: 'hazards', filter: ['!', ['get', 'outdated']], paint: { 'line-color': tint, 'line-width': 2.5 } },
    { id: 'hazard-borders-outdated', type: 'line', source: 'hazards', filter: ['get', 'outdated'], paint: { 'line-color': colour('quiet'), 'line-width': 1.5, 'line-dasharray': [1, 3] } },
    {
      id: 'hazard-names',
      type: 'symbol',
      source: 'hazards',
      layout: { 'text-field': ['get', 'name'], 'text-font': ['Noto Sans'], 'text-size': 12, 'text-max-width': 12 },
      paint: { 'text-color': ['case', ['get', 'outdated'], colour('quiet'), colour('text')], 'text-halo-color': colour('map-label-ground'), 'text-halo-width': 1.8 },
    },
  ];
  return drawn as unknown as LayerSpecification[];
}
