// What is late in the region.
import { clock } from '../live/clock.svelte';
import { region } from './region.svelte';

class Late {
  /** Obligations whose time is over, whether the hub has said so yet or not. An exercise alarms nobody. */
  readonly list = $derived(region.obligations.all.filter((one) => !one.exercise && (one.status === 'late' || Date.parse(one.due) < clock.now)));

  get count(): number {
    return this.list.length;
  }
}

export const late = new Late();
