import { expect, test } from 'vitest';
import { added, difference, draft, rebased, sent, withRow, type PlanRow } from './plan-rows';

const row = (over: Partial<PlanRow> = {}): PlanRow => ({ line: 1, category: 'smoke', service: 'fire_rescue', capabilities: ['pump'], count: 1, act: 'first_wave', ...over });

test('what is sent is numbered as it stands and has no key of the screen', () => {
  const rows = draft([row(), row({ line: 7, count: 2 })]);
  expect(rows[0]!.key).not.toBe(rows[1]!.key);
  expect(sent([rows[1]!, added('smoke')])).toEqual([
    { ...row({ line: 1, count: 2 }), severity: null, mode: null },
    { ...row({ line: 2, service: 'ambulance', capabilities: [] }), severity: null, mode: null },
  ]);
});

test('the difference is in what rows say, not where they stand', () => {
  const before = [row(), row({ line: 2, service: 'police', capabilities: [] })];
  const after = [row({ line: 3, service: 'police', capabilities: [] }), row({ line: 1, count: 3 })];
  expect(difference(before, after)).toEqual({ gone: [before[0]], come: [after[1]] });
  expect(difference(before, [...before].reverse())).toEqual({ gone: [], come: [] });
});

test('what was changed here stands on top of what a colleague put in force meanwhile', () => {
  const [kept, dropped, theirs, mine] = [row(), row({ service: 'police' }), row({ service: 'utilities' }), row({ count: 5 })];
  const now = rebased([kept, dropped], [kept, mine], [kept, dropped, theirs]);
  expect(sent(now).map(({ service, count }) => `${service} ${count}`)).toEqual(['fire_rescue 5', 'fire_rescue 1', 'utilities 1']);
  expect(sent(rebased([kept], [kept, mine], [kept, mine]))).toHaveLength(2);
});

test('a new row is one of the plans when it is kept, before all others; one that was there is kept in its place', () => {
  const rows = draft([row(), row({ count: 2 })]);
  const fresh = added('gas_smell');
  expect(withRow(rows, fresh)).toEqual([fresh, ...rows]);
  expect(withRow(rows, { ...rows[1]!, count: 5 }).map((one) => one.count)).toEqual([1, 5]);
});
