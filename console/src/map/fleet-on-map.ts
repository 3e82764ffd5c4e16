// Units on a map, kept fresh.
import { Popup, type Map as MapLibre, type MapMouseEvent } from 'maplibre-gl';
import type { Unit } from '../api/types';
import { whereabouts, type Seen } from '../state/whereabouts.svelte';
import { eastOf, Packed, type Box } from './fleet';
import { FleetLayer, MOST_PICTURES } from './fleet-layer';
import { fill } from './fill';
import type { Pace } from './pace';
import { NOTHING } from './style';

/** How near a click must come to a unit, pixels. */
const REACH = 14;
/** As many are named of those that stand under the one that is pointed at. */
const MOST_BESIDE = 12;
/** How long a position that nobody renews is drawn as it was before it is looked at whether it has become old. */
const LOOK_MS = 30_000;

export interface Telling {
  /** Positions older than this are drawn faint, milliseconds. */
  staleAfter: () => number;
  now: () => number;
  /** What is said of a unit that somebody points at. */
  about: (unit: Unit, seen: Seen) => string[];
}

export class FleetOnMap {
  readonly #map: MapLibre;
  readonly #pace: Pace;
  readonly #layer = new FleetLayer();
  readonly #telling: Telling;
  #units: readonly Unit[] = [];
  #seen: ((unit: Unit) => Seen) | undefined;
  #packed = new Packed([], (unit) => whereabouts.peek(unit), () => false);
  #packedOf: unknown[] = [];
  #packedAt = 0;
  #popup: Popup | null = null;

  constructor(map: MapLibre, pace: Pace, telling: Telling) {
    this.#map = map;
    this.#pace = pace;
    this.#telling = telling;
    map.addLayer(this.#layer, 'unit-groups');
    map.on('moveend', this.#around);
    map.on('click', this.#pointed);
  }

  /** To be called whenever units or positions have changed. `seen` says where they are, where it is not now. */
  show(units: readonly Unit[], seen?: (unit: Unit) => Seen): void {
    this.#units = units;
    this.#seen = seen;
    this.#pace.want(this.#draw);
  }

  remove(): void {
    this.#pace.forget(this.#draw);
    this.#popup?.remove();
    this.#map.off('moveend', this.#around);
    this.#map.off('click', this.#pointed);
  }

  readonly #draw = (): void => {
    const before = this.#packedOf;
    const same = before[0] === this.#units && before[1] === this.#seen && performance.now() - this.#packedAt < LOOK_MS;
    const follows = this.#seen === undefined;
    if (!same || (follows && !this.#packed.follow(whereabouts.tracks))) this.#pack();
    this.#layer.show(this.#packed);
    this.#around();
  };

  #pack(): void {
    const before = this.#telling.now() - this.#telling.staleAfter();
    this.#packed = new Packed(
      this.#units,
      this.#seen ?? ((unit) => whereabouts.peek(unit)),
      // A unit at its station is where it is, however long ago it was entered.
      (unit, seen) => seen.at < before && (unit.position.source !== 'station' || seen.at > Date.parse(unit.position.at) + 1000),
    );
    if (this.#seen === undefined) this.#packed.follow(whereabouts.tracks);
    this.#packedOf = [this.#units, this.#seen];
    this.#packedAt = performance.now();
  }

  readonly #around = (): void => {
    const box = this.#box();
    const dots = this.#packed.within(box) > MOST_PICTURES;
    this.#layer.dots = dots;
    this.#fill('unit-groups', dots ? this.#packed.groups(box, this.#map.getZoom()) : NOTHING);
    this.#fill('unit-stacks', dots ? NOTHING : this.#packed.stacks(box, this.#map.getZoom()));
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
    const seen = (this.#seen ?? ((one) => whereabouts.peek(one)))(unit);
    const box = document.createElement('div');
    const others = this.#packed.beside(unit, this.#map.getZoom());
    const named = others.slice(0, MOST_BESIDE).map((one) => one.call_sign).join(', ');
    const beside = others.length === 0 ? [] : [`+${others.length}: ${named}${others.length > MOST_BESIDE ? '…' : ''}`];
    for (const line of [...this.#telling.about(unit, seen), ...beside]) {
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

  #filled: Record<string, string> = {};
  /** What has not changed is not sent again: each filling is a round through the map's worker and a frame. */
  #fill(source: string, data: GeoJSON.FeatureCollection): void {
    const text = JSON.stringify(data.features);
    if (this.#filled[source] === text || (text === '[]' && this.#filled[source] === undefined)) return;
    this.#filled[source] = text;
    fill(this.#map, source, data);
  }
}
