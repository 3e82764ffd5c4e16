// Closed roads as they are drawn: a sign at the place, and an area where one was drawn.
import type { Feature, FeatureCollection, Position } from 'geojson';
import type { Closure } from '../state/closures.svelte';

/** Where the sign of a closure stands. */
export function signAt({ closed }: Pick<Closure, 'closed'>): { lat: number; lon: number } {
  if (closed.part === 'road') return closed.at;
  const ring = (closed.polygon.coordinates[0] ?? []).slice(0, -1) as Position[];
  const middle = (axis: 0 | 1) => ring.reduce((sum, corner) => sum + corner[axis]!, 0) / Math.max(1, ring.length);
  return { lon: middle(0), lat: middle(1) };
}

export function closureFeatures(closures: readonly Closure[]): FeatureCollection {
  const features = closures.flatMap((one): Feature[] => {
    const { lat, lon } = signAt(one);
    const properties = { id: one.id, reason: one.reason };
    const sign: Feature = { type: 'Feature', geometry: { type: 'Point', coordinates: [lon, lat] }, properties };
    if (one.closed.part === 'road') return [sign];
    return [{ type: 'Feature', geometry: { type: 'Polygon', coordinates: one.closed.polygon.coordinates as Position[][] }, properties }, sign];
  });
  return { type: 'FeatureCollection', features };
}
