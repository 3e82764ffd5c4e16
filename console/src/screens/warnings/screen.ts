import type { Screen } from '../screens';

export const screen: Screen = {
  path: '/warnings',
  title: 'screen-warnings',
  order: 6,
  roles: ['duty_officer', 'manager', 'administrator'],
  load: () => import('./Warnings.svelte'),
};
