import { expect, test } from 'vitest';
import { Problem } from '../api/problem';
import type { Schemas } from '../api/types';
import type { AgencyContent } from './envelope';
import { Outgoing } from './outgoing';

const FROM = { region: '75', service: 'ambulance' };
const START = Date.parse('2026-03-02T12:00:00Z');
const report = (at: number, minutes = 0, text = 'smoke'): AgencyContent => ({
  content_type: 'emergency_report',
  content: { received_at: new Date(at - minutes * 60_000).toISOString(), text, place: { address: 'Abay 1' }, reporter: null, affected: null },
});

/** Says each at so many seconds; what went out. */
async function told(says: { after: number; minutes?: number; text?: string; fails?: Problem }[]): Promise<Schemas['AgencyMessage'][]> {
  const outgoing = new Outgoing();
  const sent: Schemas['AgencyMessage'][] = [];
  for (const { after, minutes, text, fails } of says) {
    const now = START + after * 1000;
    const send = (message: Schemas['AgencyMessage']) => (sent.push(message), fails === undefined ? Promise.resolve() : Promise.reject(fails));
    await outgoing.say(FROM, report(now, minutes, text), null, send, { now }).catch(() => {});
  }
  return sent;
}

const lost = Problem.unanswered('lost');

test('what is said again after a lost answer is the same message to the letter', async () => {
  const [first, again, next] = await told([{ after: 0, minutes: 5, fails: lost }, { after: 50, minutes: 5 }, { after: 60, minutes: 5 }]);
  expect(again).toEqual(first);
  expect(next!.distribution_id).not.toBe(first!.distribution_id);
});

test.each([
  ['other words', { after: 5, text: 'fire' }],
  ['another moment', { after: 5, minutes: 3 }],
  ['much later', { after: 3600 }],
])('%s are another message', async (_, second) => {
  const [first, again] = await told([{ after: 0, fails: lost }, second]);
  expect(again!.distribution_id).not.toBe(first!.distribution_id);
});

test('what was refused is said anew', async () => {
  const [first, again] = await told([{ after: 0, fails: new Problem('invalid', 422, '') }, { after: 5 }]);
  expect(again!.distribution_id).not.toBe(first!.distribution_id);
});
