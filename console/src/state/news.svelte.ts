// Messages that joined a card since somebody at this desk last looked at it.
import type { Incident } from '../api/types';

class News {
  /** How many messages of each card have been seen; at first sight a card is new as a whole. */
  readonly #seen = new Map<string, number>();
  #version = $state(0);

  /** How many nobody has looked at. */
  of(incident: Incident): number {
    void this.#version;
    const count = incident.messages.length;
    const seen = this.#seen.get(incident.id);
    if (seen === undefined) this.#seen.set(incident.id, count);
    return Math.max(0, count - (seen ?? count));
  }

  look(incident: Incident): void {
    if (this.#seen.get(incident.id) === incident.messages.length) return;
    this.#seen.set(incident.id, incident.messages.length);
    this.#version++;
  }
}

export const news = new News();
