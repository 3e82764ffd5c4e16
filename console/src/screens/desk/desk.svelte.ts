// What the desk has open: the card in the address, the row under the cursor, the dialog.
import type { ForcesRequest, Incident } from '../../api/types';
import { router } from '../../router.svelte';
import { region } from '../../state/region.svelte';
import { queueOf } from './order';
import type { Way } from './telephoned';

export type Opened = 'category' | 'identify' | 'consequences' | 'close' | 'mode' | 'location' | 'zone' | 'connect' | 'warning' | 'answers' | 'more-forces' | 'telephoned' | null;

class Desk {
  /** The row under the cursor; the first while nobody has moved. */
  cursor = $state<string | null>(null);
  dialog = $state<Opened>(null);
  /** The request whose service is on the telephone, and what it said so far. */
  heard = $state.raw<{ request: string; way: Way | null } | null>(null);
  /** A card that is not in the queue any more (closed, merged) but still looked at. */
  held = $state.raw<Incident | null>(null);
  /** What lay open on a card when it was left, and where the cursor was. */
  readonly left = new Map<string, { dialog: Opened; cursor: string | null }>();

  readonly queue = $derived(queueOf(region.incidents.all));
  readonly rows = $derived([...this.queue.waiting, ...this.queue.underWay]);
  readonly openId = $derived(/^\/desk\/([0-9a-f-]{36})/.exec(router.path)?.[1] ?? null);
  readonly open = $derived.by((): Incident | null => {
    if (this.openId === null) return null;
    return region.incidents.get(this.openId) ?? (this.held?.id === this.openId ? this.held : null);
  });
  /** The request of the open card that is answered by telephone. */
  readonly answered = $derived.by((): ForcesRequest | null => (this.heard === null ? null : (this.open?.requests[this.heard.request] ?? null)));
  readonly at = $derived(this.rows.some((row) => row.id === this.cursor) ? this.cursor : (this.rows[0]?.id ?? null));

  choose(id: string): void {
    this.cursor = id;
    this.dialog = null;
    router.go(`/desk/${id}`);
  }

  /** A service answers by telephone. */
  hear(incident: string, request: string, way: Way | null = null): void {
    if (this.openId !== incident) this.choose(incident);
    this.heard = { request, way };
    this.dialog = 'telephoned';
  }

  move(by: 1 | -1): void {
    const place = this.rows.findIndex((row) => row.id === this.at);
    const next = this.rows[Math.min(Math.max(place + by, 0), this.rows.length - 1)];
    if (next !== undefined) this.cursor = next.id;
  }
}

export const desk = new Desk();
