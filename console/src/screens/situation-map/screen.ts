import type { Screen } from '../screens';

export const screen: Screen = {
  path: '/map',
  title: 'screen-map',
  order: 6,
  roles: ['duty_officer', 'manager', 'administrator'],
  load: () => import('./SituationScreen.svelte'),
};
