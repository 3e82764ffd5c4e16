// What the call-taker has written, as the draft keeps it and as the hub gets it.
import { uuid } from '../../api/uuid';
import type { Language, Schemas } from '../../api/types';
import type { Answers } from './questions';

export interface Entry {
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
  address: string;
  point: { lat: number; lon: number } | null;
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
    address: '',
    point: null,
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

/** As people write numbers: 8 and 7 are the country's own, blanks and brackets do not count. */
export function phone(text: string): string | null {
  const digits = text.replaceAll(/[^\d+]/g, '');
  if (/^\+\d{5,15}$/.test(digits)) return digits;
  if (/^[87]\d{10}$/.test(digits)) return `+7${digits.slice(1)}`;
  if (/^\d{2,6}$/.test(digits)) return digits;
  return null;
}

const some = (text: string): string | null => (text.trim() === '' ? null : text.trim());

function sender(entry: Entry): Schemas['Sender'] {
  const number = phone(entry.number);
  const call_back: Schemas['CallBack'] = number === null ? { kind: 'no_number' } : { kind: 'number', number };
  const organisation = some(entry.organisation);
  if (organisation === null) return { kind: 'person', name: some(entry.name), call_back };
  const bin = /^\d{12}$/.test(entry.bin.trim()) ? entry.bin.trim() : null;
  return { kind: 'organisation', name: organisation, bin, site: some(entry.site), contact_person: some(entry.name), call_back };
}

export function message(entry: Entry): Schemas['Message'] {
  const address = entry.address.trim();
  return {
    id: entry.id,
    channel: 'call',
    contact: entry.silent ? 'silent' : 'heard',
    received_at: entry.receivedAt,
    sender: sender(entry),
    text: entry.text.trim(),
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
