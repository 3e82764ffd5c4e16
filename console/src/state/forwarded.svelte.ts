// Emergencies that services passed on (112-R c.5(1)¶4): above all calls until an officer has taken them.
import { asked, hub } from '../api/client';
import type { Forwarding, Incident } from '../api/types';
import { region } from './region.svelte';

class Forwarded {
  /** Cards of messages that were looked up. */
  #went = $state.raw<Record<string, string>>({});

  /** Those that no officer has taken; what is real before an exercise, then the longest waiting first. */
  readonly waiting: Forwarding[] = $derived(
    region.forwardings.all
      .filter((one) => (one.acknowledged ?? null) === null)
      .map((one) => ({ one, exercise: this.card(one)?.exercise === true }))
      .sort((a, b) => Number(a.exercise) - Number(b.exercise) || a.one.received_at.localeCompare(b.one.received_at))
      .map(({ one }) => one),
  );

  /** The card that the message opened or joined; null while it has not been read, or when it is closed. */
  card({ message }: Forwarding): Incident | null {
    const went = this.#went[message];
    return region.incidents.all.find((incident) => incident.id === went || incident.messages.some((one) => one.id === message)) ?? null;
  }

  /** Looks up the card of one about whose event many call, so that its message stands no longer on the card itself; its words. */
  async find({ message }: Forwarding): Promise<string> {
    const kept = await asked(hub.GET('/api/v1/messages/{id}', { params: { path: { id: message } } }));
    this.#went = { ...this.#went, [message]: kept.incident };
    return kept.message.text ?? '';
  }

  /** The officer has it, by name: the service's duty to pass it on is met. What came back is the card to open. */
  async take({ message }: Forwarding): Promise<string> {
    const code = region.code;
    if (code !== null) {
      await asked(hub.POST('/api/v1/situation', { params: { query: { region: code } }, body: { command: 'acknowledge_forwarding', message } }));
    }
    const kept = await asked(hub.GET('/api/v1/messages/{id}', { params: { path: { id: message } } }));
    return kept.incident;
  }
}

export const forwarded = new Forwarded();
