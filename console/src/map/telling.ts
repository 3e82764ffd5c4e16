// What a map says of a unit that somebody points at, and when its position counts as old.
import { span } from '../format/time';
import { t, word } from '../i18n';
import { remarks } from '../state/doubt';
import { clock } from '../live/clock.svelte';
import { serviceName } from '../state/names';
import { region } from '../state/region.svelte';
import type { Telling } from './fleet-on-map';

export const telling: Telling = {
  staleAfter: () => Number(region.settings?.stale_position ?? 300) * 1000,
  now: () => clock.now,
  about: (unit, seen) => [
    unit.call_sign,
    `${serviceName(unit.service)} · ${word('unit-kind', unit.kind)}`,
    `${word('unit-state', unit.status?.state ?? 'available')} · ${t('map-seen', { age: span((clock.now - seen.at) / 1000) })}`,
    ...remarks(unit.id).map((remark) => remark.text),
  ],
};
