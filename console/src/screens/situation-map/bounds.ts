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
