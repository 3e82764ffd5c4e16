// The messages of a card about which many call: between the first and the newest, which the card itself shows.
import { asked, hub } from '../api/client';
import type { Incident, MessageBrief } from '../api/types';

/** Read at once: each of them is then read whole. */
const PAGE = 50;

async function page(incident: Incident, after: string | undefined) {
  const query = { limit: PAGE, ...(after === undefined ? {} : { after }) };
  return asked(hub.GET('/api/v1/incidents/{id}/messages-between', { params: { path: { id: incident.id }, query } }));
}

export class Between {
  /** Those that have been read, in order. */
  read = $state.raw<MessageBrief[]>([]);
  /** Behind which the next page begins. */
  #after: string | undefined;

  /** Reads on. What came in behind the last page since is on the next. */
  async more(incident: Incident): Promise<void> {
    const { items, next } = await page(incident, this.#after);
    const known = new Set(this.read.map((one) => one.id));
    this.read = [...this.read, ...items.filter((one) => !known.has(one.id))];
    this.#after = next ?? this.#after;
  }

  /** Reads as many anew: somebody has taken one off. */
  async again(incident: Incident): Promise<void> {
    const read: MessageBrief[] = [];
    let after: string | undefined;
    for (let ended = false; !ended && read.length < this.read.length; ) {
      const { items, next } = await page(incident, after);
      read.push(...items);
      ended = (next ?? null) === null;
      after = next ?? after;
    }
    this.read = read;
    this.#after = after;
  }
}
