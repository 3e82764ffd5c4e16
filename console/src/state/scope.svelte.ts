// Which region this tab works in: the account's own, or, for who answers for several, the one that they chose.
import { account } from './account.svelte';
import { tables } from './tables.svelte';

const KEPT = 'hub112.region';

class Scope {
  /** Of more than one there is something to choose. */
  readonly choices = $derived(account.me?.region == null && tables.area.regions.length > 1 ? tables.area.regions : []);
  readonly code = $derived(account.me?.region ?? (tables.area.regions.find((one) => one.code === sessionStorage.getItem(KEPT)) ?? tables.area.regions[0])?.code ?? null);

  /** Everything begins anew there: nothing of the other region stays on the screen. */
  choose(code: string): void {
    if (code === this.code) return;
    sessionStorage.setItem(KEPT, code);
    location.assign('/');
  }
}

export const scope = new Scope();
