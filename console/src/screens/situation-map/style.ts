// The map's common style with what the situation map adds: districts.
import type { LayerSpecification, StyleSpecification } from 'maplibre-gl';
import type { Language } from '../../api/types';
import { colour } from '../../map/colours';
import { NOTHING, style } from '../../map/style';

export function situationStyle(region: string | null, language: Language): StyleSpecification {
  const common = style(region, language);
  const layers: LayerSpecification[] = common.layers.flatMap((layer): LayerSpecification[] => {
    if (layer.id === 'names') return [...districts(language), layer];
    return [layer];
  });
  return {
    ...common,
    sources: {
      ...common.sources,
      districts: { type: 'geojson', data: NOTHING },
    },
    layers,
  };
}

function districts(language: Language): LayerSpecification[] {
  return [
    { id: 'district-areas', type: 'fill', source: 'districts', paint: { 'fill-color': colour('link'), 'fill-opacity': ['case', ['boolean', ['get', 'chosen'], false], 0.14, 0] } },
    { id: 'district-borders', type: 'line', source: 'districts', paint: { 'line-color': colour('map-border'), 'line-width': 0.8, 'line-dasharray': [3, 2] } },
    {
      id: 'district-names',
      type: 'symbol',
      source: 'districts',
      minzoom: 7,
      layout: { 'text-field': ['get', language], 'text-font': ['Noto Sans'], 'text-size': 11 },
      paint: { 'text-color': colour('quiet'), 'text-halo-color': colour('map-ground'), 'text-halo-width': 1.5 },
    },
  ];
}
