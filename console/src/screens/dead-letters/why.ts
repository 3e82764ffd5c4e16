// Why nobody took a message in, in the language of the person at the desk.
import type { Schemas } from '../../api/types';
import { named, t, word } from '../../i18n';

/** Words of the broker for what it did by itself. */
const BROKER: Record<string, string> = {
  rejected: 'dead-letters-broker-rejected',
  maxlen: 'dead-letters-broker-maxlen',
  delivery_limit: 'dead-letters-broker-delivery-limit',
  unroutable: 'dead-letters-broker-unroutable',
};

interface Why {
  kind: string;
  /** What the hub said of it in the reader's language. */
  more: string;
  /** What only a system said, in English, for its maker to read. */
  raw: string;
}

export function why({ code, said, reason }: Schemas['DeadLetterView']): Why {
  const more = named(said);
  if (code === null || code === undefined) return { kind: more === '' ? reason : more, more: '', raw: '' };
  const key = BROKER[code];
  return { kind: key === undefined ? word('refusal', code) : t(key), more, raw: more === '' ? reason : '' };
}
