import type { Screen } from '../screens';

export const screen: Screen = {
  path: '/directives',
  title: 'screen-directives',
  order: 4,
  roles: ['duty_officer', 'manager', 'administrator'],
  load: () => import('./Directives.svelte'),
};
