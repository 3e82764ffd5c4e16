// What was typed last and the hub does not have yet, on this machine, by account: it outlives the browser's crash.
import { restored, type Entry } from './entry';

const KEY = 'hub112.call.';
/** Who is cut off for long may begin several calls; nobody begins more than this. */
const MOST = 20;

/** The latest first. */
export function heldHere(who: string): Entry[] {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY + who) ?? '[]') as unknown;
    return Array.isArray(kept) ? kept.map(restored).filter((entry) => entry !== null) : [];
  } catch {
    return [];
  }
}

export function holdHere(who: string, entry: Entry): void {
  keep(who, [entry, ...heldHere(who).filter((one) => one.id !== entry.id)].slice(0, MOST));
}

export function letGoHere(who: string, id: string): void {
  keep(who, heldHere(who).filter((one) => one.id !== id));
}

function keep(who: string, entries: Entry[]): void {
  if (entries.length === 0) localStorage.removeItem(KEY + who);
  else localStorage.setItem(KEY + who, JSON.stringify(entries));
}
