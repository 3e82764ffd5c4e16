// The services of the region as they stand: links, readiness, units, what they owe.
import { asked, hub } from '../api/client';
import type { ServiceView } from '../api/types';
import { region } from './region.svelte';

const EVERY_MS = 5_000;

class Services {
  /** Reads them at once, after a change. */
  again: () => void = () => {};
  all = $state.raw<ServiceView[]>([]);
  failed = $state.raw<unknown>(null);

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
    read();
    const timer = setInterval(read, EVERY_MS);
    return () => clearInterval(timer);
  }
}

export const services = new Services();
