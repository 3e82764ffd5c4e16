// The map's common style with what the situation map adds: districts, and incidents that stand for many when far.
import type { LayerSpecification, StyleSpecification } from 'maplibre-gl';
import type { Language } from '../../api/types';
import { colour } from '../../map/colours';
import { NOTHING, style } from '../../map/style';

/** From this zoom on every incident stands for itself. */
export const APART_FROM = 11;

export function situationStyle(region: string | null, language: Language): StyleSpecification {
  const common = style(region, language);
  const single = ['!', ['has', 'point_count']];
  const layers: LayerSpecification[] = common.layers.flatMap((layer): LayerSpecification[] => {
    if (layer.id === 'names') return [...districts(language), layer];
    if (layer.id === 'incidents' && layer.type === 'symbol') return [...clusters(), { ...layer, filter: single } as LayerSpecification, ring(), { ...layer, id: 'chosen', source: 'chosen' } as LayerSpecification];
    return [layer];
  });
  return {
    ...common,
    sources: {
      ...common.sources,
      districts: { type: 'geojson', data: NOTHING },
      incidents: {
        type: 'geojson',
        data: NOTHING,
        cluster: true,
        clusterRadius: 45,
        clusterMaxZoom: APART_FROM - 1,
        clusterProperties: { gravest: ['min', ['get', 'rank']] },
      },
      // The card that stands out is never hidden among others.
      chosen: { type: 'geojson', data: NOTHING },
    },
    layers,
  };
}

function ring(): LayerSpecification {
  return {
    id: 'chosen-ring',
    type: 'circle',
    source: 'chosen',
    paint: { 'circle-radius': 20, 'circle-color': 'transparent', 'circle-stroke-color': colour('link'), 'circle-stroke-width': 3 },
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

/** Many incidents in one place: how many, with the colour of the gravest among them and its number below. */
function clusters(): LayerSpecification[] {
  const many = ['has', 'point_count'] as unknown as NonNullable<Extract<LayerSpecification, { type: 'circle' }>['filter']>;
  return [
    {
      id: 'clusters',
      type: 'circle',
      source: 'incidents',
      filter: many,
      paint: {
        'circle-radius': ['step', ['get', 'point_count'], 16, 10, 20, 100, 26],
        'circle-color': ['step', ['get', 'gravest'], colour('danger-solid'), 2, '#e0a800', 3, colour('action'), 4, '#66758a'],
        'circle-stroke-color': '#ffffff',
        'circle-stroke-width': 2,
      },
    },
    {
      id: 'cluster-counts',
      type: 'symbol',
      source: 'incidents',
      filter: many,
      layout: {
        'text-field': ['concat', ['get', 'point_count_abbreviated'], '\nP', ['get', 'gravest']],
        'text-font': ['Noto Sans'],
        'text-size': 11,
        'text-allow-overlap': true,
        'text-line-height': 1.05,
      },
      paint: { 'text-color': ['step', ['get', 'gravest'], '#ffffff', 2, '#1a1400', 3, '#ffffff'] },
    },
  ];
}
