import { expect, test } from 'vitest';
import type { Incident, MessageBrief } from '../api/types';
import { messageCount, shown } from './card';

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
