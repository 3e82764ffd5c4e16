// Why a position is not believed, and what a unit has left, in words.
import type { Schemas, Unit } from '../api/types';
import { distance } from '../format/distance';
import { atSecond, span } from '../format/time';
import { t } from '../i18n';
import { whereabouts } from './whereabouts.svelte';

export function why(doubt: Schemas['Doubt']): string {
  switch (doubt.reason) {
    case 'speed':
      return t('doubt-speed', { kmh: doubt.kmh, limit: doubt.limit_kmh });
    case 'jump':
      return t('doubt-jump', { metres: distance(doubt.metres) });
    case 'time_back':
      return t('doubt-time-back', { by: span(doubt.by) });
    case 'time_ahead':
      return t('doubt-time-ahead', { by: span(doubt.by) });
    case 'outside_country':
      return t('doubt-outside-country');
    case 'inaccurate':
      return t('doubt-inaccurate', { accuracy: distance(doubt.accuracy), limit: distance(doubt.limit) });
    case 'stuck':
      return t('doubt-stuck', { at: atSecond(doubt.since) });
  }
}

/** What is to be known of a unit's position before somebody relies on it: nothing, mostly. Who has no feed says it by the
 *  unit's record. */
export function remarks(unit: string, record?: Unit): { tone: 'danger' | 'caution'; text: string; title: string }[] {
  const found: { tone: 'danger' | 'caution'; text: string; title: string }[] = [];
  const doubted = whereabouts.doubtful.get(unit) ?? record?.doubtful ?? undefined;
  if (doubted !== undefined) found.push({ tone: 'danger', text: t('doubt', { why: why(doubted.doubt) }), title: t('doubt-note') });
  const outside = whereabouts.outside.get(unit) ?? record?.outside ?? undefined;
  if (outside !== undefined) found.push({ tone: 'caution', text: t(outside.area === 'station' ? 'outside-station' : 'outside-region', { at: atSecond(outside.since) }), title: t('outside-note') });
  return found;
}
