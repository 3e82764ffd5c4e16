// What the person was at when they opened an alarm: nobody has to look for it again.

import { router } from '../router.svelte';

/** Said to the desk by the address: what lay open there is to open again. */
export const BACK = 'back';

class Before {
  /** Its address; null where nothing was left. */
  at = $state<string | null>(null);

  /** An alarm is opened from `from`. Of several in a row the first one left is where the work is. */
  leave(from: string, to: string): void {
    if (from !== to && from !== '/desk' && from !== '/') this.at ??= from;
  }

  back(): void {
    if (this.at !== null) router.go(`${this.at}?${BACK}`);
  }

  letGo(): void {
    this.at = null;
  }
}

export const before = new Before();
