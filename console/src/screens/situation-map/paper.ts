// Paper is white: the figures are printed by day, and by the button the map is drawn anew by day as well.
import { tick } from 'svelte';
import { preferences } from '../../state/preferences.svelte';

const paper = document.documentElement.dataset;

/** Prints when the map has been drawn by day. */
export async function print(drawn: () => Promise<unknown> | undefined): Promise<void> {
  const before = preferences.theme;
  preferences.theme = 'day';
  paper['theme'] = 'day';
  await tick();
  await drawn();
  window.print();
  preferences.theme = before;
  paper['theme'] = before;
}

/** The same where the browser's own print is used, until what is returned is called. */
export function printByDay(): () => void {
  const begin = () => (paper['theme'] = 'day');
  const end = () => (paper['theme'] = preferences.theme);
  addEventListener('beforeprint', begin);
  addEventListener('afterprint', end);
  return () => {
    removeEventListener('beforeprint', begin);
    removeEventListener('afterprint', end);
  };
}
