// A substance in one line, as it is read wherever a passport is compared with another.
import type { Schemas } from '../api/types';
import { distance } from '../format/distance';
import { t } from '../i18n';

export function substanceSaid({ name, un, class: danger, tonnes, storage, release }: Schemas['Substance']): string {
  return [
    un ? `${name} UN ${un}` : name,
    t('passport-tonnes', { tonnes }),
    danger ? t('passport-class-of', { class: danger }) : '',
    storage ?? '',
    release ? t('passport-release', { isolation: distance(release.isolation), protective: distance(release.protective) }) : '',
  ]
    .filter((part) => part !== '')
    .join(' · ');
}
