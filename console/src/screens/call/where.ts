// Where it is, in words in which what has happened stands as well: of a line at the desk, and of a caller's story. What is
// found here is only looked for; what it means is for the gazetteer, and to be chosen by a person.
import type { Category } from '../../api/types';
import { plain } from '../../format/plain';
import { hasNumber, isKind, namesSomething, wordsOf } from './places';

export interface Knowing {
  categories: readonly Pick<Category, 'code' | 'names'>[];
}

/** How many parts of a text are looked for as a place: each is a question to the gazetteer. */
const MOST = 4;

/** Whether a category has a word that begins so. */
function saysWhat(part: string, { categories }: Knowing): boolean {
  const begun = plain(part);
  return begun.length > 2 && categories.some(({ names }) => [names.kk, names.ru, names.en].some((name) => plain(name).split(' ').some((word) => word.startsWith(begun))));
}

/** What stands first says what, what follows says where; what stands behind the house says what again. */
export function parted(line: string, known: Knowing): { what: string; where: string[] } {
  const said = line.trim().split(/\s+/);
  const first = said.findIndex((part) => !saysWhat(part, known));
  const from = first < 0 ? said.length : first;
  let to = said.length;
  while (to > from && saysWhat(said[to - 1]!, known)) to -= 1;
  // Without a house before them the last words may be of the name.
  if (!hasNumber(wordsOf(said.slice(from, to).join(' ')))) to = said.length;
  return { what: [...said.slice(0, from), ...said.slice(to)].join(' '), where: said.slice(from, to) };
}

/** Ends of the line that may be an address, the longest first: each has a word and a number. The first is all that does not say
 * what has happened. */
export function ends(line: string, known: Knowing): string[] {
  const { where } = parted(line, known);
  const all = where.map((_, from) => where.slice(from).join(' ')).filter((end) => namesSomething(wordsOf(end)) && hasNumber(wordsOf(end)));
  return all.length <= MOST ? all : [all[0]!, ...all.slice(1 - MOST)];
}

/** What has a number and is no house, by how it begins: before the number, and behind it. */
const NO_HOUSE = {
  before: ['kvartir', 'pater', 'podezd', 'etazh', 'kabat', 'kireberis', 'flat', 'floor', 'apartment', 'entrance'],
  behind: ['etazh', 'kabat', 'podezd', 'kireberis', 'let', 'god', 'zhas', 'mesyats', 'chelovek', 'adam', 'mashin', 'kolik', 'minut', 'chas', 'sagat', 'bala', 'floor', 'year', 'people', 'person', 'car', 'minute', 'hour'],
};
/** Of so many words a street has its name, with what kind it is. */
const WORDS = 3;

const begins = (word: string | undefined, with_: readonly string[]) => word !== undefined && with_.some((start) => plain(word).startsWith(start));
const isHouse = (word: string) => /^\p{P}*\d/u.test(word) && /^\d{1,4}[a-z]?(?:\/\d{1,4})?[a-z]?$/.test(wordsOf(word).join(''));
/** Little words that lead to a street and are none of it. */
const leads = (word: string) => !isKind(word) && plain(word).length < 3 && !/\d/.test(word) && /^(?:na|po|v|vo|u|k|ot|s|so|iz|i|do|za|at|on|in|by|a|of|to)$/.test(plain(word));
/** A sentence ends here; an abbreviation does not. */
const stops = (word: string) => /[!?;]$/.test(word) || (word.endsWith('.') && plain(word).length > 4);
const trimmed = (words: readonly string[]) => words.join(' ').replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, '');

/** The words before `to` that may be the name of a street, from the farthest on. */
function before(said: readonly string[], to: number, known: Knowing): number[] {
  const from: number[] = [];
  for (let at = to - 1; at >= 0 && from.length < WORDS; at -= 1) {
    const word = said[at]!;
    if (stops(word) || /^\d/.test(word) || plain(word) === '' || (!isKind(word) && saysWhat(word, known))) break;
    if (leads(word)) {
      if (from.length > 0) break;
      continue;
    }
    from.unshift(at);
  }
  return from;
}

/** Parts of a story that may be an address: the words before a number that may be a house; without one, a street by its kind. */
export function spoken(text: string, known: Knowing): string[] {
  const said = text.trim().split(/\s+/).filter((word) => word !== '');
  const found: string[] = [];
  said.forEach((word, at) => {
    if (!isHouse(word) || plain(said[at - 1] ?? '') === 'kv' || begins(said[at - 1], NO_HOUSE.before) || begins(said[at + 1], NO_HOUSE.behind)) return;
    for (const from of before(said, at, known)) found.push(trimmed(said.slice(from, at + 1)));
  });
  const houses = found.filter((part) => namesSomething(wordsOf(part).filter((word) => !isKind(word))));
  const all = houses.length > 0 ? houses : said.flatMap((word, at) => (isKind(word) ? ofKind(said, at, known) : []));
  return fairly(all);
}

/** «улица Абая», «Абай көшесі»: the name on either side of what kind it is. */
function ofKind(said: readonly string[], at: number, known: Knowing): string[] {
  const behind: string[] = [];
  for (let to = at + 1; to < said.length && to <= at + 2; to += 1) {
    if (saysWhat(said[to]!, known) || leads(said[to]!)) break;
    behind.unshift(trimmed(said.slice(at, to + 1)));
    if (/[,.!?;]$/.test(said[to]!)) break;
  }
  const ahead = before(said, at, known).map((from) => trimmed(said.slice(from, at + 1)));
  return [...ahead, ...behind].filter((part) => namesSomething(wordsOf(part).filter((word) => !isKind(word))));
}

/** As many as are looked for: of several houses each has its turn before a shorter name of the first. */
function fairly(all: readonly string[]): string[] {
  const each = [...new Set(all)];
  if (each.length <= MOST) return each;
  const house = (part: string) => wordsOf(part).at(-1) ?? '';
  const shortest = new Map(each.map((part) => [house(part), part]));
  const taken = new Set([...shortest.values()].slice(0, MOST));
  for (const part of each) if (taken.size < MOST) taken.add(part);
  return each.filter((part) => taken.has(part));
}
