// Symbols of the map, drawn here. Each differs in shape and not only in colour, so that it is read in grey and by who
// sees no red: incidents by urgency with the picture of their category, units by state with the picture of what they go
// by, objects of the land by group.
import type { Map as MapLibre } from 'maplibre-gl';
import type { Mode, Severity, UnitStatus } from '../api/types';
import { colour } from './colours';
import { groupOf, type ObjectGroup } from './objects';
import { ofCategory, ofObject, ofUnitPicture, type UnitPicture } from './pictures';
import { stamp } from './stamp';

const SIZE = 44;
const RATIO = 2;
/** Side of a unit's picture, pixels of the page. */
export const UNIT_SIZE = SIZE / RATIO;
/** Side of an incident's picture, pixels of the canvas. */
export const INCIDENT = 64;
const OBJECT = 40;
const MODE = 40;
/** Ground of a unit's picture by its state. */
export const UNIT_COLOURS: Record<UnitStatus['state'], string> = { available: '#0b6b34', returning: '#3c5a48', reserved: '#8a6500', engaged: '#123e8a', out_of_service: '#4a4f57' };

export const incidentIcon = (severity: Severity | null, category: string | null = null, exercise = false) => `${exercise ? 'exercise' : 'incident'}-${severity ?? 'p4'}-${category ?? ''}`;

/** Draws a symbol when the map first asks for it. */
export function drawMissing(map: MapLibre, id: string): void {
  if (id.startsWith('incident-') || id.startsWith('exercise-')) add(map, id, drawIncident(id.slice(9, 11) as Severity, id.slice(12), id.startsWith('exercise-')));
  if (id === 'closure') add(map, id, drawClosure());
  if (id.startsWith('mode-')) add(map, id, drawMode(id.slice(5) as Mode));
  if (id.startsWith('object-')) add(map, id, drawObject(id.slice(7)));
}

function add(map: MapLibre, id: string, image: ImageData): void {
  if (!map.hasImage(id)) map.addImage(id, image, { pixelRatio: RATIO });
}

function canvas(side = SIZE): CanvasRenderingContext2D {
  const made = document.createElement('canvas');
  made.width = side;
  made.height = side;
  return made.getContext('2d', { willReadFrequently: true })!;
}

const pixels = (to: CanvasRenderingContext2D, side = SIZE) => to.getImageData(0, 0, side, side);

const SEVERITY_GROUND = (): Record<Severity, string> => ({ p1: colour('danger-solid'), p2: '#e0a800', p3: colour('action'), p4: '#66758a' });

/** Caution as a line on white. */
export const EXERCISE_CAUTION = '#8a6500';

/**
 * The urgency is the shape: octagon, triangle, diamond, circle, with its number below; within is what happened. What is an
 * exercise is hollow within a broken line, as its mark is in the lists: nobody takes it for real, in grey either.
 */
export function drawIncident(severity: Severity, category: string, exercise = false): ImageData {
  const to = canvas(INCIDENT);
  const middle = INCIDENT / 2;
  const line = exercise && severity === 'p2' ? EXERCISE_CAUTION : SEVERITY_GROUND()[severity];
  const [ground, ink] = exercise ? ['#ffffff', line] : [line, severity === 'p2' ? '#1a1400' : '#ffffff'];
  to.beginPath();
  if (severity === 'p1') polygon(to, middle, 8, middle - 3, Math.PI / 8);
  else if (severity === 'p2') polygon(to, middle, 3, middle - 2, -Math.PI / 2, 4);
  else if (severity === 'p3') polygon(to, middle, 4, middle - 3, 0);
  else to.arc(middle, middle, middle - 8, 0, 2 * Math.PI);
  to.fillStyle = ground;
  to.fill();
  to.lineWidth = exercise ? 6 : 3;
  to.strokeStyle = '#ffffff';
  to.stroke();
  if (exercise) {
    to.setLineDash([8, 5]);
    to.lineWidth = 4;
    to.strokeStyle = line;
    to.stroke();
    to.setLineDash([]);
  }
  const [side, down] = severity === 'p1' ? [30, -2] : severity === 'p2' ? [22, 8] : severity === 'p3' ? [24, 0] : [24, 0];
  if (category === '') number(to, severity.slice(1), middle, middle + down + 1, 24, ink);
  else {
    stamp(to, ofCategory(category), ink, middle - side / 2, middle + down - side / 2, side);
    badge(to, severity.slice(1), line, severity === 'p2' && !exercise ? '#1a1400' : '#ffffff');
  }
  return pixels(to, INCIDENT);
}

/** The number of the urgency in the corner. */
function badge(to: CanvasRenderingContext2D, text: string, ground: string, ink: string): void {
  const [x, y] = [INCIDENT - 13, INCIDENT - 13];
  to.beginPath();
  to.arc(x, y, 11, 0, 2 * Math.PI);
  to.fillStyle = ground;
  to.fill();
  to.lineWidth = 2;
  to.strokeStyle = '#ffffff';
  to.stroke();
  number(to, text, x, y + 1, 16, ink);
}

