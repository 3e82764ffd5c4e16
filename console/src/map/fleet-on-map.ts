// Units on a map, kept fresh: drawn at most twice a second, however often something changes.
import { Popup, type GeoJSONSource, type Map as MapLibre, type MapMouseEvent } from 'maplibre-gl';
import type { Unit } from '../api/types';
import { whereabouts, type Seen } from '../state/whereabouts.svelte';
import { eastOf, Packed, type Box } from './fleet';
import { FleetLayer, MOST_PICTURES } from './fleet-layer';
import { NOTHING } from './style';

const PAUSE_MS = 500;
/** How near a click must come to a unit, pixels. */
const REACH = 14;

export interface Telling {
  /** Positions older than this are drawn faint, milliseconds. */
  staleAfter: () => number;
  now: () => number;
  /** What is said of a unit that somebody points at. */
  about: (unit: Unit, seen: Seen) => string[];
}

export class FleetOnMap {
  readonly #map: MapLibre;
  readonly #layer = new FleetLayer();
  readonly #telling: Telling;
  #units: readonly Unit[] = [];
  #seen: (unit: Unit) => Seen = (unit) => whereabouts.peek(unit);
  #packed = new Packed([], (unit) => whereabouts.of(unit), () => false);
  #drawnAt = -PAUSE_MS;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #popup: Popup | null = null;

  constructor(map: MapLibre, telling: Telling) {
    this.#map = map;
    this.#telling = telling;
    map.addLayer(this.#layer, 'unit-groups');
    map.on('moveend', this.#around);
    map.on('click', this.#pointed);
  }

  /** To be called whenever units or positions have changed. `seen` says where they are, where it is not now. */
  show(units: readonly Unit[], seen?: (unit: Unit) => Seen): void {
    this.#units = units;
    this.#seen = seen ?? ((unit) => whereabouts.peek(unit));
    const wait = PAUSE_MS - (performance.now() - this.#drawnAt);
    if (wait <= 0) this.#draw();
    else this.#timer ??= setTimeout(() => this.#draw(), wait);
  }

  remove(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#popup?.remove();
    this.#map.off('moveend', this.#around);
    this.#map.off('click', this.#pointed);
  }

  #draw(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#drawnAt = performance.now();
    const before = this.#telling.now() - this.#telling.staleAfter();
    this.#packed = new Packed(
      this.#units,
      this.#seen,
      // A unit at its station is where it is, however long ago it was entered.
      (unit, seen) => seen.at < before && (unit.position.source !== 'station' || seen.at > Date.parse(unit.position.at) + 1000),
    );
    this.#layer.show(this.#packed);
    this.#around();
  }

  readonly #around = (): void => {
    const box = this.#box();
    const dots = this.#packed.within(box) > MOST_PICTURES;
    this.#layer.dots = dots;
    this.#fill('unit-groups', dots ? this.#packed.groups(box, this.#map.getZoom()) : NOTHING);
    this.#fill('unit-names', this.#map.getZoom() >= 13 ? this.#packed.names(box) : NOTHING);
  };

  readonly #pointed = (event: MapMouseEvent): void => {
    this.#popup?.remove();
    if (this.#layer.dots || event.defaultPrevented) return;
    const taken = this.#map.queryRenderedFeatures(event.point, { layers: ['incidents', 'clusters'].filter((id) => this.#map.getLayer(id) !== undefined) });
    if (taken.length > 0) return;
    const aside = this.#map.unproject([event.point.x + REACH, event.point.y]);
    const unit = this.#packed.at(event.lngLat.lng, event.lngLat.lat, eastOf(aside.lng) - eastOf(event.lngLat.lng));
    if (unit === null) return;
    const seen = this.#seen(unit);
    const box = document.createElement('div');
    for (const line of this.#telling.about(unit, seen)) {
      const shown = document.createElement('p');
      shown.textContent = line;
      box.append(shown);
    }
    this.#popup = new Popup({ closeButton: false, className: 'unit' }).setLngLat([seen.lon, seen.lat]).setDOMContent(box).addTo(this.#map);
  };

  #box(): Box {
    const bounds = this.#map.getBounds();
    return { west: bounds.getWest(), south: bounds.getSouth(), east: bounds.getEast(), north: bounds.getNorth() };
  }

  #empty: Record<string, boolean> = {};
  #fill(source: string, data: GeoJSON.FeatureCollection): void {
    const empty = data.features.length === 0;
    if (empty && this.#empty[source] === true) return;
    this.#empty[source] = empty;
    (this.#map.getSource(source) as GeoJSONSource | undefined)?.setData(data);
  }
}
