// What was written after a call had been sent: it goes to the card of that call, and nothing of it twice.
import { uuid } from '../../api/uuid';
import type { Schemas } from '../../api/types';
import { fresh, type Entry } from './entry';

const FIELDS = ['number', 'name', 'organisation', 'bin', 'site', 'address'] as const;
export type Field = (typeof FIELDS)[number] | 'point' | 'category';

const same = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);

/** Whether nothing was written since. */
export const unchanged = (sent: Entry, now: Entry): boolean => same(sent, now);

/** What `now` says that `sent` did not. Without a card, for the hub has not opened it yet, it is a call of its own from the
 * same place and number, so that the hub can join the two. */
export function rest(sent: Entry, now: Entry, card: string | null): Entry {
  const text = now.text.startsWith(sent.text) ? now.text.slice(sent.text.length).trimStart() : now.text;
  const answers = Object.fromEntries(Object.entries(now.answers).filter(([question, answer]) => !same(sent.answers[question as keyof Entry['answers']], answer)));
  const own = uuid(Date.now());
  if (card === null) return { ...now, id: own, text, answers };
  const left: Entry = { ...fresh(text), id: own, receivedAt: now.receivedAt, language: now.language, radius: now.radius, answers, addsTo: { card, category: sent.category }, category: now.category };
  for (const field of FIELDS) if (now[field] !== sent[field]) left[field] = now[field];
  if (!same(now.point, sent.point)) Object.assign(left, { point: now.point, pointBy: now.pointBy, pointOf: now.pointOf, fallen: now.fallen });
  return left;
}

/** As the card takes it: what has no place of its own there is said in words, `label` before it. */
export function added(entry: Entry, label: (field: Field) => string, category: (code: string) => string): Schemas['NewAnswers'] {
  const lines = FIELDS.filter((field) => entry[field].trim() !== '').map((field) => `${label(field)}: ${entry[field].trim()}`);
  if (entry.point !== null) lines.push(`${label('point')}: ${entry.point.lat.toFixed(5)}, ${entry.point.lon.toFixed(5)}`);
  if (entry.category !== null && entry.category !== entry.addsTo?.category) lines.push(`${label('category')}: ${category(entry.category)}`);
  return { text: [entry.text.trim(), ...lines].filter((line) => line !== '').join('\n'), answers: entry.answers };
}

export function isAnything({ text, answers }: Schemas['NewAnswers']): boolean {
  return (text ?? '') !== '' || Object.keys(answers ?? {}).length > 0;
}
