// Objects of the land on the map: who helps, who needs help, what is dangerous. The groups can be shown one by one.
import type { FilterSpecification, LayerSpecification, Map as MapLibre } from 'maplibre-gl';

/** Kinds by group, the most urgent group first. */
export const OBJECT_GROUPS = {
  dangerous: ['hazardous', 'fuel', 'industrial', 'power'],
  helping: ['hospital', 'clinic', 'ambulance_station', 'fire_station', 'police', 'helipad', 'airfield'],
  water: ['hydrant', 'water_source'],
  social: ['school', 'kindergarten', 'college', 'social_facility', 'prison', 'assembly', 'transport_station'],
} as const;

export type ObjectGroup = keyof typeof OBJECT_GROUPS;
export const GROUPS = Object.keys(OBJECT_GROUPS) as ObjectGroup[];

/** The group of a kind; kilometre posts are of none, and always there. */
export const groupOf = (kind: string): ObjectGroup | null => GROUPS.find((group) => (OBJECT_GROUPS[group] as readonly string[]).includes(kind)) ?? null;

/** The hub's layers of objects as one: a picture for each kind in place of a dot, with its name below where there is room. */
export function objectLayer(dots: LayerSpecification, names: LayerSpecification | undefined): LayerSpecification {
  const { layout = {}, paint = {}, minzoom = 14 } = (names ?? {}) as { layout?: Record<string, unknown>; paint?: object; minzoom?: number };
  return {
    ...dots,
    type: 'symbol',
    paint,
    layout: {
      ...layout,
      'text-field': ['step', ['zoom'], '', minzoom, ['coalesce', layout['text-field'], '']],
      'text-optional': true,
      'icon-image': ['concat', 'object-', ['get', 'kind']],
      'icon-size': ['interpolate', ['linear'], ['zoom'], 10, 0.6, 15, 0.95],
      'icon-padding': 0,
      'symbol-sort-key': ['match', ['get', 'kind'], 'hazardous', 0, ['hospital', 'fire_station', 'ambulance_station', 'police'], 1, 2],
    },
  } as LayerSpecification;
}

/** Shows these groups of objects alone. */
export function showObjects(map: MapLibre, groups: readonly ObjectGroup[]): void {
  const kinds = groups.flatMap((group) => [...OBJECT_GROUPS[group]]);
  const shown: FilterSpecification = ['match', ['get', 'kind'], [...kinds, 'kilometre_post'], true, false];
  if (map.getLayer('ground-objects') !== undefined) map.setFilter('ground-objects', shown);
}
