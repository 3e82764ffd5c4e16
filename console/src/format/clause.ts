// Citations as people in the service write them. In code and on the wire a clause is `112-R c.5(3)¶2`; on the screen the
// Kazakh and the Russian reader have point, sub-point and paragraph in their own order.
import type { Language } from '../api/types';
import { preferences } from '../state/preferences.svelte';

/** With the full stop that ends the sentence: a Kazakh citation has one of its own, and the two are one. */
const CITED = /(112-R )?c\.(\d+)(?:\((\d+)\))?(?:¶(\d+(?:–\d+)?))?(\.(?!\d))?/g;

const WRITTEN: Record<Language, (point: string, sub: string | undefined, paragraph: string | undefined) => string> = {
  kk: (point, sub, paragraph) => `${point}-т.${sub === undefined ? '' : ` ${sub}) тш.`}${paragraph === undefined ? '' : ` ${paragraph}-абз.`}`,
  ru: (point, sub, paragraph) => `п. ${point}${sub === undefined ? '' : ` пп. ${sub})`}${paragraph === undefined ? '' : ` абз. ${paragraph}`}`,
  en: (point, sub, paragraph) => `c.${point}${sub === undefined ? '' : `(${sub})`}${paragraph === undefined ? '' : `¶${paragraph}`}`,
};

const RULES: Record<Language, string> = { kk: '112-қағидалар', ru: 'Правила 112', en: '112-R' };

/** Every citation in the text, as it is written in the language of the person. */
export function clause(text: string, language: Language = preferences.language): string {
  return text.replaceAll(CITED, (_, rules: string | undefined, point: string, sub?: string, paragraph?: string, stop = '') => {
    const written = WRITTEN[language](point, sub, paragraph);
    const cited = written.endsWith('.') ? written : written + stop;
    return rules === undefined ? cited : `${RULES[language]}, ${cited}`.replace('112-R, ', '112-R ');
  });
}
