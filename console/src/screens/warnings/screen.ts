import { loadEveryLanguage } from '../../i18n/bundles';
import type { Screen } from '../screens';

export const screen: Screen = {
  path: '/warnings',
  title: 'screen-warnings',
  order: 6,
  roles: ['duty_officer', 'manager', 'administrator'],
  // Texts are made ready in every language at once.
  load: () => loadEveryLanguage().then(() => import('./Warnings.svelte')),
};
