// Notices that wait for somebody at this desk: to an office that the person holds, or to somebody who has to be telephoned.
import type { Notice, Role } from '../api/types';

const HOLDERS: Record<string, readonly Role[]> = { duty_officer: ['duty_officer'], head_of_shift: ['duty_officer', 'manager'], leadership: ['manager'] };

/** What this role has to do about it: take note, tell it by telephone, or nothing. */
export function asks(notice: Notice, role: Role | null): 'take' | 'tell' | null {
  if (role === null || notice.taken || notice.ended_at) return null;
  if (notice.to.to === 'office') return HOLDERS[notice.to.office]?.includes(role) ? 'take' : null;
  // Over a link it reaches a person there; without one the officer is that link.
  return role === 'duty_officer' && !notice.distribution ? 'tell' : null;
}

/** What is real before an exercise; of either the gravest step first, then what has waited longest. */
export function inOrder(notices: readonly Notice[]): Notice[] {
  const STEPS = ['leadership', 'head', 'phone'];
  const grave = (notice: Notice) => (notice.about === 'overdue' ? STEPS.indexOf(notice.level) : STEPS.length);
  return [...notices].sort((a, b) => Number(a.exercise) - Number(b.exercise) || grave(a) - grave(b) || a.raised_at.localeCompare(b.raised_at) || a.id.localeCompare(b.id));
}
