import type { Screen } from '../screens';

export const screen: Screen = {
  path: '/profile',
  title: 'screen-profile',
  order: 10,
  roles: ['duty_officer', 'agency', 'manager', 'administrator'],
  load: () => import('./Profile.svelte'),
};
