import type { Screen } from '../screens';

export const screen: Screen = {
  path: '/administration',
  title: 'screen-administration',
  order: 8,
  roles: ['administrator'],
  load: () => import('./Administration.svelte'),
};
