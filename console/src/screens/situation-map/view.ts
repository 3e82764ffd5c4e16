// What the map shows, as the address says it: a link gives the same view to somebody else.
import type { Mode, Scale, Severity } from '../../api/types';
import { GROUPS, type ObjectGroup } from '../../map/objects';
import { MODES, SCALES, SEVERITIES } from '../../state/orders';

export interface View {
  /** Middle and zoom of the map; none: the whole region. */
  camera: { lat: number; lon: number; zoom: number } | null;
  category: string | null;
  severity: Severity | null;
  scale: Scale | null;
  service: string | null;
  /** This district alone, KATO code. */
  district: string | null;
  /** Zones of this mode alone; on the map of the country regions in this mode alone. */
  mode: Mode | null;
  /** For who answers for several regions: whose map; none: the whole country's. */
  region: string | null;
  /** Of the whole country this region alone. */
  of: string | null;
  /** A moment that has passed; none: now. */
  at: Date | null;
  /** For a screen on the wall. */
  wall: boolean;
  /** The card or the unit that stands out. */
  incident: string | null;
  unit: string | null;
  /** Groups of objects that are shown. */
  objects: readonly ObjectGroup[];
  /** Incidents of so many hours before as a heat map; none: no such map. */
  heat: Heat | null;
  /** The service whose coverage is shown, and within how many minutes; none: the normative time. */
  coverage: string | null;
  minutes: number | null;
}

/** Hours that a heat map goes back. */
export const HEAT = [1, 24, 168, 720] as const;
export type Heat = (typeof HEAT)[number];
/** What is shown where nobody chose: what is dangerous, and who helps. */
const USUAL: readonly ObjectGroup[] = ['dangerous', 'helping'];

const oneOf = <T extends string>(all: readonly T[], word: string | null): T | null => all.find((one) => one === word) ?? null;

/** From the address; what cannot be read counts as not said. */
export function readView(search: string): View {
  const from = new URLSearchParams(search);
  const at = new Date(from.get('at') ?? '');
  return {
    camera: readCamera(from.get('c')),
    category: from.get('category'),
    severity: oneOf(SEVERITIES, from.get('severity')),
    scale: oneOf(SCALES, from.get('scale')),
    service: from.get('service'),
    district: from.get('district'),
    mode: oneOf(MODES, from.get('mode')),
    at: Number.isNaN(at.getTime()) ? null : at,
    region: readRegion(from.get('region')),
    of: readRegion(from.get('of')),
    wall: from.get('wall') === '1',
    incident: from.get('incident'),
    unit: from.get('unit'),
    objects: readObjects(from.get('objects')),
    heat: HEAT.find((hours) => String(hours) === from.get('heat')) ?? null,
    coverage: from.get('coverage'),
    minutes: readMinutes(from.get('minutes')),
  };
}

const readRegion = (text: string | null): string | null => (text !== null && /^\d\d$/.test(text) ? text : null);

function readObjects(text: string | null): readonly ObjectGroup[] {
  if (text === null) return USUAL;
  const named = text.split(',');
  return GROUPS.filter((group) => named.includes(group));
}

function readMinutes(text: string | null): number | null {
  const minutes = Number(text);
  return Number.isInteger(minutes) && minutes >= 1 && minutes <= 120 ? minutes : null;
}

function readCamera(text: string | null): View['camera'] {
  const numbers = (text ?? '').split(',').map(Number);
  const [lat, lon, zoom] = numbers;
  if (text === null || numbers.length !== 3 || numbers.some((n) => !Number.isFinite(n))) return null;
  if (Math.abs(lat!) > 90 || Math.abs(lon!) > 180 || zoom! < 0 || zoom! > 22) return null;
  return { lat: lat!, lon: lon!, zoom: zoom! };
}

/** For the address; what is as usual is left out. */
export function writeView(view: View): string {
  const to = new URLSearchParams();
  if (view.camera !== null) to.set('c', [view.camera.lat.toFixed(5), view.camera.lon.toFixed(5), view.camera.zoom.toFixed(2)].join(','));
  for (const field of ['category', 'severity', 'scale', 'service', 'district', 'mode', 'region', 'of', 'incident', 'unit', 'coverage'] as const) {
    const value = view[field];
    if (value !== null) to.set(field, value);
  }
  if (view.objects.join() !== USUAL.join()) to.set('objects', view.objects.join(','));
  if (view.heat !== null) to.set('heat', String(view.heat));
  if (view.at !== null) to.set('at', view.at.toISOString().replace(/\.\d+Z$/, 'Z'));
  if (view.minutes !== null) to.set('minutes', String(view.minutes));
  if (view.wall) to.set('wall', '1');
  const text = to.toString();
  return text === '' ? '' : `?${text}`;
}
