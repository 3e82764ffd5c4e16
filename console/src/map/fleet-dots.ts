// Units that are too many to tell apart, as one picture of dots: painted here, so that the card draws one rectangle and not
// fifty thousand points. It costs the same however many they are, also where the processor has to draw.
import { STATES, STRIDE, TILE, type Packed } from './fleet';

/** Where the map looks, in Web Mercator, and how large it is, pixels. */
export interface Camera {
  x: number;
  y: number;
  zoom: number;
  width: number;
  height: number;
}

/** A byte a pixel: 0 is nothing, the others say which state. */
export interface Dots {
  pixels: Uint8Array<ArrayBuffer>;
  width: number;
  height: number;
  /** Corners of the picture, from the origin of what is painted. */
  west: number;
  north: number;
  east: number;
  south: number;
}

/** What a dot of this state is in the picture; those whose position is old come after all the others. */
export const dotOf = (picture: number, old: boolean) => 1 + (picture % STATES.length) + (old ? STATES.length : 0);

export function paint(packed: Packed, camera: Camera): Dots {
  const [width, height] = [Math.ceil(camera.width), Math.ceil(camera.height)];
  const scale = TILE * 2 ** camera.zoom;
  const west = camera.x - width / 2 / scale - packed.origin.x;
  const north = camera.y - height / 2 / scale - packed.origin.y;
  const pixels = new Uint8Array(width * height);
  const side = Math.round(Math.min(6, Math.max(2, camera.zoom / 2.5)));
  const { numbers } = packed;
  for (let from = 0; from < numbers.length; from += STRIDE) {
    const left = Math.round((numbers[from]! - west) * scale - side / 2);
    const top = Math.round((numbers[from + 1]! - north) * scale - side / 2);
    if (left < 0 || top < 0 || left + side > width || top + side > height) continue;
    const dot = dotOf(numbers[from + 2]!, numbers[from + 3]! > 0.5);
    // Its corners are left out: a dot is round.
    for (let row = 0; row < side; row++) {
      const cut = side > 3 && (row === 0 || row === side - 1) ? 1 : 0;
      const start = (top + row) * width + left;
      for (let pixel = start + cut; pixel < start + side - cut; pixel++) pixels[pixel] = dot;
    }
  }
  return { pixels, width, height, west, north, east: west + width / scale, south: north + height / scale };
}
