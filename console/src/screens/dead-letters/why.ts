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

/** The kind of reason, and what the rules said or, where a system failed, what its maker is to read. */
export function why(letter: Schemas['DeadLetterView']): { kind: string; more: string } {
  const more = named(letter.said, letter.reason);
  if (letter.code === null || letter.code === undefined) return { kind: more, more: '' };
  const key = BROKER[letter.code];
  return { kind: key === undefined ? word('refusal', letter.code) : t(key), more };
}
