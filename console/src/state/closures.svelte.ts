// The roads of the region that are closed: read again when one is closed or opened.
import { asked, hub } from '../api/client';
import type { Schemas } from '../api/types';
import { SharedFresh } from '../board/fresh';
import { region } from './region.svelte';

/** A closure ends by itself, too. */
const EVERY_MS = 30_000;

export type Closure = Schemas['Closure'];

class Closures {
  all = $state.raw<Closure[]>([]);
  failed = $state.raw<unknown>(null);
  readonly #fresh = new SharedFresh(() => this.again(), EVERY_MS, 'closures');

  /** Keeps them fresh until what is returned is called; several may. */
  watch(): () => void {
    return this.#fresh.watch();
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
