// Messages that joined a card since somebody at this desk last looked at it.
import type { Incident } from '../api/types';
import { messageCount } from './card';

class News {
  /** How many messages of each card have been seen; at first sight a card is new as a whole. */
  readonly #seen = new Map<string, number>();
  #version = $state(0);

  /** How many nobody has looked at. */
  of(incident: Incident): number {
    void this.#version;
    const count = messageCount(incident);
    const seen = this.#seen.get(incident.id);
    if (seen === undefined) this.#seen.set(incident.id, count);
    return Math.max(0, count - (seen ?? count));
  }

  look(incident: Incident): void {
    const count = messageCount(incident);
    if (this.#seen.get(incident.id) === count) return;
    this.#seen.set(incident.id, count);
    this.#version++;
  }
}

export const news = new News();
