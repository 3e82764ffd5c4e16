// What must be noticed and nobody at this desk has acknowledged: emergencies that services passed on, and threats to life.
import type { Incident } from '../api/types';
import { isLive, severityOf } from '../state/card';
import { forwarded } from '../state/forwarded.svelte';
import { region } from '../state/region.svelte';
import { inOrder, type Cause } from './causes';
import { isInHand, raisedBy, threatOf } from './threats';

const KEPT = 'hub112.acknowledged';

class Alarms {
  /** Threats that this console has sounded: they end when somebody here acknowledges them, whatever is done elsewhere. */
  #sounded = $state.raw<ReadonlySet<string>>(new Set());
  #acknowledged = $state.raw<readonly string[]>([]);
  readonly #known = $derived(new Set(this.#acknowledged));
  #who = $state('');

  /** In the order in which they are acknowledged: what is real before an exercise. */
  readonly all: Cause[] = $derived.by(() => {
    const passed = forwarded.waiting.map((forwarding): Cause => ({ id: forwarding.message, card: forwarded.card(forwarding), forwarding }));
    const covered = new Set(passed.map((one) => one.card?.id));
    const cards = region.incidents.all
      .filter((one) => severityOf(one) === 'p1' && isLive(one) && !covered.has(one.id))
      .filter((one) => !this.#known.has(threatOf(one)) && !raisedBy(one, this.#who))
      // A rule asks for forces at once: what responds has been looked at only when a person or a crew did something.
      .filter((one) => one.status === 'open' || this.#sounded.has(threatOf(one)) || !isInHand(one))
      .map((card): Cause => ({ id: card.id, card, forwarding: null }));
    return inOrder([...passed, ...cards]);
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

  sounded(): void {
    const fresh = this.all.flatMap(({ card, forwarding }) => (card === null || forwarding !== null ? [] : [threatOf(card)])).filter((one) => !this.#sounded.has(one));
    if (fresh.length > 0) this.#sounded = new Set([...this.#sounded, ...fresh].slice(-500));
  }

  /** Only what is a threat now: one that it becomes later is heard. */
  acknowledge(incident: Incident): void {
    const threat = threatOf(incident);
    if (severityOf(incident) !== 'p1' || this.#known.has(threat)) return;
    this.#acknowledged = [...this.#acknowledged, threat].slice(-2000);
    sessionStorage.setItem(KEPT, JSON.stringify({ who: this.#who, ids: this.#acknowledged }));
  }
}

export const alarms = new Alarms();
