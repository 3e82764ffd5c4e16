import type { Screen } from '../screens';

export const screen: Screen = {
  path: '/boards',
  title: 'screen-boards',
  order: 8,
  roles: ['duty_officer', 'manager', 'administrator'],
  load: () => import('./Services.svelte'),
};
