// What a service has said and no answer has come for: said again in the same words it is the same message, with the same
// distribution id and the moment of the first time, so that the hub takes it in once.
import { Problem } from '../api/problem';
import type { Schemas } from '../api/types';
import { envelope, type About, type AgencyContent } from './envelope';

type Message = Schemas['AgencyMessage'];

/** What is said again after this is said anew: its moment would be too far from what is meant. */
const SAME_MS = 10 * 60_000;
const MOMENT = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/;

export class Outgoing {
  readonly #open = new Map<string, { message: Message; since: number }>();

  /** Sends it and gives what `send` does. `exercise`: it is part of one, whatever it answers. */
  async say<T>(from: { region: string; service: string }, said: AgencyContent, about: About | null, send: (message: Message) => Promise<T>, { exercise = false, now = Date.now() } = {}): Promise<T> {
    const words = inWords([from, said, about?.distribution_id, exercise], now);
    const held = this.#open.get(words);
    const message = held !== undefined && now - held.since < SAME_MS ? held.message : envelope(from, said, about, new Date(now), exercise);
    if (message !== held?.message) this.#open.set(words, { message, since: now });
    try {
      const answer = await send(message);
      this.#open.delete(words);
      return answer;
    } catch (problem) {
      const known = problem instanceof Problem && problem.status > 0 && problem.status < 500 && problem.kind !== 'under-way';
      if (known) this.#open.delete(words);
      throw problem;
    }
  }
}

/** Moments as what they mean to who says them: in how many minutes, or how many ago. */
function inWords(said: unknown, now: number): string {
  return JSON.stringify(said, (_, value: unknown) => (typeof value === 'string' && MOMENT.test(value) ? Math.round((Date.parse(value) - now) / 60_000) : value));
}
