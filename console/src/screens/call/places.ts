// Places that the region knows by name: of the cards that are open, and of the stations; and which place is surely meant.
import type { Incident, Point, Unit } from '../../api/types';
import { plain } from '../../format/plain';
import { doubt, place } from '../../state/card';
import type { Found } from '../../state/gazetteer.svelte';

export interface Known {
  name: string;
  point: Point;
  /** How far from there it may be, metres; null when nobody said. */
  uncertainty: number | null;
}

/** What kind of thing a name names: said or left out it is the same street, said otherwise it is another. */
const KINDS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    street: ['улица', 'ул', 'көшесі', 'көше', 'street', 'st'],
    avenue: ['проспект', 'просп', 'пр', 'пр-т', 'даңғылы', 'даңғыл', 'avenue', 'ave'],
    lane: ['переулок', 'пер', 'lane'],
    boulevard: ['бульвар', 'бул', 'бульвары', 'boulevard'],
    house: ['дом', 'д', 'үй', 'house'],
  }).flatMap(([kind, said]) => said.flatMap((word) => plain(word).split(' ')).map((word) => [word, kind] as const)),
);

/** As they are said of what lies there, which no name has. */
const SAID: ReadonlySet<string> = new Set(['улице', 'улицы', 'улицу', 'проспекте', 'проспекта', 'переулке', 'бульваре', 'көшесінде', 'көшесіндегі', 'даңғылында', 'даңғылындағы'].map(plain));

/** Whether it only says what kind of thing a name names. */
export const isKind = (word: string): boolean => plain(word).split(' ').every((one) => KINDS.has(one) || SAID.has(one));

const isNumber = (word: string) => /^\d/.test(word);

/** The words of a name or of what was written; a house number with its letter and fraction is one: `10a/2`. */
export function wordsOf(text: string): string[] {
  const whole = text.replaceAll(/(\d)\s+(\p{L})(?![\p{L}\p{N}])/gu, '$1$2');
  return (whole.match(/[\p{L}\p{N}]+(?:[/\\-][\p{L}\p{N}]+)*/gu) ?? []).flatMap((piece) => {
    const parts = plain(piece).split(' ').filter(Boolean);
    if (!isNumber(piece)) return parts;
    return [parts.reduce((number, part) => `${number}${isNumber(part) ? '/' : ''}${part}`, '').replace(/^\//, '')];
  });
}

/** Whether there is a word in it: a number alone names no place. */
export const namesSomething = (words: readonly string[]): boolean => words.some((word) => !isNumber(word) && word.length > 1);

/** Whether there is a house number in it. */
export const hasNumber = (words: readonly string[]): boolean => words.some(isNumber);

/** A street is said in its own form or in the genitive: «Абай», «Абая»; «Сатпаев», «Сатпаева». */
const stem = (word: string) => (isNumber(word) ? word : word.replace(/(?<=.{3})(?:ya|[aeiuy])$/, ''));
const core = (words: readonly string[]) => words.filter((word) => !KINDS.has(word)).map(stem).toSorted().join(' ');
const numbers = (words: readonly string[]) => words.filter(isNumber).length;

/** Whether nothing is said to be a street in one and an avenue in the other. */
function ofOneKind(one: readonly string[], other: readonly string[]): boolean {
  const kinds = (words: readonly string[]) => new Set(words.flatMap((word) => KINDS.get(word) ?? []).filter((kind) => kind !== 'house'));
  const [a, b] = [kinds(one), kinds(other)];
  return a.size === 0 || b.size === 0 || [...a].some((kind) => b.has(kind));
}

/** Whether both say the same address, however it is written. */
export function sameAddress(one: string, other: string): boolean {
  const [a, b] = [wordsOf(one), wordsOf(other)];
  return core(a) === core(b) && ofOneKind(a, b);
}

/** Places whose name has every word, at most six: words may be unfinished, a number is that number or another one. */
export function suggested(written: string, incidents: readonly Incident[], units: readonly Unit[]): Known[] {
  const words = wordsOf(written).filter((word) => word.length > 1 || isNumber(word));
  if (!namesSomething(words)) return [];
  const found = new Map<string, Known>();
  const offer = (name: string | null | undefined, point: Point | undefined, uncertainty: number | null) => {
    if (name === null || name === undefined || point === undefined || found.has(name)) return;
    const held = wordsOf(name);
    if (words.every((word) => held.some((one) => (isNumber(word) ? one === word : one.startsWith(word) || (KINDS.has(word) && KINDS.get(word) === KINDS.get(one)))))) found.set(name, { name, point, uncertainty });
  };
  for (const incident of incidents) {
    const at = place(incident);
    offer(at?.location.address, at?.location.fix?.point, doubt(at));
  }
  for (const [station, home] of stations(units)) offer(station, home, null);
  return [...found.values()].slice(0, 6);
}

/** Known no worse than this, metres, a place may be filled in without being looked at. */
const GOOD = 300;
/** Two points as near as this, metres, are one place. */
const ONE_PLACE = 150;
/** Words that fit less well may be of another street. */
const ALIKE = 0.95;
const EXACT: ReadonlySet<Found['precision']> = new Set<Found['precision']>(['house', 'crossing', 'kilometre_post', 'coordinates']);

/** Metres between two points of one region. */
function apart(one: Point, other: Point): number {
  const east = (one.lon - other.lon) * Math.cos((one.lat * Math.PI) / 180);
  return 111_195 * Math.hypot(one.lat - other.lat, east);
}

/** The place that is meant beyond doubt: every word is its own, house number and all, and nothing else elsewhere fits as well. */
export function certain(written: string, known: readonly Known[], found: readonly Found[]): Known | null {
  const words = wordsOf(written);
  if (!namesSomething(words)) return null;
  const isThis = (one: Found) => EXACT.has(one.precision) && one.likeness >= ALIKE && numbers(wordsOf(one.name)) === numbers(words) && ofOneKind(wordsOf(one.name), words);
  const meant: Known[] = [...known.filter((one) => sameAddress(one.name, written)), ...found.filter(isThis)];
  const [first] = meant;
  if (first === undefined || meant.some((one) => apart(one.point, first.point) > ONE_PLACE)) return null;
  // Of one place the point that is known best.
  const best = meant.reduce((best, one) => ((one.uncertainty ?? GOOD) < (best.uncertainty ?? GOOD) ? one : best));
  return (best.uncertainty ?? 0) > GOOD ? null : { name: best.name, point: best.point, uncertainty: best.uncertainty };
}

/** Of the suggestions the one that is meant beyond doubt. */
export function sureOf<T extends Known>(written: string, known: readonly Known[], found: readonly Found[], offered: readonly T[]): T | null {
  const meant = certain(written, known, found);
  return meant === null ? null : (offered.find((one) => one.name === meant.name && one.point === meant.point) ?? null);
}

let known: { units: readonly Unit[]; stations: ReadonlyMap<string, Point> } = { units: [], stations: new Map() };

/** Where the stations are: of tens of thousands of units gone through once, and not at every key. */
function stations(units: readonly Unit[]): ReadonlyMap<string, Point> {
  if (known.units !== units) {
    const found = new Map<string, Point>();
    for (const { station, home } of units) if (!found.has(station)) found.set(station, home);
    known = { units, stations: found };
  }
  return known.stations;
}
