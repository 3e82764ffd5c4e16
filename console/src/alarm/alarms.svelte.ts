// Threats to life that nobody at this desk has acknowledged.
import type { Incident } from '../api/types';
import { isLive, severityOf } from '../state/card';
import { region } from '../state/region.svelte';

const KEPT = 'hub112.acknowledged';

class Alarms {
  /** When each began to sound here, by this machine's clock. */
  readonly #since = new Map<string, number>();
  /** Cards that have been opened while this console was watching. */
  #opened = $state<string[]>([]);
  #acknowledged = $state<string[]>([]);
  #who = '';

  /** The latest first. */
  readonly all: Incident[] = $derived(
    region.incidents.all
      .filter((one) => severityOf(one) === 'p1' && isLive(one))
      .filter((one) => !this.#acknowledged.includes(one.id) && (one.status === 'open' || this.#opened.includes(one.id)))
      .sort((a, b) => b.opened_at.localeCompare(a.opened_at)),
  );

  /** What this person has acknowledged in this tab, a reload included; what another did counts for nothing. */
  of(who: string): void {
    if (who === this.#who) return;
    this.#who = who;
    this.#since.clear();
    try {
      const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? 'null') as { who: string; ids: string[] } | null;
      this.#acknowledged = kept !== null && kept.who === who ? kept.ids : [];
    } catch {
      this.#acknowledged = [];
    }
  }

  /** Since when this one waits to be acknowledged here. */
  since(id: string): number {
    const known = this.#since.get(id);
    if (known !== undefined) return known;
    const now = Date.now();
    if (this.#since.size > 2000) this.#since.clear();
    this.#since.set(id, now);
    return now;
  }

  opened(incident: Incident): void {
    this.#opened = [...this.#opened, incident.id].slice(-500);
  }

  acknowledge(ids: string[]): void {
    this.#acknowledged = [...this.#acknowledged, ...ids].slice(-2000);
    sessionStorage.setItem(KEPT, JSON.stringify({ who: this.#who, ids: this.#acknowledged }));
  }
}

export const alarms = new Alarms();
