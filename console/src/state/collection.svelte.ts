// Many things of one kind, by id. A change of any of them is one signal, so that a batch from the feed is drawn once.

export class Collection<T> {
  #items = new Map<string, T>();
  #version = $state(0);
  /** Readings of everything that are under way, each with what was put or removed since it began. */
  readonly #readings = new Set<Set<string>>();
  readonly #id: (item: T) => string;

  constructor(id: (item: T) => string) {
    this.#id = id;
  }

  /** Everything, in the order of first appearance. */
  readonly all: T[] = $derived.by(() => {
    void this.#version;
    return [...this.#items.values()];
  });

  get size(): number {
    void this.#version;
    return this.#items.size;
  }

  get(id: string): T | undefined {
    void this.#version;
    return this.#items.get(id);
  }

  /** Without becoming dependent on it: for what the feed does. */
  peek(id: string): T | undefined {
    return this.#items.get(id);
  }

  peekAll(): IterableIterator<T> {
    return this.#items.values();
  }

  put(items: Iterable<T>): void {
    for (const item of items) {
      const id = this.#id(item);
      this.#items.set(id, item);
      for (const since of this.#readings) since.add(id);
    }
    this.#version++;
  }

  remove(ids: Iterable<string>): void {
    let gone = false;
    for (const id of ids) {
      gone = this.#items.delete(id) || gone;
      for (const since of this.#readings) since.add(id);
    }
    if (gone) this.#version++;
  }

  /** Whatever is being read meanwhile is of no use any more. */
  replace(items: Iterable<T>): void {
    this.#readings.clear();
    this.#items = new Map();
    this.put(items);
  }

  /** Reads everything anew, in as many pages as it takes. What the feed brings meanwhile is newer than a page that was read
   * before it: it stays, and what it took away does not come back. */
  async readAll(read: () => Promise<Iterable<T>>): Promise<void> {
    const since = new Set<string>();
    this.#readings.add(since);
    try {
      const items = await read();
      // Replaced meanwhile: of another region, say.
      if (!this.#readings.has(since)) return;
      const now = new Map<string, T>();
      for (const item of items) if (!since.has(this.#id(item))) now.set(this.#id(item), item);
      for (const id of since) {
        const held = this.#items.get(id);
        if (held !== undefined) now.set(id, held);
      }
      this.#items = now;
      this.#version++;
    } finally {
      this.#readings.delete(since);
    }
  }
}
