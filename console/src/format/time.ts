// Times as the desk reads them: one zone for the whole country, UTC+5 since 1 March 2024. The zone is fixed, because
// browsers of some years ago still believe in the former one.
import { t } from '../i18n';

const ZONE = 'Etc/GMT-5';

const clockTime = new Intl.DateTimeFormat('en-GB', { timeZone: ZONE, hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' });
const minuteTime = new Intl.DateTimeFormat('en-GB', { timeZone: ZONE, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
const dayMonth = new Intl.DateTimeFormat('en-GB', { timeZone: ZONE, day: '2-digit', month: '2-digit', year: 'numeric' });

type Moment = string | number | Date;

const date = (moment: Moment) => (moment instanceof Date ? moment : new Date(moment));

/** 14:03:22 */
export const atSecond = (moment: Moment) => clockTime.format(date(moment));
/** 14:03 */
export const atMinute = (moment: Moment) => minuteTime.format(date(moment));
/** 23.11.2026 */
export const onDay = (moment: Moment) => dayMonth.format(date(moment)).replaceAll('/', '.');
/** 23.11.2026 14:03 */
export const onDayAtMinute = (moment: Moment) => `${onDay(moment)} ${atMinute(moment)}`;

/** The moment that an input of date and time means, as the hub is told it: the clock of the desk, whatever the browser's zone. */
export const momentOf = (local: string): string => new Date(`${local}+05:00`).toISOString();

/** The other way: a moment as an input of date and time has it, by the clock of the desk. */
export const localOf = (moment: Moment): string => `${onDay(moment).split('.').toReversed().join('-')}T${atMinute(moment)}`;

/** How long something has lasted: 03:10, from one hour 1:02:33. A clock that is a little ahead is no time to come. */
export function timer(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const two = (n: number) => String(n).padStart(2, '0');
  const hours = Math.floor(seconds / 3600);
  const rest = `${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  return hours > 0 ? `${hours}:${rest}` : rest;
}

/** How long, to the second, each number with its unit: 42 s, 8 min 55 s, 1 h 2 min. It is never taken for an hour of the day. */
export function lasting(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  if (hours > 0) return `${t('ago-hours', { n: hours })} ${t('ago-minutes', { n: minutes })}`;
  const rest = t('ago-seconds', { n: seconds % 60 });
  return minutes > 0 ? `${t('ago-minutes', { n: minutes })} ${rest}` : rest;
}

/** The clock of a deadline, the same wherever one is shown; never taken for an hour of the day: 3 min 10 s left, late by 42 s. */
export function deadlineSaid(due: Moment, now: number): string {
  const left = date(due).getTime() - now;
  return t(left < 0 ? 'time-late' : 'time-left', { time: lasting(Math.abs(left)) });
}

/** A length of time in one unit: 40 s, 5 min, 2 h. */
export function span(seconds: number): string {
  if (seconds < 90) return t('ago-seconds', { n: Math.max(0, Math.round(seconds)) });
  if (seconds < 5400) return t('ago-minutes', { n: Math.round(seconds / 60) });
  return t('ago-hours', { n: Math.round(seconds / 3600) });
}
