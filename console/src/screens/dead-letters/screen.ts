import type { Screen } from '../screens';

export const screen: Screen = {
  path: '/boards/dead-letters',
  title: 'board-dead-letters',
  roles: ['duty_officer', 'administrator'],
  load: () => import('./DeadLetters.svelte'),
};
