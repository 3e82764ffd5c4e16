import type { Screen } from '../screens';

export const screen: Screen = {
  path: '/agency',
  title: 'screen-agency',
  order: 1,
  roles: ['agency'],
  load: () => import('./Agency.svelte'),
};
