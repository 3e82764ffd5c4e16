// Places by name from the hub's gazetteer, while somebody types: misheard, unfinished, in any script.
import { asked, hub } from '../api/client';
import type { FoundPlace, Language, Point } from '../api/types';

/** A place with a name, where it is, and how far from there it may be. */
export interface Found {
  name: string;
  settlement: string | null;
  precision: FoundPlace['precision'];
  point: Point;
  uncertainty: number;
  /** How well the words fit, 0 to 1. */
  likeness: number;
}

/** Nobody types faster than this without wanting to see something. */
const PAUSE_MS = 120;
const MOST = 6;

type Names = NonNullable<FoundPlace['names']>;

/** The name in a language; what stands on the sign where there is none. */
export const inLanguage = (names: Names, language: Language): string => names[language] ?? names.name ?? names.ru ?? names.kk ?? names.en ?? '';

/** What a place is called: street and house, both streets of a crossing, road and kilometre. */
export function called(place: FoundPlace, language: Language): string {
  const { names, crossing } = place;
  if (names === null || names === undefined) return `${place.point.lat.toFixed(5)}, ${place.point.lon.toFixed(5)}`;
  const name = inLanguage(names, language);
  if (crossing !== null && crossing !== undefined) return `${name} / ${inLanguage(crossing, language)}`;
  if (place.house !== null && place.house !== undefined) return `${name}, ${place.house}`;
  return place.kilometre === null || place.kilometre === undefined ? name : `${name}, ${place.kilometre} км`;
}

/** The middle of bounds: west, south, east, north. */
export function middleOf(bounds: readonly number[] | undefined): Point | null {
  const [west, south, east, north] = bounds ?? [];
  if (west === undefined || south === undefined || east === undefined || north === undefined) return null;
  return { lat: (south + north) / 2, lon: (west + east) / 2 };
}

/** What the gazetteer finds for the text; best first. */
export async function lookUp(text: string, near: Point | null, language: Language): Promise<Found[]> {
  const query = { q: text.slice(0, text.includes('://') ? 2000 : 200), limit: MOST, ...(near === null ? {} : near) };
  const { items } = await asked(hub.GET('/api/v1/gazetteer', { params: { query } }));
  return items.map((place) => ({
    name: called(place, language),
    settlement: place.settlement === null || place.settlement === undefined ? null : inLanguage(place.settlement, language),
    precision: place.precision,
    point: place.point,
    uncertainty: place.uncertainty_m,
    likeness: place.likeness,
  }));
}

/** Less alike, what is found for a part of somebody's story is something else; a street in another case («на проспекте Примерном 12») is as
 * little alike as this where its house is there. */
const ALIKE = { house: 0.55, other: 0.8 };
const isAlike = ({ precision, likeness }: Found) => likeness >= (precision === 'house' ? ALIKE.house : ALIKE.other);

/** Of what was found for several parts of a story, what fits best; the longer part where two fit as well. */
export function bestOf(all: readonly (readonly Found[])[]): readonly Found[] {
  const near = all.map((found) => found.filter(isAlike));
  return near.reduce<readonly Found[]>((best, one) => ((one[0]?.likeness ?? 0) > (best[0]?.likeness ?? 0) ? one : best), []);
}

/** What the gazetteer finds for the text that `read` gives, or for the best of several parts of a story; to be made in a component. */
export function lookedUp(
  read: () => string | readonly string[],
  around: () => Point | null,
  language: () => Language,
): { readonly found: readonly Found[] } {
  let found = $state.raw<readonly Found[]>([]);
  let timer: ReturnType<typeof setTimeout> | undefined;
  let latest = 0;
  let looking = '';

  async function ask(said: string | readonly string[]): Promise<void> {
    latest += 1;
    const own = latest;
    try {
      const look = (text: string) => lookUp(text, around(), language());
      const places = typeof said === 'string' ? await look(said) : bestOf(await Promise.all(said.map(look)));
      // An answer that was overtaken by a later question says nothing any more.
      if (own === latest) found = places;
    } catch {
      // What cannot be looked for or has no answer now leaves the field as it is: the person types on.
      if (own === latest) found = [];
    }
  }

  $effect(() => {
    const given = read();
    const said = typeof given === 'string' ? given.trim() : given;
    // Whoever writes on in a story asks nothing anew.
    const now = typeof said === 'string' ? said : JSON.stringify(said);
    if (now === looking) return;
    looking = now;
    clearTimeout(timer);
    if (typeof said === 'string' ? said.length < 2 : said.length === 0) {
      latest += 1;
      found = [];
    } else {
      timer = setTimeout(() => void ask(said), PAUSE_MS);
    }
  });
  $effect(() => () => clearTimeout(timer));
  return {
    get found() {
      return found;
    },
  };
}
