import type { Screen } from '../screens';

export const screen: Screen = {
  path: '/boards',
  title: 'screen-boards',
  order: 7,
  roles: ['duty_officer', 'manager', 'administrator'],
  load: () => import('./Services.svelte'),
};
