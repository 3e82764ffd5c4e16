// The map's common style with what the situation map adds: districts.
import type { ExpressionSpecification, LayerSpecification, StyleSpecification } from 'maplibre-gl';
import type { Language } from '../../api/types';
import { colour } from '../../map/colours';
import { NOTHING, style } from '../../map/style';

/** The map of a region, or, without one, of the whole country: there land and names say the mode of each region. */
export function situationStyle(region: string | null, language: Language): StyleSpecification {
  const common = style(region, language);
  const layers: LayerSpecification[] = common.layers.flatMap((layer): LayerSpecification[] => {
    if (layer.id === 'land' && region === null) return [{ ...layer, paint: { 'fill-color': landByMode() } } as LayerSpecification];
    if (layer.id === 'names') return region === null ? [...districts(language), namesWithMode(language)] : [...districts(language), layer];
    if (layer.id === 'clusters') return [heat(), layer];
    return [layer];
  });
  return {
    ...common,
    sources: {
      ...common.sources,
      districts: { type: 'geojson', data: NOTHING },
      heat: { type: 'geojson', data: NOTHING },
    },
    layers,
  };
}

function landByMode(): ExpressionSpecification {
  return ['match', ['get', 'mode'], 'emergency', colour('danger-ground'), 'high_readiness', colour('caution-ground'), 'everyday', colour('map-own'), colour('map-land')];
}

/** A region's name with its mode below: symbol and word, beside the colour of its land. */
function namesWithMode(language: Language): LayerSpecification {
  return {
    id: 'names',
    type: 'symbol',
    source: 'border-names',
    layout: {
      'icon-image': ['case', ['has', 'mode'], ['concat', 'mode-', ['get', 'mode']], ''],
      'icon-anchor': 'bottom',
      'icon-allow-overlap': true,
      'text-optional': true,
      'text-field': ['case', ['has', 'said'], ['concat', ['get', language], '\n', ['get', 'said']], ['get', language]],
      'text-anchor': 'top',
      'text-font': ['Noto Sans'],
      'text-size': ['interpolate', ['linear'], ['zoom'], 3, 10, 6, 13],
      'text-max-width': 9,
      'symbol-sort-key': ['match', ['get', 'mode'], 'emergency', 0, 'high_readiness', 1, 2],
    },
    paint: { 'text-color': colour('text'), 'text-halo-color': colour('map-label-ground'), 'text-halo-width': 1.5 },
  };
}

/** The more incidents, the denser: by day darker, by night lighter, so that it is read without colour. */
function heat(): LayerSpecification {
  const steps = ['low', 'middle', 'high'].map((step) => colour(`map-heat-${step}`));
  return {
    id: 'heat',
    type: 'heatmap',
    source: 'heat',
    paint: {
      'heatmap-weight': ['match', ['get', 'severity'], 'p1', 1, 'p2', 0.7, 0.45],
      'heatmap-radius': ['interpolate', ['exponential', 1.6], ['zoom'], 5, 10, 11, 28, 16, 70],
      'heatmap-intensity': ['interpolate', ['linear'], ['zoom'], 5, 0.6, 13, 1.4],
      'heatmap-color': ['interpolate', ['linear'], ['heatmap-density'], 0, 'rgba(0, 0, 0, 0)', 0.15, steps[0]!, 0.5, steps[1]!, 1, steps[2]!],
      'heatmap-opacity': 0.75,
    },
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
