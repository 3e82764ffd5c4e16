import type { Screen } from '../screens';

export const screen: Screen = {
  path: '/boards/obligations',
  title: 'board-obligations',
  roles: ['duty_officer', 'manager', 'administrator'],
  load: () => import('./Obligations.svelte'),
};
