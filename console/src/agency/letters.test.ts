import { expect, test } from 'vitest';
import { isOver, notices, requests, type Letter } from './letters';

let clock = 0;
const letter = (content_type: string, content: object, sequence: number | null = null): Letter => ({
  place: String(++clock),
  distribution_id: `d${clock}`,
  content_type,
  incident: 'i1',
  sequence,
  priority: 5,
  arrived_at: `2026-11-23T09:00:${String(clock % 60).padStart(2, '0')}Z`,
  message: { content },
});

const asks = (id: string, reply_due: string | null = null) => letter('forces_request', { request_id: id, count: 1, reply_due }, 2);

test('a later notice stands for its incident, also when it came first', () => {
  const full = letter('incident_notice', { stage: 'full', text: 'new' }, 3);
  const early = letter('incident_notice', { stage: 'early', text: 'old' }, 1);
  expect(notices([full, early]).get('i1')?.notice.text).toBe('new');
});

test('the request that is due first comes first', () => {
  const list = requests([asks('later', '2026-11-23T09:10:00Z'), asks('sooner', '2026-11-23T09:05:00Z')]);
  expect(list.map((one) => one.asked.request_id)).toEqual(['sooner', 'later']);
});

test('a request that was withdrawn or whose incident is closed is over', () => {
  const [withdrawn] = requests([asks('r'), letter('request_cancelled', { request_id: 'r', reason: 'false call' }, 3)]);
  expect([withdrawn!.withdrawn, isOver(withdrawn!)]).toEqual(['false call', true]);
  const [closed] = requests([asks('r'), letter('incident_notice', { stage: 'closed' }, 3)]);
  expect(isOver(closed!)).toBe(true);
});

test('letting single units go leaves the request standing', () => {
  const [standing] = requests([asks('r'), letter('request_cancelled', { request_id: 'r', reason: 'two are enough', units: ['u3'] }, 3)]);
  expect(isOver(standing!)).toBe(false);
});

test('the same request told twice is one', () => {
  expect(requests([asks('r'), asks('r')])).toHaveLength(1);
});
