// What the map shows alone, in words: whoever looks at a wall or at paper has no fields to read it from.
import { t, word } from '../../i18n';
import { namedCategory, serviceName } from '../../state/names';
import type { View } from './view';

type Filter = Pick<View, 'category' | 'severity' | 'scale' | 'service' | 'district' | 'mode' | 'of'>;

/** One by one; none where everything is shown. `whole`: of the whole country; `title`: the region that is shown of it;
 * `district`: a district's name. */
export function onlyWords(view: Filter, whole: boolean, title: string, district: (kato: string) => string): string[] {
  const words: string[] = [];
  if (whole && view.of !== null) words.push(title);
  if (view.district !== null) words.push(district(view.district));
  if (view.category !== null) words.push(namedCategory(view.category));
  if (view.severity !== null) words.push(`${view.severity.toUpperCase()} ${word('severity', view.severity)}`);
  if (view.scale !== null) words.push(`${t('settings-scale')}: ${word('scale', view.scale)}`);
  if (view.service !== null) words.push(serviceName(view.service));
  if (view.mode !== null) words.push(`${t(whole ? 'mode-label' : 'situation-zones')}: ${word('mode', view.mode)}`);
  return words;
}
