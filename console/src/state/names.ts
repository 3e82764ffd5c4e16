// What things are called on the screen.
import type { Incident, Obligation, Unit } from '../api/types';
import { named, t } from '../i18n';
import { categoryOf, place } from './card';
import { region } from './region.svelte';
import { kindOf, tables } from './tables.svelte';

export function categoryName(incident: Incident): string {
  const code = categoryOf(incident)?.code;
  return code === undefined ? t('category-none') : named(tables.category(code)?.names, code);
}

/** Where it is, in one line: the address, else that a point is known, else that nobody knows. */
export function whereabouts(incident: Incident): string {
  const known = place(incident);
  return known === null ? t('place-none') : (known.location.address ?? t('place-point'));
}

export const namedCategory = (code: string) => named(tables.category(code)?.names, code);

/** What a unit can do; one that the hub's table does not know keeps its code. */
export const capabilityName = (code: string) => named(tables.capabilities.get(code), code);

export const serviceName = (key: string) => named(tables.service(key)?.names, key);

/** The name that fits a table: the long official ones stand in the title. */
export function serviceShort(key: string): string {
  // A desk that the region registered has the name that it was given.
  if (tables.desks.some((desk) => desk.key === key)) return serviceName(key);
  key = kindOf(key);
  return t(`service-${key.replaceAll('_', '-')}`);
}

export const dutyName = (obligation: Obligation) => named(tables.duty(obligation.kind)?.names, obligation.kind);

export function callSign(unit: string): string {
  const known: Unit | undefined = region.units.get(unit);
  return known?.call_sign ?? unit;
}
