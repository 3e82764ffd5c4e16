// Dates as forms have them: typed day first, as the desk writes them, whatever language the browser is in; held as an input of a
// browser holds them.

const TYPED = /^(\d{1,2})[.\s/](\d{1,2})[.\s/](\d{4})(?:[\s,T]+(\d{1,2}):(\d{2}))?$/;
const HELD = /^(\d{4})-(\d{2})-(\d{2})(?:T(\d{2}):(\d{2}))?$/;

const two = (n: number) => String(n).padStart(2, '0');

/** `2026-11-23`, or `2026-11-23T14:03` with a time, of what was typed; null of what is no such day. A day without a time begins at
 * midnight. */
export function readDay(text: string, withTime: boolean): string | null {
  const typed = TYPED.exec(text.trim());
  const held = HELD.exec(text.trim());
  const [year, month, day, hour, minute] = typed !== null ? [typed[3], typed[2], typed[1], typed[4], typed[5]] : held !== null ? held.slice(1) : [];
  if (year === undefined || (!withTime && hour !== undefined)) return null;
  const parts = [year, month, day, hour ?? 0, minute ?? 0].map(Number) as [number, number, number, number, number];
  const [y, m, d, h, min] = parts;
  const real = new Date(Date.UTC(y, m - 1, d, h, min));
  const same = [real.getUTCFullYear(), real.getUTCMonth() + 1, real.getUTCDate(), real.getUTCHours(), real.getUTCMinutes()];
  if (same.some((part, n) => part !== parts[n])) return null;
  return `${year}-${two(m)}-${two(d)}${withTime ? `T${two(h)}:${two(min)}` : ''}`;
}

/** 23.11.2026, or 23.11.2026 14:03, of what is held. */
export function writtenDay(held: string): string {
  const found = HELD.exec(held);
  if (found === null) return '';
  const [, year, month, day, hour, minute] = found;
  return `${day}.${month}.${year}${hour === undefined ? '' : ` ${hour}:${minute}`}`;
}
