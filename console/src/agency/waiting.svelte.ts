// Requests of the inbox as they stand: which wait for an answer, and since when one lies there that nobody has opened.
import { inbox } from './inbox.svelte';
import { inOrder, isOver, requests, type Request } from './letters';
import { said } from './said.svelte';
import { isFor } from './units';

/** Whether the service has said what it does: by an answer, or by a unit that is on its way for it. */
export function isDecided(one: Request): boolean {
  return said.decision(one.letter) !== null || inbox.units.all.some((unit) => unit.status?.state === 'engaged' && isFor(unit, one.asked.request_id));
}

class Waiting {
  readonly letters = $derived(inOrder(inbox.letters.all));
  /** Every request, also those that are over. */
  readonly all = $derived(requests(this.letters));
  /** Without an answer, the soonest due first. */
  readonly requests = $derived(this.all.filter((one) => !isOver(one) && !isDecided(one)));
  /** Of those, what nobody has opened. */
  readonly unopened = $derived(this.requests.filter((one) => !said.isRead(one.letter)));
  /** When the oldest of them came, milliseconds since 1970. */
  readonly since = $derived(
    this.unopened.reduce<number | null>((oldest, one) => Math.min(oldest ?? Infinity, Date.parse(one.letter.arrived_at)), null),
  );
}

export const waiting = new Waiting();
