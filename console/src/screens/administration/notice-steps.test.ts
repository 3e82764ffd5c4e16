import { expect, test } from 'vitest';
import { merged } from '../../state/edit.svelte';
import { asAddressees, asAfter, asEscalation, asMarks } from './notice-steps';

const given = {
  phone: [{ to: 'office' as const, office: 'duty_officer' as const }],
  head: [{ to: 'office' as const, office: 'head_of_shift' as const }, { to: 'debtor' as const }],
  leadership: [{ to: 'office' as const, office: 'leadership' as const }, { to: 'organisation' as const, organisation: 'command_centre' }],
  summaries: ['command_centre'],
};

test('what the hub gave goes back as it came', () => {
  expect(asAddressees(asMarks(given))).toEqual(given);
});

test('a mark that is taken off is an addressee less', () => {
  const steps = asMarks(given);
  steps.leadership.organisations['command_centre'] = false;
  steps.head.debtor = false;
  expect([asAddressees(steps).leadership.length, asAddressees(steps).head.length]).toEqual([1, 1]);
});

test('two who mark different addressees of one step both keep theirs', () => {
  const [seen, mine, now] = [asMarks(given), asMarks(given), asMarks(given)];
  mine.phone.offices.head_of_shift = true;
  now.phone.organisations['territorial_body'] = true;
  expect(asAddressees(merged(seen, mine, now)).phone).toEqual([
    { to: 'office', office: 'duty_officer' },
    { to: 'office', office: 'head_of_shift' },
    { to: 'organisation', organisation: 'territorial_body' },
  ]);
});

test('steps of a grade that nobody set are left to the project', () => {
  const after = asAfter({ urgently: { repeat: 0, phone: 60, head: 120, leadership: 300 } });
  expect(after.immediately.phone).toBeNull();
  expect(asEscalation(after)).toEqual({ urgently: { repeat: 0, phone: 60, head: 120, leadership: 300 } });
});
