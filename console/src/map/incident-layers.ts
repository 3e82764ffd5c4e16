// How incidents look on a map: single, as a number of them with the gravest among them, and the one that is open.
import type { ExpressionSpecification, LayerSpecification } from 'maplibre-gl';
import { colour } from './colours';
import { EXERCISE_CAUTION } from './icons';

const FONT = ['Noto Sans'];
const EXERCISE_TEXT = '#1a1400';

/** Of a group that is nothing but an exercise: hollow, as its single symbols are. */
const EXERCISE: ExpressionSpecification = ['boolean', ['get', 'exercise'], false];

export function incidentLayers(): LayerSpecification[] {
  const ground: ExpressionSpecification = ['step', ['get', 'gravest'], colour('danger-solid'), 2, '#e0a800', 3, colour('action'), 4, '#66758a'];
  return [
    {
      id: 'incident-legs',
      type: 'line',
      source: 'incidents',
      filter: ['==', '$type', 'LineString'],
      paint: { 'line-color': colour('text'), 'line-width': 1.5, 'line-opacity': 0.7 },
    },
    {
      id: 'clusters',
      type: 'circle',
      source: 'incidents',
      filter: ['has', 'point_count'],
      paint: {
        'circle-radius': ['step', ['get', 'point_count'], 16, 10, 20, 100, 26],
        'circle-color': ['case', EXERCISE, '#ffffff', ground],
        'circle-stroke-color': ['case', EXERCISE, ['step', ['get', 'gravest'], colour('danger-solid'), 2, EXERCISE_CAUTION, 3, colour('action'), 4, '#66758a'], '#ffffff'],
        'circle-stroke-width': ['case', EXERCISE, 3, 2],
      },
    },
    {
      id: 'cluster-counts',
      type: 'symbol',
      source: 'incidents',
      filter: ['has', 'point_count'],
      layout: {
        'text-field': ['concat', ['to-string', ['get', 'point_count']], '\nP', ['get', 'gravest']],
        'text-font': FONT,
        'text-size': 11,
        'text-allow-overlap': true,
        'text-line-height': 1.05,
      },
      paint: { 'text-color': ['case', EXERCISE, EXERCISE_TEXT, ['step', ['get', 'gravest'], '#ffffff', 2, '#1a1400', 3, '#ffffff']] },
    },
    {
      id: 'cluster-exercises',
      type: 'symbol',
      source: 'incidents',
      filter: ['has', 'said'],
      layout: {
        'text-field': ['get', 'said'],
        'text-font': FONT,
        'text-size': 12,
        'text-anchor': 'top',
        'text-offset': ['step', ['get', 'point_count'], ['literal', [0, 1.5]], 10, ['literal', [0, 1.8]], 100, ['literal', [0, 2.3]]],
        'text-allow-overlap': true,
      },
      paint: { 'text-color': colour('text'), 'text-halo-color': colour('map-label-ground'), 'text-halo-width': 2.5 },
    },
    {
      id: 'chosen-ring',
      type: 'circle',
      source: 'incidents',
      filter: ['==', ['get', 'ring'], true],
      paint: { 'circle-radius': 20, 'circle-color': 'transparent', 'circle-stroke-color': colour('link'), 'circle-stroke-width': 3 },
    },
    {
      id: 'incidents',
      type: 'symbol',
      source: 'incidents',
      filter: ['all', ['==', ['geometry-type'], 'Point'], ['!', ['has', 'point_count']]],
      layout: {
        'icon-image': ['get', 'icon'],
        'icon-size': ['case', ['get', 'chosen'], 1.25, 0.9],
        'icon-allow-overlap': true,
        'symbol-sort-key': ['get', 'order'],
        'text-field': ['step', ['zoom'], ['case', ['get', 'chosen'], ['get', 'name'], ''], 12, ['get', 'name']],
        'text-font': FONT,
        'text-size': 12,
        'text-offset': [0, 1.2],
        'text-anchor': 'top',
        'text-optional': true,
      },
      paint: { 'text-color': colour('text'), 'text-halo-color': colour('map-label-ground'), 'text-halo-width': 2 },
    },
    {
      id: 'chosen-more',
      type: 'symbol',
      source: 'incidents',
      filter: ['has', 'more'],
      layout: { 'text-field': ['get', 'more'], 'text-font': FONT, 'text-size': 13, 'text-anchor': 'left', 'text-offset': [1.7, -1], 'text-allow-overlap': true },
      paint: { 'text-color': colour('text'), 'text-halo-color': colour('map-label-ground'), 'text-halo-width': 2.5 },
    },
  ];
}
