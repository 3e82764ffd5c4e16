import type { Screen } from '../screens';

export const screen: Screen = {
  path: '/boards/passports',
  title: 'board-passports',
  roles: ['duty_officer', 'manager', 'administrator'],
  load: () => import('./Passports.svelte'),
};
