// What the call-taker has written, as the draft keeps it and as the hub gets it.
import { uuid } from '../../api/uuid';
import type { Language, Schemas } from '../../api/types';
import type { Answers } from './questions';
import { nowhere, type Spot } from './spot';

export interface Entry extends Spot {
  /** The message's id from the first key on: sent twice it is the same message. */
  id: string;
  receivedAt: string;
  text: string;
  number: string;
  name: string;
  /** Who calls for a legal person (112-R c.6(1)): its name, number and site; `name` is then the contact person. */
  organisation: string;
  bin: string;
  site: string;
  radius: number;
  language: Language | null;
  category: string | null;
  answers: Answers;
  silent: boolean;
  /** Part of an exercise: never mixed with the real. */
  exercise: boolean;
  /** The call is sent already: this goes to its card, which was sent with this category. */
  addsTo: { card: string; category: string | null } | null;
}

export function fresh(text = '', now = new Date()): Entry {
  return {
    id: uuid(now.getTime()),
    receivedAt: now.toISOString(),
    text,
    number: '',
    name: '',
    organisation: '',
    bin: '',
    site: '',
    ...nowhere(),
    radius: 100,
    language: null,
    category: null,
    answers: {},
    silent: false,
    exercise: false,
    addsTo: null,
  };
}

/** Whether anything has been written that would be a loss. */
export function isWritten(entry: Entry): boolean {
  return (
    [entry.text, entry.number, entry.name, entry.organisation, entry.bin, entry.site, entry.address].some((one) => one.trim() !== '') ||
    entry.point !== null ||
    Object.keys(entry.answers).length > 0 ||
    (entry.category !== null && entry.category !== entry.addsTo?.category) ||
    entry.silent ||
    entry.exercise
  );
}

export function canBeSent(entry: Entry): boolean {
  return entry.text.trim() !== '' || entry.silent;
}

/** Room that what is said in the message's words beside the words themselves may need. */
export const WORDS = 19_500;

/** What stands in the field of the number: `number` as the hub takes it, and whether that is all that stands there. */
export interface Phone {
  number: string | null;
  whole: boolean;
}

/** As people write numbers: blanks, hyphens, dots and brackets do not count. Ten digits that begin with 7 and eleven that begin with 7
 * or 8 are the country's own; fewer are a short number or one of the caller's own town, and stay as they are. */
export function phone(text: string): Phone {
  const written = text.trim();
  // The first number in it: what follows in words is an extension, a second number, whose it is.
  const first = /\+?\d(?:[\s().-]*\d)*/.exec(written)?.[0] ?? '';
  const digits = first.replaceAll(/\D/g, '');
  const whole = written.replaceAll(/[\s().-]/g, '') === first.replaceAll(/[\s().-]/g, '');
  if (first.startsWith('+')) return /^\d{5,15}$/.test(digits) ? { number: `+${digits}`, whole } : { number: null, whole: false };
  if (/^[87]\d{10}$/.test(digits)) return { number: `+7${digits.slice(1)}`, whole };
  if (/^7\d{9}$/.test(digits)) return { number: `+7${digits}`, whole };
  if (/^\d{2,15}$/.test(digits)) return { number: digits, whole };
  return { number: null, whole: written === '' };
}

const some = (text: string): string | null => (text.trim() === '' ? null : text.trim());

/** Twelve digits; null for what is no such number. */
export const bin = (text: string): string | null => {
  const digits = text.replaceAll(/[\s-]/g, '');
  return /^\d{12}$/.test(digits) ? digits : null;
};

function sender(entry: Entry): Schemas['Sender'] {
  const { number } = phone(entry.number);
  const call_back: Schemas['CallBack'] = number === null ? { kind: 'no_number' } : { kind: 'number', number };
  const organisation = some(entry.organisation);
  if (organisation === null) return { kind: 'person', name: some(entry.name), call_back };
  return { kind: 'organisation', name: organisation, bin: bin(entry.bin), site: some(entry.site), contact_person: some(entry.name), call_back };
}

/** What was typed and has no place of its own in the message: it is said in its words, so that nothing typed is lost. */
export type Unplaced = 'number' | 'bin' | 'site';

export function unplaced(entry: Entry): Unplaced[] {
  const left: Unplaced[] = [];
  if (!phone(entry.number).whole) left.push('number');
  if (some(entry.bin) !== null && (bin(entry.bin) === null || some(entry.organisation) === null)) left.push('bin');
  if (some(entry.site) !== null && some(entry.organisation) === null) left.push('site');
  return left;
}

/** As the hub takes it; `label` is what stands before something that is said in the words. */
export function message(entry: Entry, label: (field: Unplaced) => string): Schemas['Message'] {
  const address = entry.address.trim();
  return {
    id: entry.id,
    channel: 'call',
    contact: entry.silent ? 'silent' : 'heard',
    received_at: entry.receivedAt,
    sender: sender(entry),
    text: [entry.text.trim(), ...unplaced(entry).map((field) => `${label(field)}: ${entry[field].trim()}`)].filter((line) => line !== '').join('\n'),
    language: entry.language,
    category: entry.category,
    answers: entry.answers,
    exercise: entry.exercise,
    location:
      address === '' && entry.point === null
        ? null
        : {
            source: 'caller',
            address: address === '' ? null : address,
            fix: entry.point === null ? null : { point: entry.point, uncertainty: { shape: 'circle', radius_m: entry.radius } },
          },
  };
}

/** From a draft of the server, whatever it holds. */
export function restored(content: unknown): Entry | null {
  if (typeof content !== 'object' || content === null || !('id' in content) || typeof content.id !== 'string') return null;
  return { ...fresh(), ...(content as Partial<Entry>) };
}
