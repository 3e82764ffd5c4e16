// Which region this tab works in: the account's own, or, for who answers for several, the one that they chose.
import { router } from '../router.svelte';
import { account } from './account.svelte';
import { tables } from './tables.svelte';

const KEPT = 'hub112.region';

class Scope {
  /** Of more than one there is something to choose. */
  readonly choices = $derived(account.me?.region == null && tables.area.regions.length > 1 ? tables.area.regions : []);
  readonly code = $derived(account.me?.region ?? (tables.area.regions.find((one) => one.code === sessionStorage.getItem(KEPT)) ?? tables.area.regions[0])?.code ?? null);

  /** Whether the account answers for several regions. */
  readonly several = $derived(this.choices.length > 0);

  /** Everything begins anew there: nothing of the other region stays on the screen. */
  choose(code: string, to = '/'): void {
    if (code === this.code) return router.go(to);
    sessionStorage.setItem(KEPT, code);
    location.assign(to);
  }
}

export const scope = new Scope();
