// Where this service is asked to, as points for its map.
import type { Feature, FeatureCollection } from 'geojson';
import { incidentIcon } from '../map/icons';
import { isOver, type Request } from './letters';

/** How the desk would draw what is as urgent. */
const URGENCY = { immediately: 'p1', urgently: 'p2', unstated: 'p3' } as const;

export function asksOnMap(requests: readonly Request[], name: (request: Request) => string): FeatureCollection {
  const features: Feature[] = [];
  for (const request of requests) {
    const point = request.asked.place.point ?? request.notice?.place.point;
    if (!point || isOver(request)) continue;
    features.push({
      type: 'Feature',
      geometry: { type: 'Point', coordinates: [point.lon, point.lat] },
      properties: { id: request.asked.request_id, name: name(request), icon: incidentIcon(URGENCY[request.asked.urgency]), chosen: true, order: 50 },
    });
  }
  return { type: 'FeatureCollection', features };
}
