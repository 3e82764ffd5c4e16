import type { Screen } from '../screens';

export const screen: Screen = {
  path: '/boards/reports',
  title: 'board-reports',
  roles: ['duty_officer', 'manager', 'administrator'],
  load: () => import('./Reports.svelte'),
};
