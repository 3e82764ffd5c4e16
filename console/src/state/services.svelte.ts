// The services of the region as they stand: links, readiness, units, what they owe.
import { asked, hub } from '../api/client';
import type { Schemas, ServiceView } from '../api/types';
import { SharedFresh } from '../board/fresh';
import { region } from './region.svelte';

/** What the hub does not tell is found by then. */
const EVERY_MS = 30_000;
const CONTACTS_MS = 60_000;

class Services {
  all = $state.raw<ServiceView[]>([]);
  failed = $state.raw<unknown>(null);
  /** Whom to call first, by service. */
  toCall = $state.raw<ReadonlyMap<string, Schemas['DutyContact']>>(new Map());
  readonly #board = new SharedFresh(() => this.again(), EVERY_MS, 'services');
  readonly #numbers = new SharedFresh(() => this.#call(), CONTACTS_MS, 'contacts');

  /** Keeps them fresh until what is returned is called; several may. */
  watch(): () => void {
    const ends = [this.#board.watch(), this.#numbers.watch()];
    return () => ends.forEach((end) => end());
  }

  /** Reads them at once, after a change. */
  async again(): Promise<void> {
    const code = region.code;
    if (code === null) return;
    try {
      this.all = await asked(hub.GET('/api/v1/services', { params: { query: { region: code } } }));
      this.failed = null;
    } catch (problem) {
      this.failed = problem;
    }
  }

  async #call(): Promise<void> {
    const code = region.code;
    if (code === null) return;
    // The board goes on without numbers; it says itself when it cannot be read.
    const all = await asked(hub.GET('/api/v1/contacts', { params: { query: { region: code } } })).catch(() => null);
    if (all !== null) this.toCall = new Map(all.flatMap((one) => (one.to_call ? [[one.service, one.to_call]] : [])));
  }
}

export const services = new Services();
