// A zone under the hand, on the map: clicked corner by corner or set from outside (keys, a circle, written corners),
// then pulled into shape by its corners and middles.
import type { GeoJSONSource, Map as MapLibre } from 'maplibre-gl';
import type { Feature } from 'geojson';
import { TerraDraw, TerraDrawPolygonMode, TerraDrawSelectMode, type HexColor } from 'terra-draw';
import { TerraDrawMapLibreGLAdapter } from 'terra-draw-maplibre-gl-adapter';
import { colour } from '../map/colours';
import { closed, corner, fault, type Corner } from './ring';

const CORNERS = 'zone-corners';
const HOLES = 'zone-holes';

export class ZoneTool {
  readonly #map: MapLibre;
  readonly #draw: TerraDraw;
  readonly #changed: (ring: Corner[]) => void;
  #shown = '';
  /** What the tool itself does to the drawing is not the hand's. */
  #showing = false;

  /** `changed` is told what the hand did, and nothing that came through `show`. */
  constructor(map: MapLibre, changed: (ring: Corner[]) => void) {
    this.#map = map;
    this.#changed = changed;
    const line = colour('focus') as HexColor;
    const fill = colour('caution') as HexColor;
    map.addSource(CORNERS, { type: 'geojson', data: { type: 'FeatureCollection', features: [] } });
    map.addLayer({ id: `${CORNERS}-line`, type: 'line', source: CORNERS, paint: { 'line-color': line, 'line-width': 3 } });
    map.addLayer({
      id: `${CORNERS}-points`,
      type: 'circle',
      source: CORNERS,
      filter: ['==', '$type', 'Point'],
      paint: { 'circle-radius': 6, 'circle-color': line, 'circle-stroke-width': 2, 'circle-stroke-color': colour('map-ground') },
    });
    map.addSource(HOLES, { type: 'geojson', data: { type: 'FeatureCollection', features: [] } });
    map.addLayer({ id: HOLES, type: 'line', source: HOLES, paint: { 'line-color': line, 'line-width': 3, 'line-dasharray': [2, 1] } });
    const outline = { fillColor: fill, fillOpacity: 0.25, outlineColor: line, outlineWidth: 3 };
    this.#draw = new TerraDraw({
      adapter: new TerraDrawMapLibreGLAdapter({ map, coordinatePrecision: 6 }),
      modes: [
        // Keys are the dialog's: Escape closes it, Enter sets a corner.
        new TerraDrawPolygonMode({ keyEvents: null, showCoordinatePoints: true, styles: { ...outline, closingPointColor: line, closingPointWidth: 8 } }),
        new TerraDrawSelectMode({
          keyEvents: null,
          allowManualDeselection: false,
          flags: { polygon: { feature: { draggable: true, coordinates: { draggable: true, midpoints: true, deletable: true } } } },
          styles: {
            selectedPolygonColor: fill,
            selectedPolygonFillOpacity: 0.25,
            selectedPolygonOutlineColor: line,
            selectedPolygonOutlineWidth: 3,
            selectionPointWidth: 5,
            selectionPointOutlineWidth: 1,
            selectionPointColor: line,
            midPointWidth: 3,
            midPointOutlineWidth: 1,
            midPointColor: fill,
          },
        }),
      ],
    });
    this.#draw.start();
    this.#draw.setMode('polygon');
    this.#draw.on('finish', (id) => {
      // Only after the event: the mode is still ending what it began.
      if (this.#draw.getMode() === 'polygon') queueMicrotask(() => this.#draw.hasFeature(id) && this.#draw.selectFeature(id));
      this.#tell();
    });
    this.#draw.on('change', (_, type) => {
      if (!this.#showing && type === 'update' && this.#draw.getMode() === 'select') this.#tell();
    });
  }

  /** Shows corners that came from elsewhere than from the hand. */
  show(ring: readonly Corner[]): void {
    const key = JSON.stringify(ring);
    if (key === this.#shown) return;
    this.#shown = key;
    this.#showing = true;
    this.#place(ring);
    this.#showing = false;
  }

  /** Shows what is cut out of the zone; it is not pulled, only left out as a whole. */
  holes(rings: readonly (readonly Corner[])[]): void {
    const features = rings.map((ring): Feature => ({ type: 'Feature', geometry: closed(ring), properties: {} }));
    (this.#map.getSource(HOLES) as GeoJSONSource).setData({ type: 'FeatureCollection', features });
  }

  #place(ring: readonly Corner[]): void {
    this.#draw.clear();
    const whole = fault(ring) === null;
    this.#loose(whole ? [] : ring);
    if (!whole) {
      this.#draw.setMode('polygon');
      return;
    }
    const id = this.#draw.getFeatureId();
    const [added] = this.#draw.addFeatures([{ id, type: 'Feature', geometry: closed(ring), properties: { mode: 'polygon' } }]);
    if (added?.valid === true) this.#draw.selectFeature(id);
    else this.#loose(ring);
  }

  /** Brings the whole border into sight. */
  fit(ring: readonly Corner[]): void {
    const [lons, lats] = [ring.map(([lon]) => lon), ring.map(([, lat]) => lat)];
    if (ring.length === 0) return;
    const bounds: [number, number, number, number] = [Math.min(...lons), Math.min(...lats), Math.max(...lons), Math.max(...lats)];
    this.#map.fitBounds(bounds, { padding: 60, maxZoom: 16, animate: !matchMedia('(prefers-reduced-motion: reduce)').matches });
  }

  /** Where the cross in the middle of the map points to. */
  middle(): Corner {
    const { lng, lat } = this.#map.getCenter();
    return corner(lng, lat);
  }

  end(): void {
    this.#draw.stop();
    for (const layer of [`${CORNERS}-line`, `${CORNERS}-points`, HOLES]) if (this.#map.getLayer(layer) !== undefined) this.#map.removeLayer(layer);
    for (const source of [CORNERS, HOLES]) if (this.#map.getSource(source) !== undefined) this.#map.removeSource(source);
  }

  #tell(): void {
    const drawn = this.#draw.getSnapshot().find((one) => one.geometry.type === 'Polygon');
    if (drawn?.geometry.type !== 'Polygon') return;
    const ring = drawn.geometry.coordinates[0]!.slice(0, -1).map(([lon, lat]) => corner(lon!, lat!));
    this.#shown = JSON.stringify(ring);
    this.#loose([]);
    this.#changed(ring);
  }

  /** Corners that are no zone yet: points and the line through them. */
  #loose(ring: readonly Corner[]): void {
    const points = ring.map((at): Feature => ({ type: 'Feature', geometry: { type: 'Point', coordinates: [...at] }, properties: {} }));
    const line: Feature[] = ring.length > 1 ? [{ type: 'Feature', geometry: { type: 'LineString', coordinates: ring.map((at) => [...at]) }, properties: {} }] : [];
    (this.#map.getSource(CORNERS) as GeoJSONSource).setData({ type: 'FeatureCollection', features: [...line, ...points] });
  }
}
