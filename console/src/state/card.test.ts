import { expect, test } from 'vitest';
import type { Incident, MessageBrief } from '../api/types';
import { comeTo, messageCount, shown } from './card';

const briefs = (count: number) => Array.from({ length: count }, (_, n) => ({ id: `m${n}` }) as MessageBrief);
const card = (of: Partial<Incident>) => of as Incident;

test('a card shows its messages in one row, and with a gap after the tenth when others lie between', () => {
  const few = card({ messages: briefs(12) });
  expect([messageCount(few), shown(few).first.length, shown(few).newest]).toEqual([12, 12, []]);
  const many = card({ messages: briefs(30), messages_between: 2970 });
  expect(messageCount(many)).toBe(3000);
  expect(shown(many).first.at(-1)?.id).toBe('m9');
  expect(shown(many).newest.map((one) => one.id)).toEqual(briefs(30).slice(10).map((one) => one.id));
});

const request = (state: string, ...stages: string[]) => ({ requested_at: '2026-11-28T03:00:00Z', state, engagements: { unit: { reached: stages.map((stage) => [stage, '2026-11-28T03:01:00Z', { source: 'service' }]) } } });
const asked = (...requests: object[]) => ({ requests: Object.fromEntries(requests.map((one, n) => [n, one])) }) as unknown as Incident;

test.each([
  ['nobody', asked()],
  ['nobody', asked(request('cancelled', 'accepted'), request('refused'))],
  ['asked', asked(request('open'))],
  ['asked', asked(request('answered', 'accepted', 'departed'))],
  ['came', asked(request('open'), request('done', 'departed', 'arrived', 'released'))],
])('to a card came: %s', (who, incident) => {
  expect(comeTo(incident)).toBe(who);
});
