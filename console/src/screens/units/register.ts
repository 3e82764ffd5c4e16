// Units in the order of the register, and the tone of each state.
import type { Unit, UnitStatus } from '../../api/types';
import type { Tone } from '../../parts/Status.svelte';

export type UnitState = UnitStatus['state'];

export const STATES: readonly UnitState[] = ['available', 'reserved', 'engaged', 'returning', 'out_of_service'];

export const TONES: Record<UnitState, Tone> = {
  available: 'safe',
  reserved: 'caution',
  engaged: 'danger',
  returning: 'info',
  out_of_service: 'quiet',
};

export const stateOf = (unit: Unit): UnitState => unit.status?.state ?? 'available';

/** By service in the order given, then by call sign as people count: 9 before 10. */
export function inOrder(units: Iterable<Unit>, services: readonly string[]): Unit[] {
  const place = new Map(services.map((key, index) => [key, index]));
  const numeric = new Intl.Collator(undefined, { numeric: true });
  return [...units].sort(
    (a, b) => (place.get(a.service) ?? 99) - (place.get(b.service) ?? 99) || numeric.compare(a.call_sign, b.call_sign),
  );
}

export function countStates(units: Iterable<Unit>): Record<UnitState, number> {
  const count: Record<UnitState, number> = { available: 0, reserved: 0, engaged: 0, returning: 0, out_of_service: 0 };
  for (const unit of units) count[stateOf(unit)]++;
  return count;
}
