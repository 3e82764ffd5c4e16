// What is read besides cards, units and lists, and who shows it: told when it has changed, it is read again.
import type { FeedEvent } from './feed';

/** Something that is read as a whole. */
export type Subject = 'services' | 'contacts' | 'closures' | 'deliveries' | 'hazard_layers' | 'passports';

const ALL: readonly Subject[] = ['services', 'contacts', 'closures', 'deliveries', 'hazard_layers', 'passports'];

/** What an event of a region's streams changes. */
export function subjectsOf({ stream, event }: Pick<FeedEvent, 'stream' | 'event'>): readonly Subject[] {
  if (stream.startsWith('service/')) return ['services'];
  switch (event.event) {
    case 'obligation':
    case 'service_desk':
      return ['services'];
    case 'shift':
      return ['contacts'];
    case 'closure_set':
      return ['closures'];
    default:
      return [];
  }
}

/** A change that no event of the journal tells, as the hub names it. */
export interface Stirred {
  region: string;
  matter: string;
}

export const subjectOf = ({ matter }: Stirred): Subject | null => (matter === 'links' ? 'services' : (ALL.find((one) => one === matter) ?? null));

class Stirs {
  readonly #watchers = new Map<Subject, Set<() => void>>();

  /** `run` is called whenever the subject has changed, until what is returned is called. */
  on(subject: Subject, run: () => void): () => void {
    const watchers = this.#watchers.get(subject) ?? new Set();
    this.#watchers.set(subject, watchers.add(run));
    return () => void watchers.delete(run);
  }

  tell(subject: Subject): void {
    for (const run of this.#watchers.get(subject) ?? []) run();
  }

  /** Nobody knows what has changed: the line was broken. */
  tellAll(): void {
    for (const subject of ALL) this.tell(subject);
  }
}

export const stirs = new Stirs();
