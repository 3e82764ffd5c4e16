import type { Screen } from '../screens';

export const screen: Screen = {
  path: '/boards/lookups',
  title: 'board-lookups',
  roles: ['duty_officer', 'manager', 'administrator'],
  load: () => import('./Lookups.svelte'),
};
