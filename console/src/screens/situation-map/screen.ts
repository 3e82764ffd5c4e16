import type { Screen } from '../screens';

export const screen: Screen = {
  path: '/map',
  title: 'screen-map',
  order: 7,
  roles: ['duty_officer', 'manager', 'administrator'],
  load: () => import('./SituationScreen.svelte'),
};
