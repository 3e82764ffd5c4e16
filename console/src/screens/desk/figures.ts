// What an incident has cost, as it stands in the form: what nobody has stated is empty, and is not a nought.
import type { Schemas } from '../../api/types';
import { t, word } from '../../i18n';

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
  const { dead, injured, affected, disrupted, damage_tenge } = stated;
  const hurt = (dead ?? 0) + (injured ?? 0);
  // The dead and the injured are among the affected: a lower number was stated before them. Where nobody stated one, it is not known.
  return { dead, injured, affected: affected === null ? null : Math.max(affected, hurt), disrupted, damage_tenge, extent: known?.extent ?? null };
}

/** The figures of a line of the history, in words: what was not stated says so. */
export const saidOf = (figures: Partial<Figures>): string =>
  t('consequences-told', { dead: figure(figures.dead), injured: figure(figures.injured), affected: figure(figures.affected) });

const figure = (stated: number | null | undefined): number | string => stated ?? t('not-stated');

/** A scale, with what nobody knows that could make it graver: then it is at least this. */
export const scaleSaid = (scale: Schemas['ScaleVersion']): string =>
  scale.unknown === undefined || scale.unknown.length === 0 ? word('scale', scale.scale) : t('scale-at-least', { scale: word('scale', scale.scale), figures: scale.unknown.map((axis) => word('axis', axis)).join(', ') });
