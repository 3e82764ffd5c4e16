import type { Screen } from '../screens';

export const screen: Screen = {
  path: '/boards/units',
  title: 'board-units',
  roles: ['duty_officer', 'manager', 'administrator'],
  load: () => import('./Units.svelte'),
};
