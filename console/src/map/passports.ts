// Dangerous facilities with a passport on the map, and what somebody who clicks there asks about.
import type { FeatureCollection } from 'geojson';
import type { LayerSpecification, Map as MapLibre, MapMouseEvent } from 'maplibre-gl';
import type { Facility, KeptPassport } from '../state/passports.svelte';
import { colour } from './colours';
import { OBJECT_GROUPS } from './objects';

/** Half a picture around the click, pixels. */
const NEAR = 9;

/** A ring tells them from objects of which nothing is known. */
export function passportLayers(): LayerSpecification[] {
  return [
    { id: 'passport-rings', type: 'circle', source: 'passports', minzoom: 8, paint: { 'circle-radius': 13, 'circle-color': colour('map-label-ground'), 'circle-stroke-color': colour('danger'), 'circle-stroke-width': 2.5 } },
    { id: 'passports', type: 'symbol', source: 'passports', minzoom: 8, layout: { 'icon-image': 'object-hazardous', 'icon-size': 0.9, 'icon-allow-overlap': true } },
  ];
}

export function passportFeatures(all: readonly KeptPassport[]): FeatureCollection {
  return {
    type: 'FeatureCollection',
    features: all.map((kept) => ({ type: 'Feature', geometry: { type: 'Point', coordinates: [kept.point.lon, kept.point.lat] }, properties: { passport: kept.id } })),
  };
}

/** `way/28871` as the hub has it. */
export function elementOf(text: unknown): Facility['element'] {
  const [, kind, id] = /^(node|way|relation)\/(\d+)$/.exec(String(text)) ?? [];
  return kind === undefined ? undefined : { kind: kind as 'node' | 'way' | 'relation', id: Number(id) };
}

/** A click on a dangerous facility asks about it. */
export function askAtClick(map: MapLibre, ask: (facility: Facility) => void): void {
  map.on('click', (event) => {
    const found = facilityAt(map, event);
    if (found !== null) ask(found);
  });
}

/** The facility under a click: one with a passport before an object of the land. */
export function facilityAt(map: MapLibre, { point, lngLat }: MapMouseEvent): Facility | null {
  const layers = ['passports', 'ground-objects'].filter((id) => map.getLayer(id) !== undefined);
  const found = map.queryRenderedFeatures([[point.x - NEAR, point.y - NEAR], [point.x + NEAR, point.y + NEAR]], { layers });
  const kept = found.find((one) => one.layer.id === 'passports');
  if (kept !== undefined) return { passport: String(kept.properties['passport']) };
  const object = found.find((one) => (OBJECT_GROUPS.dangerous as readonly string[]).includes(String(one.properties['kind'])));
  const element = elementOf(object?.properties['element']);
  if (object === undefined || element === undefined) return null;
  const [lon, lat] = object.geometry.type === 'Point' ? object.geometry.coordinates : [lngLat.lng, lngLat.lat];
  const name = object.properties['name_kk'] ?? object.properties['name_ru'] ?? object.properties['name_en'];
  return { element, point: { lat: Number(lat!.toFixed(6)), lon: Number(lon!.toFixed(6)) }, ...(name === undefined ? {} : { name: String(name) }) };
}
