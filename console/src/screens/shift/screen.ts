import type { Screen } from '../screens';

export const screen: Screen = {
  path: '/shift',
  title: 'screen-shift',
  order: 3,
  roles: ['duty_officer', 'manager'],
  load: () => import('./Shift.svelte'),
};
