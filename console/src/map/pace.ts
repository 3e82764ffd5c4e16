// How often what moves is drawn anew: twice a second where that costs nothing, and seldom enough on a slow machine that
// keys and lists never wait for the map. All that has changed since the last time is drawn together, in one frame.
import type { Map as MapLibre } from 'maplibre-gl';

const SHORTEST_MS = 500;
const LONGEST_MS = 3_000;
/** Of the time, the map takes at most one part in this many. */
const SHARE = 3;

/** The pause after a picture that took this long to come on the screen. */
export const pauseAfter = (tookMs: number) => Math.min(LONGEST_MS, Math.max(SHORTEST_MS, tookMs * SHARE));

export class Pace {
  readonly #map: MapLibre;
  readonly #wanted = new Set<() => void>();
  #pause = SHORTEST_MS;
  #drawnAt = -Infinity;
  #timer: ReturnType<typeof setTimeout> | null = null;

  constructor(map: MapLibre) {
    this.#map = map;
  }

  /** Draws soon: at once, if nothing has been drawn for a while. The same drawing is wanted once, however often it is asked for. */
  want(draw: () => void): void {
    this.#wanted.add(draw);
    const wait = this.#drawnAt + this.#pause - performance.now();
    this.#timer ??= setTimeout(this.#draw, Math.max(0, wait));
  }

  forget(draw: () => void): void {
    this.#wanted.delete(draw);
  }

  remove(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#wanted.clear();
    this.#timer = null;
  }

  readonly #draw = (): void => {
    this.#timer = null;
    const began = performance.now();
    this.#drawnAt = began;
    const wanted = [...this.#wanted];
    this.#wanted.clear();
    for (const draw of wanted) draw();
    // The frame after the next one comes when the picture is on the screen: a browser does not draw far ahead of what it shows.
    this.#map.once('render', () => {
      requestAnimationFrame(() => requestAnimationFrame(() => (this.#pause = pauseAfter(performance.now() - began))));
    });
  };
}
