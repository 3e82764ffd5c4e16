import { expect, test } from 'vitest';
import type { Schemas } from '../../api/types';
import { attention, linkState } from './link';

const link = (way: 'amqp' | 'http' | 'phone', connected: boolean): Schemas['LinkView'] => ({ way, connected, since: '2026-11-23T09:00:00Z', version: 1 });

test('a service with a telephone alone is neither there nor away', () => {
  expect(linkState(link('phone', false)).tone).toBe('info');
});

test('a link that is down is danger, one that is up is safe, the hub itself has none', () => {
  expect(linkState(link('amqp', false)).tone).toBe('danger');
  expect(linkState(link('http', true)).tone).toBe('safe');
  expect(linkState(null).tone).toBe('quiet');
});

test('who is away comes before who is late, and that before who has not decided', () => {
  const row = (over: Partial<Schemas['ServiceView']>) => ({ link: link('amqp', true), late: 0, undecided: 0, ...over }) as Schemas['ServiceView'];
  const away = attention(row({ link: link('amqp', false) }));
  const late = attention(row({ late: 2 }));
  const undecided = attention(row({ undecided: 1 }));
  expect([away > late, late > undecided, undecided > attention(row({}))]).toEqual([true, true, true]);
});
