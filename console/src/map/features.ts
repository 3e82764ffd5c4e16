// What the region holds, as GeoJSON for the map.
import type { Feature, FeatureCollection, Polygon } from 'geojson';
import type { LocationVersion, ZoneRecord } from '../api/types';
import { t } from '../i18n';
import { middleOf } from './bounds';

const collection = (features: Feature[]): FeatureCollection => ({ type: 'FeatureCollection', features });

/** Where each area is named: once, however many parts it has. */
export const namesOnce = ({ features }: FeatureCollection): FeatureCollection =>
  collection(
    features.flatMap((one) => {
      const middle = middleOf(one.geometry);
      return middle === undefined ? [] : [{ ...one, geometry: { type: 'Point' as const, coordinates: middle } }];
    }),
  );

/** A zone as it is drawn: as it is recorded, or as it was at a moment. */
export type DrawnZone = Pick<ZoneRecord, 'id' | 'name' | 'mode'> & Partial<Pick<ZoneRecord, 'versions' | 'ended_at' | 'exercise'>> & { polygon?: ZoneRecord['versions'][number]['polygon'] };

export function zoneFeatures(zones: Iterable<DrawnZone>): FeatureCollection {
  const features: Feature[] = [];
  for (const zone of zones) {
    const polygon = zone.polygon ?? zone.versions?.at(-1)?.polygon;
    if (polygon === undefined || (zone.ended_at ?? null) !== null) continue;
    features.push({
      type: 'Feature',
      geometry: { type: 'Polygon', coordinates: polygon.coordinates },
      properties: { id: zone.id, name: zone.exercise === true ? `${t('exercise-mark')}: ${zone.name}` : zone.name, mode: zone.mode },
    });
  }
  return collection(features);
}

const CORNERS = 64;
const METRES_A_DEGREE = 111_320;

/** Where the place may be: a circle, an ellipse or a polygon. */
export function uncertaintyFeature(version: LocationVersion | null): FeatureCollection {
  const fix = version?.location.fix;
  const doubt = fix?.uncertainty;
  if (fix === null || fix === undefined || doubt === null || doubt === undefined) return collection([]);
  const ring =
    doubt.shape === 'polygon'
      ? [...doubt.ring, doubt.ring[0]!].map((corner) => [corner.lon, corner.lat])
      : ellipse(
          fix.point,
          doubt.shape === 'circle' ? doubt.radius_m : doubt.semi_major_m,
          doubt.shape === 'circle' ? doubt.radius_m : doubt.semi_minor_m,
          doubt.shape === 'circle' ? 0 : doubt.orientation_deg,
        );
  const geometry: Polygon = { type: 'Polygon', coordinates: [ring] };
  return collection([{ type: 'Feature', geometry, properties: {} }]);
}

/** How far a place that is being given may be off. */
export function pinFeature(pin: { lat: number; lon: number; radius: number }): FeatureCollection {
  return collection([{ type: 'Feature', geometry: { type: 'Polygon', coordinates: [ellipse(pin, pin.radius, pin.radius, 0)] }, properties: {} }]);
}

/** The place itself. */
export const pinPoint = (pin: { lat: number; lon: number } | null): FeatureCollection =>
  collection(pin === null ? [] : [{ type: 'Feature', geometry: { type: 'Point', coordinates: [pin.lon, pin.lat] }, properties: {} }]);

function ellipse(middle: { lat: number; lon: number }, major: number, minor: number, fromNorth: number): number[][] {
  const turn = (fromNorth * Math.PI) / 180;
  const eastward = METRES_A_DEGREE * Math.cos((middle.lat * Math.PI) / 180);
  return Array.from({ length: CORNERS + 1 }, (_, corner) => {
    const angle = (corner * 2 * Math.PI) / CORNERS;
    const [along, across] = [major * Math.cos(angle), minor * Math.sin(angle)];
    const north = along * Math.cos(turn) - across * Math.sin(turn);
    const east = along * Math.sin(turn) + across * Math.cos(turn);
    return [middle.lon + east / eastward, middle.lat + north / METRES_A_DEGREE];
  });
}
