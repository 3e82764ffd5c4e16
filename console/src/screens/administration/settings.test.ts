import { expect, test } from 'vitest';
import type { RegionSettings } from '../../api/types';
import { complete, tidy } from './settings';

const NOW = new Date('2026-11-23T09:00:00Z');
const given = { limits: { seconds: { 'O-09': 90 }, escalation: {} }, joining: { propose: 0.44999998807907104 } } as unknown as RegionSettings;

test('a limit that was emptied is left to the project, one that was set stays', () => {
  const draft = complete(given);
  draft.limits.seconds['O-08'] = null;
  expect(tidy(draft, false, 'admin', NOW).limits?.seconds).toEqual({ 'O-09': 90 });
});

test('thresholds are certified by whoever says so, and by nobody when it is taken back', () => {
  const draft = complete(given);
  expect(tidy(draft, true, 'admin', NOW).thresholds).toMatchObject({ certified_by: 'admin', certified_at: NOW.toISOString() });
  draft.thresholds.certified_by = 'before';
  draft.thresholds.certified_at = '2026-01-01T00:00:00Z';
  expect(tidy(draft, true, 'admin', NOW).thresholds?.certified_by, 'the first name stays').toBe('before');
  expect(tidy(draft, false, 'admin', NOW).thresholds?.certified_by).toBeNull();
});

test('what single precision blurred is shown as it was entered', () => {
  expect(complete(given).joining.propose).toBe(0.45);
});

test('nothing that the form does not show is lost', () => {
  const escalation = { immediately: { repeat: 1, phone: 2, head: 3, leadership: 4 } };
  const monitoring = [{ degree: 2, mode: 'emergency' }];
  const draft = complete({ limits: { escalation }, modes: { monitoring }, heartbeat_wait: 45 } as unknown as RegionSettings);
  const sent = tidy(draft, false, 'admin', NOW);
  expect(sent.heartbeat_wait).toBe(45);
  expect([sent.limits?.escalation, sent.modes?.monitoring]).toEqual([escalation, monitoring]);
});

test('fields that the form does not know stay as they were, and normative times are those with minutes', () => {
  const draft = complete({ remind_every: 77, normative_times: { ambulance: { within: 600, source: 'act 1, c. 2' } } } as unknown as RegionSettings);
  draft.normative['police'] = { minutes: null, source: '' };
  const sent = tidy(draft, false, 'admin', NOW);
  expect([sent.remind_every, sent.normative_times]).toEqual([77, { ambulance: { within: 600, source: 'act 1, c. 2' } }]);
  expect('normative' in sent).toBe(false);
});

test('a monthly index is one with its day and its figure, and those that were entered stay', () => {
  const draft = complete({ thresholds: { monthly_indexes: [{ from: '2027-01-01', tenge: 4600 }] } } as unknown as RegionSettings);
  draft.thresholds.monthly_indexes.push({ from: '', tenge: 4700 }, { from: '2028-01-01', tenge: null });
  expect(tidy(draft, false, 'admin', NOW).thresholds?.monthly_indexes).toEqual([{ from: '2027-01-01', tenge: 4600 }]);
});
