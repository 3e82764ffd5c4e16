// Drafts on the server: nothing typed is lost by a reload, a crash of the browser or of this machine. Until the hub has
// it, what was typed last waits on this machine, a crash of the browser included, and is let go once it is kept.
import { asked, hub } from '../../api/client';
import { account } from '../../state/account.svelte';
import { isWritten, restored, type Entry } from './entry';
import { heldHere, holdHere, letGoHere } from './held';

const PAUSE_MS = 400;
const AGAIN_MS = 2_000;
const PREFIX = 'call-';

export type Kept = 'nothing' | 'writing' | 'kept' | 'not-kept';

class Drafts {
  state = $state<Kept>('nothing');
  /** Calls begun and not sent. */
  others = $state.raw<Entry[]>([]);
  #timer: ReturnType<typeof setTimeout> | null = null;
  #newest: Entry | null = null;

  /** Every call begun and not sent, the latest first. */
  async all(): Promise<Entry[]> {
    const here = heldHere(this.#who());
    let entries = here;
    try {
      const drafts = await asked(hub.GET('/api/v1/drafts'));
      const there = drafts.filter((draft) => draft.id.startsWith(PREFIX)).map((draft) => restored(draft.content));
      // What is held here is newer: the hub did not get it any more.
      const newer = new Set(here.map((entry) => entry.id));
      entries = [...here, ...there.filter((entry) => entry !== null).filter((entry) => !newer.has(entry.id))];
    } catch (problem) {
      if (here.length === 0) throw problem;
    }
    this.others = entries;
    return entries;
  }

  keep(entry: Entry): void {
    if (!isWritten(entry)) return;
    this.#newest = structuredClone(entry);
    holdHere(this.#who(), this.#newest);
    this.state = 'writing';
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.flush(), PAUSE_MS);
  }

  /** At once: the page is left or hidden. */
  async flush(): Promise<void> {
    const entry = this.#newest;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (entry === null) return;
    try {
      await asked(hub.PUT('/api/v1/drafts/{id}', { params: { path: { id: PREFIX + entry.id } }, body: entry as unknown as Record<string, never>, keepalive: true }));
      if (this.#newest === entry) {
        letGoHere(this.#who(), entry.id);
        this.#newest = null;
        this.state = 'kept';
      }
    } catch {
      this.state = 'not-kept';
      this.#timer ??= setTimeout(() => void this.flush(), AGAIN_MS);
    }
  }

  #who(): string {
    return account.me?.name ?? '';
  }

  async letGo(id: string): Promise<void> {
    // What is being written meanwhile is another call.
    if (this.#newest === null || this.#newest.id === id) {
      if (this.#timer !== null) clearTimeout(this.#timer);
      this.#timer = null;
      this.#newest = null;
      this.state = 'nothing';
    }
    this.others = this.others.filter((entry) => entry.id !== id);
    letGoHere(this.#who(), id);
    await asked(hub.DELETE('/api/v1/drafts/{id}', { params: { path: { id: PREFIX + id } } }));
  }
}

export const drafts = new Drafts();
