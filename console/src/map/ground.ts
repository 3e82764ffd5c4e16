// The ground of a map: water and green, roads, places, objects and houses of the imported land, drawn by the style that the hub gives to
// every program. A map without it stays a map: borders and what lives are there before and after.
import type { ErrorEvent, LayerSpecification, Map as MapLibre, RequestParameters, SourceSpecification, VectorSourceSpecification, VectorTileSource } from 'maplibre-gl';
import { asked, headers, hub } from '../api/client';
import type { Language } from '../api/types';
import { objectLayer } from './objects';

/** How soon the style is asked for again when the hub did not answer. */
const AGAIN_MS = 10_000;
/** How often it is looked whether another edition of the land is in force. */
const LOOK_MS = 300_000;
/** What lives is drawn over the ground: the ground ends below this layer. */
const BELOW = 'hazards';

interface HubStyle {
  sources: Record<string, SourceSpecification & { tiles: string[] }>;
  layers: (LayerSpecification & { source?: string; metadata?: { part?: string; under?: string } })[];
}

/** Tiles are asked for as everything else is: with the token, of the hub alone. */
export function transformRequest(url: string): RequestParameters {
  return url.startsWith(`${location.origin}/api/`) ? { url, headers: headers() } : { url };
}

/** A tile that does not come is no fault of the page: the ground has a gap until the hub answers. */
export function quietly(event: ErrorEvent & { sourceId?: string; tile?: unknown }): void {
  if (event.tile === undefined && event.sourceId === undefined) console.error(event.error);
}

/** Lays the ground on a map that is loaded; what is returned takes the work up no more. */
export function layGround(map: MapLibre, theme: 'day' | 'night', language: Language, laid: () => void = () => {}): () => void {
  let timer: ReturnType<typeof setTimeout> | null = null;
  let ended = false;
  let there = false;
  async function lay(): Promise<void> {
    try {
      const query = { language };
      const style = (await asked(hub.GET('/api/v1/tiles/styles/{theme}', { params: { path: { theme }, query } }))) as unknown as HubStyle;
      if (ended) return;
      put(map, style);
      if (!there) laid();
      there = true;
    } catch {
      // The hub is not there; it is asked again.
    }
    if (!ended) timer = setTimeout(() => void lay(), there ? LOOK_MS : AGAIN_MS);
  }
  void lay();
  return () => {
    ended = true;
    if (timer !== null) clearTimeout(timer);
  };
}

function put(map: MapLibre, style: HubStyle): void {
  const layers = style.layers.filter((layer) => layer.metadata?.part === 'land' || layer.metadata?.part === 'objects');
  for (const name of new Set(layers.map((layer) => layer.source))) {
    const source = name === undefined ? undefined : style.sources[name];
    if (name === undefined || source === undefined) continue;
    const id = `ground-${name}`;
    const held = map.getSource(id) as VectorTileSource | undefined;
    // Borders are drawn before the ground comes, from what the console has: their owners are told with the roads, which
    // every zoom shows.
    const owners = [source, ...(name === 'roads' ? [style.sources['boundaries']] : [])].flatMap((one) => (one as VectorSourceSpecification | undefined)?.attribution ?? []);
    if (held === undefined) map.addSource(id, { ...source, attribution: owners.join('; ') } as SourceSpecification);
    else if (held.tiles[0] !== source.tiles[0]) held.setTiles(source.tiles);
  }
  for (const layer of layers) {
    const id = `ground-${layer.id}`;
    if (map.getLayer(id) !== undefined || layer.id === 'object-names') continue;
    const drawn = { ...layer, id, source: `ground-${layer.source}` } as LayerSpecification;
    // Water and green lie below the borders that are there before them.
    const below = layer.metadata?.under ?? BELOW;
    map.addLayer(layer.id === 'objects' ? objectLayer(drawn, layers.find((one) => one.id === 'object-names')) : drawn, map.getLayer(below) === undefined ? undefined : below);
  }
}