function number(to: CanvasRenderingContext2D, text: string, x: number, y: number, size: number, ink: string): void {
  to.fillStyle = ink;
  to.font = `600 ${size}px "Noto Sans", sans-serif`;
  to.textAlign = 'center';
  to.textBaseline = 'middle';
  to.fillText(text, x, y);
}

function polygon(to: CanvasRenderingContext2D, middle: number, corners: number, radius: number, turn: number, down = 0): void {
  for (let corner = 0; corner < corners; corner++) {
    const angle = turn + (corner * 2 * Math.PI) / corners;
    to.lineTo(middle + radius * Math.cos(angle), middle + down + radius * Math.sin(angle));
  }
  to.closePath();
}

/**
 * The state is the shape: free is a full circle, on the way back a ring, held a diamond, engaged a full square, out of
 * service a square that is crossed out.
 */
export function drawUnit(name: UnitPicture, state: UnitStatus['state']): ImageData {
  const to = canvas();
  const middle = SIZE / 2;
  const hollow = state === 'returning' || state === 'out_of_service';
  to.beginPath();
  if (state === 'available' || state === 'returning') to.arc(middle, middle, 17, 0, 2 * Math.PI);
  else if (state === 'reserved') polygon(to, middle, 4, 20.5, 0);
  else to.roundRect(5, 5, SIZE - 10, SIZE - 10, 5);
  to.fillStyle = hollow ? '#ffffff' : UNIT_COLOURS[state];
  to.fill();
  to.lineWidth = hollow ? 4 : 2.5;
  to.strokeStyle = hollow ? UNIT_COLOURS[state] : '#ffffff';
  to.stroke();
  const side = state === 'reserved' ? 17 : 20;
  stamp(to, ofUnitPicture(name), hollow ? UNIT_COLOURS[state] : '#ffffff', middle - side / 2, middle - side / 2, side);
  if (state === 'out_of_service') {
    to.beginPath();
    to.moveTo(7, SIZE - 7);
    to.lineTo(SIZE - 7, 7);
    to.lineWidth = 7;
    to.strokeStyle = '#ffffff';
    to.stroke();
    to.lineWidth = 4;
    to.strokeStyle = UNIT_COLOURS[state];
    to.stroke();
  }
  return pixels(to);
}

/** The mode of a region as the banner shows it: circle, triangle, octagon. */
function drawMode(mode: Mode): ImageData {
  const to = canvas(MODE);
  const middle = MODE / 2;
  to.beginPath();
  if (mode === 'emergency') polygon(to, middle, 8, middle - 3, Math.PI / 8);
  else if (mode === 'high_readiness') polygon(to, middle, 3, middle - 3, -Math.PI / 2, 2);
  else to.arc(middle, middle, middle - 5, 0, 2 * Math.PI);
  to.fillStyle = mode === 'emergency' ? colour('danger-solid') : mode === 'high_readiness' ? '#e0a800' : colour('safe');
  to.fill();
  to.lineWidth = 2;
  to.strokeStyle = '#ffffff';
  to.stroke();
  return pixels(to, MODE);
}

/** No entry: a disc with a bar. */
function drawClosure(): ImageData {
  const to = canvas();
  const middle = SIZE / 2;
  to.beginPath();
  to.arc(middle, middle, middle - 4, 0, 2 * Math.PI);
  to.fillStyle = colour('danger-solid');
  to.fill();
  to.lineWidth = 3;
  to.strokeStyle = '#ffffff';
  to.stroke();
  to.fillStyle = '#ffffff';
  to.fillRect(9, middle - 4, SIZE - 18, 8);
  return pixels(to);
}

/** Objects are paler than what lives: who helps a light square, what is dangerous a warning triangle, the rest a disc. */
function drawObject(kind: string): ImageData {
  const to = canvas(OBJECT);
  const middle = OBJECT / 2;
  const group: ObjectGroup | null = groupOf(kind);
  const [ground, ink, edge] = [colour('map-object'), colour(group === 'dangerous' ? 'map-object-danger' : group === 'social' ? 'map-object-quiet' : 'map-object-ink'), colour(group === 'dangerous' ? 'map-object-danger' : 'map-object-edge')];
  to.beginPath();
  if (group === 'helping') to.roundRect(5, 5, OBJECT - 10, OBJECT - 10, 6);
  else if (group === 'dangerous') polygon(to, middle, 3, 19, -Math.PI / 2, 4);
  else to.arc(middle, middle, group === 'water' ? 11 : 14, 0, 2 * Math.PI);
  to.fillStyle = ground;
  to.fill();
  to.lineWidth = group === 'dangerous' ? 3 : 2;
  to.strokeStyle = edge;
  to.stroke();
  const [side, down] = group === 'dangerous' ? [14, 6] : group === 'water' ? [14, 0] : [20, 0];
  stamp(to, ofObject(kind), ink, middle - side / 2, middle + down - side / 2, side);
  return pixels(to, OBJECT);
}

