// The roads of the region that are closed: read every few seconds, and at once after a change of one's own.
import { asked, hub } from '../api/client';
import type { Schemas } from '../api/types';
import { region } from './region.svelte';

const EVERY_MS = 4_000;

export type Closure = Schemas['Closure'];

class Closures {
  all = $state.raw<Closure[]>([]);
  failed = $state.raw<unknown>(null);
  #watchers = 0;
  #timer: ReturnType<typeof setInterval> | null = null;

  /** Keeps them fresh until what is returned is called; several may. */
  watch(): () => void {
    this.#watchers++;
    if (this.#timer === null) {
      void this.again();
      this.#timer = setInterval(() => void this.again(), EVERY_MS);
    }
    return () => {
      if (--this.#watchers > 0 || this.#timer === null) return;
      clearInterval(this.#timer);
      this.#timer = null;
    };
  }

  async again(): Promise<void> {
    const code = region.code;
    if (code === null) return;
    try {
      const found: Closure[] = [];
      let after: string | null = null;
      do {
        const query: { region: string; open: boolean; after?: string } = { region: code, open: true, ...(after === null ? {} : { after }) };
        const page: Schemas['ClosurePage'] = await asked(hub.GET('/api/v1/closures', { params: { query } }));
        found.push(...page.items);
        after = page.next ?? null;
      } while (after !== null);
      if (JSON.stringify(found) !== JSON.stringify(this.all)) this.all = found;
      this.failed = null;
    } catch (problem) {
      this.failed = problem;
    }
  }
}

export const closures = new Closures();

const here = () => (region.code === null ? {} : { region: region.code });

export async function closeRoad(closure: Schemas['NewClosure']): Promise<void> {
  await asked(hub.POST('/api/v1/closures', { params: { query: here() }, body: closure }));
  await closures.again();
}

export async function openRoad(id: string, reason: string): Promise<void> {
  await asked(hub.POST('/api/v1/closures/{id}/open', { params: { path: { id }, query: here() }, body: { reason } }));
  await closures.again();
}
