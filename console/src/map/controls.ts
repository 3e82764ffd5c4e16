// What each map has at its edges: the zoom, the scale, and whose data its ground is.
import 'maplibre-gl/dist/maplibre-gl.css';
import './controls.css';
import { AttributionControl, NavigationControl, ScaleControl, type Map as MapLibre } from 'maplibre-gl';

/** Adds them. What else lies at the lower left stands above them: how high they are is told to what the map stands in. */
export function addControls(map: MapLibre): () => void {
  map.addControl(new NavigationControl({ showCompass: false }), 'bottom-right');
  map.addControl(new ScaleControl({ unit: 'metric' }), 'bottom-left');
  // Whose data the ground is must be seen with it.
  map.addControl(new AttributionControl({ compact: false }), 'bottom-left');
  const box = map.getContainer();
  const corner = box.querySelector<HTMLElement>('.maplibregl-ctrl-bottom-left');
  if (corner === null) return () => {};
  const watch = new ResizeObserver(() => box.parentElement?.style.setProperty('--map-corner', `${corner.offsetHeight}px`));
  watch.observe(corner);
  return () => watch.disconnect();
}
