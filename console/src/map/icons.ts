// Symbols of the map, drawn here: incidents by urgency as shape and colour, units by service and state. The pictures of
// the services are Maki's and Temaki's (CC0).
import type { Map as MapLibre } from 'maplibre-gl';
import ambulance from '@mapbox/maki/icons/hospital.svg?raw';
import airAmbulance from '@mapbox/maki/icons/heliport.svg?raw';
import aviation from '@mapbox/maki/icons/airport.svg?raw';
import fire from '@mapbox/maki/icons/fire-station.svg?raw';
import other from '@mapbox/maki/icons/danger.svg?raw';
import police from '@mapbox/maki/icons/police.svg?raw';
import security from '@rapideditor/temaki/icons/shield.svg?raw';
import utilities from '@rapideditor/temaki/icons/tools.svg?raw';
import telecom from '@rapideditor/temaki/icons/tower_communication.svg?raw';
import type { Severity, UnitStatus } from '../api/types';
import { colour } from './colours';

const PICTURES: Record<string, string> = {
  fire_rescue: fire,
  ambulance,
  air_ambulance: airAmbulance,
  police,
  security,
  aviation_sar: aviation,
  utilities,
  telecom,
};

const SIZE = 44;
const RATIO = 2;
/** Side of a unit's picture, pixels of the page. */
export const UNIT_SIZE = SIZE / RATIO;
/** Ground of a unit's picture by its state. */
export const UNIT_COLOURS: Record<UnitStatus['state'], string> = { available: '#0b6b34', returning: '#3c5a48', reserved: '#8a6500', engaged: '#123e8a', out_of_service: '#4a4f57' };

export const incidentIcon = (severity: Severity | null) => `incident-${severity ?? 'p4'}`;

/** Draws a symbol when the map first asks for it. */
export async function drawMissing(map: MapLibre, id: string): Promise<void> {
  if (id.startsWith('incident-')) add(map, id, drawIncident(id.slice(9) as Severity));
}

function add(map: MapLibre, id: string, image: ImageData): void {
  if (!map.hasImage(id)) map.addImage(id, image, { pixelRatio: RATIO });
}

function canvas(): CanvasRenderingContext2D {
  const made = document.createElement('canvas');
  made.width = SIZE;
  made.height = SIZE;
  return made.getContext('2d', { willReadFrequently: true })!;
}

const pixels = (to: CanvasRenderingContext2D) => to.getImageData(0, 0, SIZE, SIZE);

function drawIncident(severity: Severity): ImageData {
  const to = canvas();
  const middle = SIZE / 2;
  to.beginPath();
  if (severity === 'p1') polygon(to, 8, middle - 3, Math.PI / 8);
  else if (severity === 'p2') polygon(to, 3, middle - 2, -Math.PI / 2);
  else if (severity === 'p3') polygon(to, 4, middle - 5, 0);
  else to.arc(middle, middle, middle - 10, 0, 2 * Math.PI);
  to.fillStyle = { p1: colour('danger-solid'), p2: '#e0a800', p3: colour('action'), p4: '#66758a' }[severity];
  to.fill();
  to.lineWidth = 3;
  to.strokeStyle = '#ffffff';
  to.stroke();
  to.fillStyle = severity === 'p2' ? '#1a1400' : '#ffffff';
  to.font = '600 17px "Noto Sans", sans-serif';
  to.textAlign = 'center';
  to.textBaseline = 'middle';
  to.fillText(severity.slice(1), middle, severity === 'p2' ? middle + 4 : middle + 1);
  return pixels(to);
}

function polygon(to: CanvasRenderingContext2D, corners: number, radius: number, turn: number): void {
  for (let corner = 0; corner < corners; corner++) {
    const angle = turn + (corner * 2 * Math.PI) / corners;
    to.lineTo(SIZE / 2 + radius * Math.cos(angle), SIZE / 2 + radius * Math.sin(angle));
  }
  to.closePath();
}

/** Ground by state: free is filled green and round, engaged filled and square, the rest hollow. */
export async function drawUnit(service: string, state: UnitStatus['state']): Promise<ImageData> {
  const to = canvas();
  const middle = SIZE / 2;
  const free = state === 'available' || state === 'returning';
  to.beginPath();
  if (free) to.arc(middle, middle, 17, 0, 2 * Math.PI);
  else to.roundRect(6, 6, SIZE - 12, SIZE - 12, 6);
  to.fillStyle = UNIT_COLOURS[state];
  to.fill();
  to.lineWidth = 2.5;
  to.strokeStyle = '#ffffff';
  if (state === 'returning' || state === 'out_of_service') to.setLineDash([5, 4]);
  to.stroke();
  const image = await picture(PICTURES[service] ?? other);
  to.drawImage(image, middle - 10, middle - 10, 20, 20);
  return pixels(to);
}

function picture(svg: string): Promise<HTMLImageElement> {
  const white = svg.replace('<svg', '<svg fill="#ffffff"');
  return new Promise((resolve, reject) => {
    const image = new Image(40, 40);
    image.onload = () => resolve(image);
    image.onerror = () => reject(new Error('a symbol cannot be drawn'));
    image.src = `data:image/svg+xml,${encodeURIComponent(white)}`;
  });
}
