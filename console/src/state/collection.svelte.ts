// Many things of one kind, by id. A change of any of them is one signal, so that a batch from the feed is drawn once.

export class Collection<T> {
  #items = new Map<string, T>();
  #version = $state(0);
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
    for (const item of items) this.#items.set(this.#id(item), item);
    this.#version++;
  }

  remove(ids: Iterable<string>): void {
    let gone = false;
    for (const id of ids) gone = this.#items.delete(id) || gone;
    if (gone) this.#version++;
  }

  replace(items: Iterable<T>): void {
    this.#items = new Map();
    this.put(items);
  }
}
