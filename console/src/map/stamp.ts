// Pictures of the symbol sets put on a canvas as the lines that they are. A browser would decode each as an image in its own
// time, dozens one after the other, and on a busy machine units would be missing from the map for many seconds.

/** Side of the square that a picture is drawn in, and what is filled. */
export interface Outline {
  side: number;
  paths: string[];
}

/** All that a path is written with: at anything else drawing would stop, and the rest of the picture be missing. */
const DRAWN = /^[MmZzLlHhVvCcSsQqTtAa\d\s,.+e-]+$/;

/** The outline of a picture that is nothing but filled paths in a square; anything else would not be seen, and is refused. */
export function outlineOf(svg: string): Outline {
  const [, side] = /viewBox="0 0 (\d+) \1"/.exec(svg) ?? [];
  const elements = [...svg.matchAll(/<([a-zA-Z]+)/g)].map(([, name]) => name!).filter((name) => name !== 'svg');
  const paths = [...svg.matchAll(/<path\b[^>]*?\sd="([^"]+)"/g)].map(([, path]) => path!.replaceAll(/&#x[0-9a-f]+;/gi, ' '));
  if (side === undefined || paths.length === 0 || elements.some((name) => name !== 'path') || elements.length !== paths.length || !paths.every((path) => DRAWN.test(path))) {
    throw new Error(`not a picture of paths alone: ${svg.slice(0, 80)}`);
  }
  return { side: Number(side), paths };
}

const drawn = new Map<string, { side: number; path: Path2D }>();

function shapeOf(svg: string): { side: number; path: Path2D } {
  const known = drawn.get(svg);
  if (known !== undefined) return known;
  const { side, paths } = outlineOf(svg);
  const path = new Path2D();
  for (const one of paths) path.addPath(new Path2D(one));
  const shape = { side, path };
  drawn.set(svg, shape);
  return shape;
}

/** Puts a picture in one ink where its left upper corner is to be, so many pixels wide and high. */
export function stamp(to: CanvasRenderingContext2D, svg: string, ink: string, left: number, top: number, side: number): void {
  const shape = shapeOf(svg);
  to.save();
  to.translate(left, top);
  to.scale(side / shape.side, side / shape.side);
  to.fillStyle = ink;
  to.fill(shape.path);
  to.restore();
}
