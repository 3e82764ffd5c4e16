// The services of the region as they stand: links, readiness, units, what they owe.
import { asked, hub } from '../api/client';
import type { Schemas, ServiceView } from '../api/types';
import { region } from './region.svelte';

const EVERY_MS = 5_000;
/** Contacts change with a shift. */
const CONTACTS_MS = 60_000;

class Services {
  /** Reads them at once, after a change. */
  again: () => void = () => {};
  all = $state.raw<ServiceView[]>([]);
  failed = $state.raw<unknown>(null);
  /** Whom to call first, by service. */
  toCall = $state.raw<ReadonlyMap<string, Schemas['DutyContact']>>(new Map());

  /** Keeps them fresh until what is returned is called. */
  watch(): () => void {
    const read = () => {
      const code = region.code;
      if (code === null) return;
      asked(hub.GET('/api/v1/services', { params: { query: { region: code } } })).then(
        (all) => ((this.all = all), (this.failed = null)),
        (problem: unknown) => (this.failed = problem),
      );
    };
    this.again = read;
    const call = () => {
      const code = region.code;
      if (code === null) return;
      asked(hub.GET('/api/v1/contacts', { params: { query: { region: code } } })).then(
        (all) => (this.toCall = new Map(all.flatMap((one) => (one.to_call ? [[one.service, one.to_call]] : [])))),
        // The board goes on without numbers; it says itself when it cannot be read.
        () => {},
      );
    };
    read();
    call();
    const timers = [setInterval(read, EVERY_MS), setInterval(call, CONTACTS_MS)];
    return () => timers.forEach(clearInterval);
  }
}

export const services = new Services();
