// Every screen is a folder with a `screen.ts` that says what it is; nothing has to be entered anywhere else.
import type { Component } from 'svelte';
import type { Role } from '../api/types';

export interface Screen {
  /** Its address: what comes after it in the path is the screen's own. */
  path: string;
  /** Key of its title in the translations. */
  title: string;
  /** Place in the menu, from 1; none when it is not in the menu. */
  order?: number;
  /** Who may open it. */
  roles: readonly Role[];
  load: () => Promise<{ default: Component }>;
}

const found = import.meta.glob<Screen>('./*/screen.ts', { eager: true, import: 'screen' });

export const screens: readonly Screen[] = Object.values(found).sort((a, b) => (a.order ?? 99) - (b.order ?? 99));

/** The screen at an address: the longest path that fits. */
export function screenAt(path: string): Screen | null {
  const fits = screens.filter((screen) => path === screen.path || path.startsWith(`${screen.path}/`));
  return fits.sort((a, b) => b.path.length - a.path.length)[0] ?? null;
}

/** Where somebody with this role begins. */
export function firstScreen(role: Role): Screen | null {
  return screens.find((screen) => screen.roles.includes(role)) ?? null;
}

/** The screens of a role's menu, in its order. */
export const menuOf = (role: Role | null): Screen[] => screens.filter((screen) => screen.order !== undefined && role !== null && screen.roles.includes(role));

/** The digit that leads to a screen of the menu. */
export const digitTo = (screen: Screen): string => String((screen.order ?? 0) % 10);
