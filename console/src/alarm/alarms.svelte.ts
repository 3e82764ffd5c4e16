// What must be noticed and nobody at this desk has acknowledged: emergencies that services passed on, and threats to life.
import type { Forwarding, Incident } from '../api/types';
import { categoryOf, isLive, severityOf } from '../state/card';
import { forwarded } from '../state/forwarded.svelte';
import { region } from '../state/region.svelte';

const KEPT = 'hub112.acknowledged';

/** One cause of alarm: a card, or what a service passed on with the card that it opened. */
export interface Cause {
  /** Of the card, or of the message that was passed on. */
  id: string;
  card: Incident | null;
  forwarding: Forwarding | null;
}

class Alarms {
  /** Cards that have been opened while this console was watching. */
  #opened = $state<string[]>([]);
  #acknowledged = $state.raw<readonly string[]>([]);
  readonly #known = $derived(new Set(this.#acknowledged));
  #who = '';

  /** What services passed on stands above all calls (c.5(1)¶4), the longest waiting first; then cards, the latest first. */
  readonly all: Cause[] = $derived.by(() => {
    const passed = forwarded.waiting.map((forwarding): Cause => ({ id: forwarding.message, card: forwarded.card(forwarding), forwarding }));
    const covered = new Set(passed.map((one) => one.card?.id));
    const cards = region.incidents.all
      .filter((one) => severityOf(one) === 'p1' && isLive(one) && !covered.has(one.id))
      .filter((one) => !this.#known.has(one.id) && (one.status === 'open' || this.#opened.includes(one.id)))
      .sort((a, b) => (a.opened_at < b.opened_at ? 1 : a.opened_at > b.opened_at ? -1 : 0))
      .map((card): Cause => ({ id: card.id, card, forwarding: null }));
    return [...passed, ...cards];
  });

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

/** Since when it waits: what a service passed on from when the hub had it. */
export const waitsSince = ({ card, forwarding }: Cause): number =>
  forwarding !== null ? Date.parse(forwarding.received_at) : card === null ? Infinity : threatSince(card);

export const alarms = new Alarms();
