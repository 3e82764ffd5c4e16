// What an officer changed in a recommendation, by need and unit. A need is known by what it asks, not by its place: what has
// been served leaves the recommendation, and the others move up.
import type { Recommended } from '../../api/types';

type Answered = Recommended['recommendation']['needs'][number];
export type Choice = Readonly<Record<string, boolean>>;

export const choiceKey = ({ need }: Pick<Answered, 'need'>, unit: string): string => JSON.stringify([need.service, need.act, need.capabilities, unit]);

/** Without the units that are in no need any more. */
export function still(choice: Choice, needs: readonly Answered[]): Choice {
  const there = new Set(needs.flatMap((answered) => [...answered.picks, ...answered.others].map((pick) => choiceKey(answered, pick.unit))));
  return Object.fromEntries(Object.entries(choice).filter(([key]) => there.has(key)));
}
