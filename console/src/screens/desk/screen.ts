import type { Screen } from '../screens';

export const screen: Screen = {
  path: '/desk',
  title: 'screen-desk',
  order: 1,
  roles: ['duty_officer', 'manager', 'administrator'],
  load: () => import('./Desk.svelte'),
};
