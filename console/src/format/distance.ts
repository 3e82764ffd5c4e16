import { t } from '../i18n';

/** 350 m, 2.4 km (2,4 км), 12 km */
export function distance(metres: number): string {
  if (metres < 1000) return t('metres', { n: Math.round(metres / 10) * 10 || Math.round(metres) });
  const kilometres = metres / 1000;
  return t('kilometres', { n: kilometres < 10 ? Math.round(kilometres * 10) / 10 : Math.round(kilometres) });
}
