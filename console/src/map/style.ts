// The map's own style: no glyphs, no sprites, nothing from elsewhere. Land and borders are those that the hub knows, the
// ground between is laid by `ground.ts`; labels are drawn with fonts of the page.
import type { StyleSpecification } from 'maplibre-gl';
import type { FeatureCollection } from 'geojson';
import type { Language } from '../api/types';
import { colour } from './colours';
import { hazardLayers } from './hazards';
import { incidentLayers } from './incident-layers';
import { passportLayers } from './passports';

export const NOTHING: FeatureCollection = { type: 'FeatureCollection', features: [] };

/** Sources that the console fills. */
export type Source = 'territories' | 'border-names' | 'hazards' | 'zones' | 'uncertainty' | 'pin' | 'unit-groups' | 'unit-stacks' | 'unit-names' | 'incidents' | 'route' | 'closures' | 'passports';

const FONT = ['Noto Sans'];

export function style(region: string | null, language: Language): StyleSpecification {
  const empty = { type: 'geojson' as const, data: NOTHING };
  return {
    version: 8,
    sources: { territories: empty, 'border-names': empty, hazards: empty, zones: empty, uncertainty: empty, route: empty, closures: empty, passports: empty, pin: empty, 'unit-groups': empty, 'unit-stacks': empty, 'unit-names': empty, incidents: empty },
    layers: [
      { id: 'ground', type: 'background', paint: { 'background-color': colour('map-ground') } },
      {
        id: 'land',
        type: 'fill',
        source: 'territories',
        paint: { 'fill-color': ['case', ['==', ['get', 'region'], region ?? ''], colour('map-own'), colour('map-land')] },
      },
      { id: 'borders', type: 'line', source: 'territories', paint: { 'line-color': colour('map-border'), 'line-width': 1.2 } },
      {
        id: 'names',
        type: 'symbol',
        source: 'border-names',
        maxzoom: 9,
        layout: { 'text-field': ['get', language], 'text-font': FONT, 'text-size': 13 },
        paint: { 'text-color': colour('quiet'), 'text-halo-color': colour('map-label-ground'), 'text-halo-width': 1.5 },
      },
      ...hazardLayers(),
      { id: 'zones', type: 'fill', source: 'zones', paint: { 'fill-color': colour('caution'), 'fill-opacity': 0.18 } },
      { id: 'zone-borders', type: 'line', source: 'zones', paint: { 'line-color': colour('caution'), 'line-width': 2, 'line-dasharray': [3, 2] } },
      {
        id: 'zone-names',
        type: 'symbol',
        source: 'zones',
        layout: { 'text-field': ['get', 'name'], 'text-font': FONT, 'text-size': 12 },
        paint: { 'text-color': colour('caution'), 'text-halo-color': colour('map-label-ground'), 'text-halo-width': 1.5 },
      },
      ...passportLayers(),
      { id: 'uncertainty', type: 'fill', source: 'uncertainty', paint: { 'fill-color': colour('info'), 'fill-opacity': 0.2 } },
      { id: 'uncertainty-border', type: 'line', source: 'uncertainty', paint: { 'line-color': colour('info'), 'line-width': 1.5 } },
      { id: 'closure-areas', type: 'fill', source: 'closures', filter: ['==', '$type', 'Polygon'], paint: { 'fill-color': colour('danger'), 'fill-opacity': 0.16 } },
      { id: 'closure-borders', type: 'line', source: 'closures', filter: ['==', '$type', 'Polygon'], paint: { 'line-color': colour('danger'), 'line-width': 2.5, 'line-dasharray': [1, 1] } },
      { id: 'route-edge', type: 'line', source: 'route', filter: ['get', 'road'], layout: { 'line-cap': 'round', 'line-join': 'round' }, paint: { 'line-color': colour('map-label-ground'), 'line-width': 8 } },
      { id: 'route', type: 'line', source: 'route', filter: ['get', 'road'], layout: { 'line-cap': 'round', 'line-join': 'round' }, paint: { 'line-color': colour('link'), 'line-width': 4.5 } },
      { id: 'route-straight', type: 'line', source: 'route', filter: ['!', ['get', 'road']], paint: { 'line-color': colour('link'), 'line-width': 2, 'line-dasharray': [2, 1.5] } },
      {
        id: 'closure-signs',
        type: 'symbol',
        source: 'closures',
        filter: ['==', '$type', 'Point'],
        layout: {
          'icon-image': 'closure',
          'icon-allow-overlap': true,
          'text-field': ['step', ['zoom'], '', 13, ['get', 'reason']],
          'text-font': FONT,
          'text-size': 11,
          'text-offset': [0, 1],
          'text-anchor': 'top',
          'text-optional': true,
          'text-max-width': 10,
        },
        paint: { 'text-color': colour('danger'), 'text-halo-color': colour('map-label-ground'), 'text-halo-width': 1.5 },
      },
      {
        id: 'unit-groups',
        type: 'symbol',
        source: 'unit-groups',
        layout: {
          'text-field': ['to-string', ['get', 'all']],
          'text-font': FONT,
          'text-size': ['interpolate', ['linear'], ['get', 'all'], 1, 11, 1000, 17],
          'text-padding': 0,
        },
        paint: { 'text-color': colour('text'), 'text-halo-color': colour('map-label-ground'), 'text-halo-width': 2.5 },
      },
      {
        id: 'unit-stacks',
        type: 'symbol',
        source: 'unit-stacks',
        layout: {
          'text-field': ['concat', '×', ['to-string', ['get', 'count']]],
          'text-font': FONT,
          'text-size': 12,
          'text-anchor': 'bottom-left',
          'text-offset': [0.35, -0.15],
          'text-padding': 0,
          // A number that is left out is a unit that nobody sees.
          'text-allow-overlap': true,
        },
        paint: { 'text-color': colour('text'), 'text-halo-color': colour('map-label-ground'), 'text-halo-width': 2 },
      },
      {
        id: 'unit-names',
        type: 'symbol',
        source: 'unit-names',
        layout: { 'text-field': ['get', 'name'], 'text-font': FONT, 'text-size': 11, 'text-offset': [0, 1.1], 'text-anchor': 'top', 'text-optional': true },
        paint: { 'text-color': colour('text'), 'text-halo-color': colour('map-label-ground'), 'text-halo-width': 1.5 },
      },
      ...incidentLayers(),
      // The place that is being given is as large on the screen from afar as from near.
      { id: 'pin-edge', type: 'circle', source: 'pin', paint: { 'circle-radius': 13, 'circle-color': 'transparent', 'circle-stroke-color': colour('map-label-ground'), 'circle-stroke-width': 7 } },
      { id: 'pin', type: 'circle', source: 'pin', paint: { 'circle-radius': 14, 'circle-color': 'transparent', 'circle-stroke-color': colour('info'), 'circle-stroke-width': 3 } },
      { id: 'pin-point', type: 'circle', source: 'pin', paint: { 'circle-radius': 4, 'circle-color': colour('info'), 'circle-stroke-color': colour('map-label-ground'), 'circle-stroke-width': 2 } },
    ],
  };
}
