// Citations as people in the service write them. In code and on the wire a clause is `112-R c.5(3)¶2`; on the screen the
// Kazakh and the Russian reader have point, sub-point and paragraph in their own order.
import type { Language } from '../api/types';
import { preferences } from '../state/preferences.svelte';

/** With the full stop that ends the sentence: a Kazakh citation has one of its own, and the two are one. */
const CITED = /(112-[RO] |Order \d+ )?c\.(\d+)(?:\((\d+)\))?(?:¶(\d+(?:–\d+)?))?(\.(?!\d))?/g;
/** An order of which no point is named. */
const ORDER = /Order (\d+)/g;

const WRITTEN: Record<Language, (point: string, sub: string | undefined, paragraph: string | undefined) => string> = {
  kk: (point, sub, paragraph) => `${point}-т.${sub === undefined ? '' : ` ${sub}) тш.`}${paragraph === undefined ? '' : ` ${paragraph}-абз.`}`,
  ru: (point, sub, paragraph) => `п. ${point}${sub === undefined ? '' : ` пп. ${sub})`}${paragraph === undefined ? '' : ` абз. ${paragraph}`}`,
  en: (point, sub, paragraph) => `c.${point}${sub === undefined ? '' : `(${sub})`}${paragraph === undefined ? '' : `¶${paragraph}`}`,
};

/** The rules (112-R), and the order that put them in force (112-O). */
const RULES: Record<Language, Record<string, string>> = {
  kk: { R: '112-қағидалар', O: '112-бұйрық' },
  ru: { R: 'Правила 112', O: 'приказ о Правилах 112' },
  en: { R: '112-R', O: '112-O' },
};

const ORDERS: Record<Language, (number: string) => string> = { kk: (number) => `${number}-бұйрық`, ru: (number) => `приказ № ${number}`, en: (number) => `Order ${number}` };

function source(cited: string, language: Language): string {
  const [, order] = /^Order (\d+)/.exec(cited) ?? [];
  return order === undefined ? (RULES[language][cited.charAt(4)] ?? cited) : ORDERS[language](order);
}

/** Every citation in the text, as it is written in the language of the person. */
export function clause(text: string, language: Language = preferences.language): string {
  const pointed = text.replaceAll(CITED, (_, rules: string | undefined, point: string, sub?: string, paragraph?: string, stop = '') => {
    const written = WRITTEN[language](point, sub, paragraph);
    const cited = written.endsWith('.') ? written : written + stop;
    return rules === undefined ? cited : `${source(rules, language)}${language === 'en' ? '' : ','} ${cited}`;
  });
  return pointed.replaceAll(ORDER, (_, number: string) => ORDERS[language](number));
}
