// Notices that wait for somebody at this desk: to an office that the person holds, or to somebody who has to be telephoned.
import type { Notice, Role } from '../api/types';

const HOLDERS: Record<string, readonly Role[]> = { duty_officer: ['duty_officer'], head_of_shift: ['duty_officer', 'manager'], leadership: ['manager'] };

/** A step over the head of the officer on duty, about what that officer owes, is for others to take note of. */
const isOverTheOfficersHead = (notice: Notice): boolean => notice.about === 'overdue' && notice.claim.debtor === 'duty_officer' && (notice.level === 'head' || notice.level === 'leadership');

/** What this role has to do about it: take note, tell it by telephone, or nothing. */
export function asks(notice: Notice, role: Role | null, isOnDuty = false): 'take' | 'tell' | null {
  if (role === null || notice.taken || notice.ended_at) return null;
  if (notice.to.to === 'office' && isOnDuty && isOverTheOfficersHead(notice)) return null;
  if (notice.to.to === 'office') return HOLDERS[notice.to.office]?.includes(role) ? 'take' : null;
  // Over a link it reaches a person there; without one the officer is that link.
  return role === 'duty_officer' && !notice.distribution ? 'tell' : null;
}

/** Whether an order was refused (c.6(5)). */
export const isRefusal = (notice: Notice): boolean => notice.about === 'forces_order_refused' || notice.about === 'directive_refused';

/** What is real before an exercise; of either the gravest step first, then what has waited longest. */
export function inOrder(notices: readonly Notice[]): Notice[] {
  const STEPS = ['leadership', 'head', 'phone'];
  // A refused order is the leadership's at once (c.6(5)).
  const step = (notice: Notice) => (notice.about === 'overdue' ? notice.level : isRefusal(notice) ? 'leadership' : '');
  const grave = (notice: Notice) => (STEPS.includes(step(notice)) ? STEPS.indexOf(step(notice)) : STEPS.length);
  return [...notices].sort((a, b) => Number(a.exercise) - Number(b.exercise) || grave(a) - grave(b) || a.raised_at.localeCompare(b.raised_at) || a.id.localeCompare(b.id));
}
