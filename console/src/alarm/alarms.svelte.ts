// Threats to life that nobody at this desk has acknowledged.
import type { Incident } from '../api/types';
import { isLive, severityOf } from '../state/card';
import { region } from '../state/region.svelte';

class Alarms {
  /** Cards that have been opened while this console was watching. */
  #opened = $state<string[]>([]);
  #acknowledged = $state<string[]>([]);

  /** The latest first. */
  readonly all: Incident[] = $derived(
    region.incidents.all
      .filter((one) => severityOf(one) === 'p1' && isLive(one))
      .filter((one) => !this.#acknowledged.includes(one.id) && (one.status === 'open' || this.#opened.includes(one.id)))
      .sort((a, b) => b.opened_at.localeCompare(a.opened_at)),
  );

  opened(incident: Incident): void {
    this.#opened = [...this.#opened, incident.id].slice(-500);
  }

  acknowledge(ids: string[]): void {
    this.#acknowledged = [...this.#acknowledged, ...ids].slice(-2000);
  }
}

export const alarms = new Alarms();
