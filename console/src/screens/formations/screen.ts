import type { Screen } from '../screens';

export const screen: Screen = {
  path: '/boards/formations',
  title: 'board-formations',
  roles: ['duty_officer', 'manager', 'administrator'],
  load: () => import('./Formations.svelte'),
};
