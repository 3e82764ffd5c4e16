// Causes of alarm: which is first, which sets the pace of the sound, and what else waits. An exercise never stands before what is
// real, and never sounds like it.
import type { Forwarding, Incident } from '../api/types';
import { stepOf } from './sound.svelte';
import { threatSince } from './threats';

/** One cause of alarm: a card, or what a service passed on with the card that it opened. */
export interface Cause {
  /** Of the card, or of the message that was passed on. */
  id: string;
  card: Incident | null;
  forwarding: Forwarding | null;
}

/** As long as nobody knows the card it is real. */
export const isExercise = ({ card }: Pick<Cause, 'card'>): boolean => card?.exercise === true;

const real = (causes: readonly Cause[]): Cause[] => causes.filter((one) => !isExercise(one));

/** Since when it waits: what a service passed on from when the hub had it. */
export const waitsSince = ({ card, forwarding }: Cause): number =>
  forwarding !== null ? Date.parse(forwarding.received_at) : card === null ? Infinity : threatSince(card);

/** What is real first. Of either, what services passed on stands above all calls (c.5(1)¶4), the longest waiting first; then
 * cards, the latest first. */
export function inOrder(causes: readonly Cause[]): Cause[] {
  const passed = (one: Cause) => one.forwarding !== null;
  return [...causes].sort(
    (a, b) =>
      Number(isExercise(a)) - Number(isExercise(b)) ||
      Number(passed(b)) - Number(passed(a)) ||
      (passed(a) ? waitsSince(a) - waitsSince(b) : waitsSince(b) - waitsSince(a)),
  );
}

/** Since when that waits which has waited longest; null where nothing waits. */
const waitsLongest = (causes: readonly Cause[]): number | null => (causes.length === 0 ? null : Math.min(...causes.map(waitsSince)));

/** What waits beside the first: how many that are real, how many exercises, and since when the longest; a real one where there is any. */
export function others(causes: readonly Cause[]): { real: number; exercises: number; longest: number | null } {
  const rest = causes.slice(1);
  const grave = real(rest);
  return { real: grave.length, exercises: rest.length - grave.length, longest: waitsLongest(grave.length > 0 ? grave : rest) };
}

/** Which causes are heard: an exercise only while nothing real waits. */
export function heard(causes: readonly Cause[]): Cause[] {
  const grave = real(causes);
  return grave.length > 0 ? grave : [...causes];
}

/** The step of the alarm: what is real and has waited longest sets it. An exercise stays at the first, so that a real threat
 * that comes in the middle of it is never softer. */
export function paceOf(causes: readonly Cause[], now: number): number {
  const since = waitsLongest(real(causes));
  return since === null ? 0 : stepOf(Math.max(0, now - since));
}
