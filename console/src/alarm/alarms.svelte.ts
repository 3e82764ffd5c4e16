// Threats to life that nobody at this desk has acknowledged.
import type { Incident } from '../api/types';
import { categoryOf, isLive, severityOf } from '../state/card';
import { region } from '../state/region.svelte';

const KEPT = 'hub112.acknowledged';

class Alarms {
  /** Cards that have been opened while this console was watching. */
  #opened = $state<string[]>([]);
  #acknowledged = $state.raw<readonly string[]>([]);
  readonly #known = $derived(new Set(this.#acknowledged));
  #who = '';

  /** The latest first. */
  readonly all: Incident[] = $derived(
    region.incidents.all
      .filter((one) => severityOf(one) === 'p1' && isLive(one))
      .filter((one) => !this.#known.has(one.id) && (one.status === 'open' || this.#opened.includes(one.id)))
      .sort((a, b) => (a.opened_at < b.opened_at ? 1 : a.opened_at > b.opened_at ? -1 : 0)),
  );

  /** What this person has acknowledged in this tab, a reload included; what another did counts for nothing. */
  of(who: string): void {
    if (who === this.#who) return;
    this.#who = who;
    try {
      const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? 'null') as { who: string; ids: string[] } | null;
      this.#acknowledged = kept !== null && kept.who === who ? kept.ids : [];
    } catch {
      this.#acknowledged = [];
    }
  }

  opened(incident: Incident): void {
    this.#opened = [...this.#opened, incident.id].slice(-500);
  }

  acknowledge(ids: string[]): void {
    this.#acknowledged = [...this.#acknowledged, ...ids].slice(-2000);
    sessionStorage.setItem(KEPT, JSON.stringify({ who: this.#who, ids: this.#acknowledged }));
  }
}

/** Since when it has been a threat to life, by the hub's clock, milliseconds since 1970: a reload of the page or another desk
 * makes nobody wait less. */
export function threatSince(incident: Incident): number {
  const milder = incident.categories.findLastIndex((version) => version.severity !== 'p1');
  const first = milder < 0 ? incident.opened_at : (incident.categories[milder + 1] ?? categoryOf(incident))?.at;
  return Date.parse(first ?? incident.opened_at);
}

export const alarms = new Alarms();
