// Lists that the hub gives page by page.

const PAGE = 200;

interface Page<T> {
  items: T[];
  next?: string | null;
}

/** All pages of a list. */
export async function everyPage<T>(read: (page: { after?: string; limit: number }) => Promise<Page<T>>): Promise<T[]> {
  const items: T[] = [];
  let after: string | undefined;
  for (;;) {
    const page = await read({ limit: PAGE, ...(after === undefined ? {} : { after }) });
    items.push(...page.items);
    if (page.next === null || page.next === undefined) return items;
    after = page.next;
  }
}

/** Ids in groups that fit into one request. */
export function* batches(ids: string[], size = 100): Generator<string[]> {
  for (let from = 0; from < ids.length; from += size) yield ids.slice(from, from + size);
}
