// Drafts on the server: nothing typed is lost by a reload, a crash of the browser or of this machine. While the hub is
// not reached the newest state waits here and is kept as soon as it can be.
import { asked, hub } from '../../api/client';
import { isWritten, restored, type Entry } from './entry';

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
    const drafts = await asked(hub.GET('/api/v1/drafts'));
    const entries = drafts.filter((draft) => draft.id.startsWith(PREFIX)).map((draft) => restored(draft.content));
    this.others = entries.filter((entry) => entry !== null);
    return this.others;
  }

  keep(entry: Entry): void {
    if (!isWritten(entry)) return;
    this.#newest = structuredClone(entry);
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
        this.#newest = null;
        this.state = 'kept';
      }
    } catch {
      this.state = 'not-kept';
      this.#timer ??= setTimeout(() => void this.flush(), AGAIN_MS);
    }
  }

  async letGo(id: string): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#newest = null;
    this.state = 'nothing';
    this.others = this.others.filter((entry) => entry.id !== id);
    await asked(hub.DELETE('/api/v1/drafts/{id}', { params: { path: { id: PREFIX + id } } }));
  }
}

export const drafts = new Drafts();
