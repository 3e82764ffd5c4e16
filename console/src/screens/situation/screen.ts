import type { Screen } from '../screens';

export const screen: Screen = {
  path: '/situation',
  title: 'screen-situation',
  order: 5,
  roles: ['duty_officer', 'manager', 'administrator'],
  load: () => import('./Situation.svelte'),
};
