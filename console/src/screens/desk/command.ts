// What a line at the desk means: a card's number, a call sign with a stage, a mode, or a new message. In the three
// languages of the console; case and spaces do not matter.
import type { Mode, Schemas } from '../../api/types';

type Stage = Schemas['Stage'];

export type Command =
  | { is: 'nothing' }
  | { is: 'open'; number: string }
  | { is: 'mode'; mode: Mode | null }
  | { is: 'stage'; unit: string; stage: Stage }
  | { is: 'message'; text: string };

export interface Known {
  /** Call signs of the units, by unit. */
  callSigns: ReadonlyMap<string, string>;
  /** Last parts of the numbers of the cards. */
  numbers: ReadonlySet<string>;
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

function begins<T>(word: string, table: readonly (readonly [T, readonly string[]])[]): T | null {
  return table.find(([, starts]) => starts.some((start) => word.startsWith(start)))?.[0] ?? null;
}

const plain = (text: string) => text.toLowerCase().replaceAll(/[\s-]+/g, '');

export function understand(line: string, known: Known): Command {
  const text = line.trim();
  if (text === '') return { is: 'nothing' };
  const words = text.toLowerCase().split(/\s+/);
  const first = words[0]!;
  if (MODE_WORDS.includes(first) && words.length <= 2) return { is: 'mode', mode: words[1] === undefined ? null : begins(words[1], MODES) };
  if (words.length >= 2) {
    const stage = begins(words.at(-1)!, STAGES);
    const name = plain(words.slice(0, -1).join(' '));
    const unit = stage === null ? undefined : [...known.callSigns].find(([id, sign]) => plain(sign) === name || plain(id) === name)?.[0];
    if (stage !== null && unit !== undefined) return { is: 'stage', unit, stage };
  }
  const number = /^№?\s*(?:[\d-]*-)?(\d{1,6})$/.exec(text)?.[1]?.padStart(6, '0');
  if (number !== undefined && known.numbers.has(number)) return { is: 'open', number };
  return { is: 'message', text };
}
