import type { Geometry, Position } from 'geojson';

/** West, south, east, north of a shape; none of one without points. */
export function boundsOf(shape: Geometry | undefined): [number, number, number, number] | undefined {
  if (shape === undefined || shape.type === 'GeometryCollection') return undefined;
  const box: [number, number, number, number] = [Infinity, Infinity, -Infinity, -Infinity];
  const take = (part: unknown): void => {
    if (!Array.isArray(part)) return;
    if (typeof part[0] === 'number') {
      const [lon, lat] = part as Position;
      box[0] = Math.min(box[0], lon!);
      box[1] = Math.min(box[1], lat!);
      box[2] = Math.max(box[2], lon!);
      box[3] = Math.max(box[3], lat!);
    } else part.forEach(take);
  };
  take(shape.coordinates);
  return Number.isFinite(box[0]) ? box : undefined;
}

/** The middle of the largest part of a shape, for its name: one place, however many tiles the shape lies in. */
export function middleOf(shape: Geometry | undefined): Position | undefined {
  const parts = shape?.type === 'Polygon' ? [shape.coordinates] : shape?.type === 'MultiPolygon' ? shape.coordinates : [];
  let [best, most]: [Position | undefined, number] = [undefined, 0];
  for (const [ring] of parts) {
    let [twice, x, y] = [0, 0, 0];
    ring?.forEach(([lon, lat], n) => {
      const [nextLon, nextLat] = ring[(n + 1) % ring.length]!;
      const cross = lon! * nextLat! - nextLon! * lat!;
      twice += cross;
      x += (lon! + nextLon!) * cross;
      y += (lat! + nextLat!) * cross;
    });
    if (Math.abs(twice) > most) [best, most] = [[x / (3 * twice), y / (3 * twice)], Math.abs(twice)];
  }
  return best;
}
