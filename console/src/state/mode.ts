// The mode of the region as a whole: the last period that has begun and not ended and is of no part alone. Of a state that
// has not been read nobody knows the mode.
import type { Mode, ModePeriod, ModeState, Schemas } from '../api/types';

/** Periods in force now, the latest last. */
export function periodsInForce(state: ModeState | null): ModePeriod[] {
  return (state?.periods ?? []).filter((period) => period.ended === null || period.ended === undefined);
}

export function inForce(state: ModeState | null): Mode | null {
  if (state === null) return null;
  const whole = periodsInForce(state).filter((period) => period.order.part === null || period.order.part === undefined);
  return whole.at(-1)?.mode ?? 'everyday';
}

/** The gravest mode that is being rehearsed, in the region or any part of it; null when none is. An exercise changes nothing of what is really
 in force. */
export function rehearsed(state: ModeState | null): ModePeriod | null {
  const running = (state?.exercises ?? []).filter((period) => (period.ended ?? null) === null && period.mode !== 'everyday');
  return running.find((period) => period.mode === 'emergency') ?? running[0] ?? null;
}

/** The mode of the whole region that is being rehearsed. */
export function inRehearsal(state: ModeState): Mode {
  const whole = (state.exercises ?? []).filter((period) => (period.ended ?? null) === null && (period.order.part ?? null) === null);
  return whole.at(-1)?.mode ?? 'everyday';
}

/** The gravest in force in the region or any part of it. */
export function gravest(state: ModeState): Mode {
  const modes = periodsInForce(state).map((period) => period.mode);
  return modes.includes('emergency') ? 'emergency' : modes.includes('high_readiness') ? 'high_readiness' : 'everyday';
}

/** What the hub proposed and nobody has decided on. */
export function proposed(state: ModeState | null): Schemas['ModeProposal'][] {
  return (state?.proposals ?? []).filter((one) => one.outcome === null || one.outcome === undefined);
}
