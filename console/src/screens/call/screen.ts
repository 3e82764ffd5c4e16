import type { Screen } from '../screens';

export const screen: Screen = {
  path: '/call',
  title: 'screen-call',
  order: 2,
  roles: ['duty_officer'],
  load: () => import('./Call.svelte'),
};
