// What an incident has cost, as it stands in the form: what nobody has stated is empty, and is not a nought.
import type { Schemas } from '../../api/types';

type Consequences = Schemas['Consequences'];
export const FIGURES = ['dead', 'injured', 'affected', 'disrupted', 'damage_tenge'] as const;
export type Figures = Record<(typeof FIGURES)[number], number | null>;

export const figuresOf = (known: Consequences | undefined): Figures => ({
  dead: known?.dead ?? null,
  injured: known?.injured ?? null,
  affected: known?.affected ?? null,
  disrupted: known?.disrupted ?? null,
  damage_tenge: known?.damage_tenge ?? null,
});

/** What is to be recorded; nothing, where no figure was touched: then nothing is known that was not. */
export function toRecord(known: Consequences | undefined, stated: Figures): Consequences | null {
  const before = figuresOf(known);
  if (FIGURES.every((one) => stated[one] === before[one])) return null;
  const [dead, injured] = [stated.dead ?? 0, stated.injured ?? 0];
  return {
    dead,
    injured,
    // The dead and the injured are among the affected.
    affected: Math.max(stated.affected ?? 0, dead + injured),
    disrupted: stated.disrupted ?? 0,
    damage_tenge: stated.damage_tenge ?? 0,
    extent: known?.extent ?? null,
  };
}
