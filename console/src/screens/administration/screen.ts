import type { Screen } from '../screens';

export const screen: Screen = {
  path: '/administration',
  title: 'screen-administration',
  order: 9,
  roles: ['manager', 'administrator'],
  load: () => import('./Administration.svelte'),
};
