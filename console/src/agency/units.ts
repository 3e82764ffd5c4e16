// What a unit may do next, and with whom a request is answered.
import type { Schemas, Unit } from '../api/types';

export type UnitStep = Schemas['contract.UnitStep'];

/** The steps that may follow, the expected one first. */
export function nextSteps(unit: Unit): UnitStep[] {
  const status = unit.status;
  switch (status?.state) {
    case 'engaged':
      if (status.stage === 'arrived') return ['released'];
      if (status.stage === 'departed') return ['arrived', 'released'];
      return ['departed', 'released'];
    case 'returning':
      return ['available', 'out_of_service'];
    case 'out_of_service':
      return ['available'];
    case 'reserved':
      return [];
    default:
      return ['out_of_service'];
  }
}

/** Units to choose from for a request: held for it first, then recommended, then free ones that can do what is asked. */
export function candidates(units: Iterable<Unit>, request: string, recommended: readonly string[], needs: readonly string[]): Unit[] {
  const can = (unit: Unit) => needs.every((need) => (unit.capabilities ?? []).includes(need));
  const rank = (unit: Unit): number => {
    if (isFor(unit, request)) return 0;
    if (recommended.includes(unit.id)) return 1;
    return can(unit) ? 2 : 3;
  };
  const free = [...units].filter((unit) => isFor(unit, request) || isFree(unit));
  const order = new Intl.Collator(undefined, { numeric: true });
  return free.sort((a, b) => rank(a) - rank(b) || order.compare(a.call_sign, b.call_sign));
}

export function isFor(unit: Unit, request: string): boolean {
  const status = unit.status;
  return (status?.state === 'reserved' || status?.state === 'engaged') && status.request === request;
}

const isFree = (unit: Unit) => unit.status === undefined || unit.status.state === 'available' || unit.status.state === 'returning';

/** Whether the same units go that the hub asked for. */
export function asRecommended(chosen: readonly string[], recommended: readonly string[]): boolean {
  return chosen.length === recommended.length && chosen.every((id) => recommended.includes(id));
}
