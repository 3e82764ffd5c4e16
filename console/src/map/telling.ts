// What a map says of a unit that somebody points at, and when its position counts as old.
import type { Unit } from '../api/types';
import { span } from '../format/time';
import { t, word } from '../i18n';
import { remarks } from '../state/doubt';
import { clock } from '../live/clock.svelte';
import { serviceName } from '../state/names';
import { region } from '../state/region.svelte';
import type { Seen } from '../state/whereabouts.svelte';
import type { Telling } from './fleet-on-map';

export const telling: Telling = {
  staleAfter: () => Number(region.settings?.stale_position ?? 300) * 1000,
  now: () => clock.now,
  about: (unit, seen) => about(unit, seen, null),
};

/** At a moment that has passed: how old its position was then, or that it is held to have been at its station. */
export function about(unit: Unit, seen: Seen, at: Date | null): string[] {
  const where = at !== null && unit.position.source === 'station' ? t('map-at-station', { station: unit.station }) : t('map-seen', { age: span(((at?.getTime() ?? clock.now) - seen.at) / 1000) });
  return [
    unit.call_sign,
    `${serviceName(unit.service)} · ${word('unit-kind', unit.kind)}`,
    `${word('unit-state', unit.status?.state ?? 'available')} · ${where}`,
    ...(at === null ? remarks(unit.id).map((remark) => remark.text) : []),
  ];
}
