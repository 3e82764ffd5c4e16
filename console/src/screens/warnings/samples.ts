// Texts made ready beforehand (Order 945 c.30), by what happens, in every language at once.
import type { Language } from '../../api/types';
import { tIn as said } from '../../i18n/bundles';
import type { Words } from './warning';

export const SAMPLES = ['fire', 'chemical', 'flood', 'mudflow', 'earthquake', 'gas', 'storm'] as const;
export type Sample = (typeof SAMPLES)[number];

/** A text made ready, with the place in it. */
export function sample(language: Language, kind: Sample, place: string): Words {
  const where = place.trim() === '' ? '' : ` ${said(language, 'warning-sample-where')}: ${place.trim()}.`;
  return { event: `${said(language, `warning-sample-${kind}-event`)}${where}`, instruction: said(language, `warning-sample-${kind}-do`) };
}

/** The whole of it, as it is read out or sent. */
export const spoken = (words: Words, signal: string) => `${signal} ${words.event} ${words.instruction}`;
