// What a line at the desk means: a card's number, a call sign with a stage, a mode, or a new message with the category
// and the place that it names. In the three languages of the console; case, spaces and alphabet do not matter.
import type { Category, Mode, Schemas } from '../../api/types';
import { plain as words } from '../../format/plain';
import { hasNumber, namesSomething, wordsOf, type Known as Place } from '../call/places';
import { ends, parted } from '../call/where';

type Stage = Schemas['Stage'];
type Way = 'accept' | 'refuse';

export type Command =
  | { is: 'nothing' }
  | { is: 'open'; number: string }
  | { is: 'mode'; mode: Mode | null }
  | { is: 'stage'; unit: string; stage: Stage }
  /** A service that was asked for forces answers by telephone; null: how, its form asks. */
  | { is: 'answer'; service: string; way: Way | null }
  /** A number that is in no row: the hub looks among all cards. */
  | { is: 'find'; number: string }
  /** `place` when it is beyond doubt; else `address` is what may be one, for the call-taker to choose the place. */
  | { is: 'message'; text: string; category: string | null; place: Place | null; address: string | null };

export interface Known {
  /** Call signs of the units, by unit. */
  callSigns: ReadonlyMap<string, string>;
  /** Names of the services that are asked for forces now, by service. */
  asked: ReadonlyMap<string, readonly string[]>;
  /** Last parts of the numbers of the cards. */
  numbers: ReadonlySet<string>;
  categories: readonly Pick<Category, 'code' | 'names'>[];
  /** The place that these words mean beyond doubt. */
  place: (text: string) => Place | null;
  /** Whether some place may be meant by these words. */
  isLike: (text: string) => boolean;
}

const MODE_WORDS = ['mode', 'режим'];

const MODES: readonly [Mode, readonly string[]][] = [
  ['everyday', ['every', 'күнд', 'повс']],
  ['high_readiness', ['high', 'жоға', 'повы']],
  ['emergency', ['emer', 'төте', 'чрез', 'чс', 'тж']],
];

const STAGES: readonly [Stage, readonly string[]][] = [
  ['accepted', ['acc', 'прин', 'қабы']],
  ['departed', ['dep', 'выех', 'шықт']],
  ['arrived', ['arr', 'приб', 'жетт']],
  ['released', ['rel', 'осво', 'боса']],
];

const ANSWERS: readonly [Way | 'answers', readonly string[]][] = [
  ['accept', ['acc', 'прин', 'қабы']],
  ['refuse', ['ref', 'отк', 'тарт']],
  ['answers', ['ans', 'отве', 'жауап']],
];

/** What the Kazakh word for refusing begins with, before what it is known by. */
const BEFORE_REFUSES = /^бас$/;

function begins<T>(word: string, table: readonly (readonly [T, readonly string[]])[]): T | null {
  return table.find(([, starts]) => starts.some((start) => word.startsWith(start)))?.[0] ?? null;
}

const plain = (text: string) => text.toLowerCase().replaceAll(/[\s-]+/g, '');

/** The only category whose name has a word beginning with each of these. */
function categoryOf(said: string, known: Known): string | null {
  const parts = words(said).split(' ').filter(Boolean);
  if (parts.length === 0) return null;
  const found = known.categories.filter(({ names }) =>
    [names.kk, names.ru, names.en].some((name) => {
      const held = words(name).split(' ');
      return parts.every((part) => held.some((word) => word.startsWith(part)));
    }),
  );
  return found.length === 1 ? found[0]!.code : null;
}

/** The only service asked for forces that has a name beginning with this. */
function serviceOf(said: string, known: Known): string | null {
  const name = words(said);
  if (name.length < 3) return null;
  const found = [...known.asked].filter(([, names]) => names.some((one) => words(one).startsWith(name)));
  const whole = found.filter(([, names]) => names.some((one) => words(one) === name));
  const [only] = whole.length > 0 ? whole : found;
  return only !== undefined && (whole.length || found.length) === 1 ? only[0] : null;
}

/** What nobody knows is handed over as an address only when it is as short as one. */
const FEW = 4;

function message(text: string, known: Known): Command {
  const { what, where } = parted(text, known);
  const rest = where.join(' ');
  const place = namesSomething(wordsOf(rest)) ? known.place(rest) : null;
  const category = categoryOf(place === null && !hasNumber(wordsOf(rest)) ? text : what, known);
  if (place !== null) return { is: 'message', text, category, place, address: place.name };
  const mayBe = ends(text, known);
  const [whole] = mayBe;
  const address = mayBe.find(known.isLike) ?? (whole !== undefined && whole.split(' ').length <= FEW ? whole : null);
  return { is: 'message', text, category, place: null, address };
}

export function understand(line: string, known: Known): Command {
  const text = line.trim();
  if (text === '') return { is: 'nothing' };
  const said = text.toLowerCase().split(/\s+/);
  const first = said[0]!;
  if (MODE_WORDS.includes(first) && said.length <= 2) return { is: 'mode', mode: said[1] === undefined ? null : begins(said[1], MODES) };
  if (said.length >= 2) {
    const stage = begins(said.at(-1)!, STAGES);
    const name = plain(said.slice(0, -1).join(' '));
    const unit = stage === null ? undefined : [...known.callSigns].find(([id, sign]) => plain(sign) === name || plain(id) === name)?.[0];
    if (stage !== null && unit !== undefined) return { is: 'stage', unit, stage };
  }
  if (said.length >= 2) {
    const way = begins(said.at(-1)!, ANSWERS);
    const before = said.slice(0, way === 'refuse' && BEFORE_REFUSES.test(said.at(-2)!) ? -2 : -1);
    const service = way === null ? null : serviceOf(before.join(' '), known);
    if (way !== null && service !== null) return { is: 'answer', service, way: way === 'answers' ? null : way };
  }
  const number = /^№?\s*(?:[\d-]*-)?(\d{1,6})$/.exec(text)?.[1]?.padStart(6, '0');
  if (number !== undefined) return known.numbers.has(number) ? { is: 'open', number } : { is: 'find', number };
  return message(text, known);
}
