import type { Screen } from '../screens';

export const screen: Screen = {
  path: '/boards/organisations',
  title: 'board-organisations',
  roles: ['duty_officer', 'manager', 'administrator'],
  load: () => import('./Organisations.svelte'),
};
