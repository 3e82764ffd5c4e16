// What things are called on the screen.
import type { Incident, Obligation, Unit } from '../api/types';
import { named, t } from '../i18n';
import { categoryOf } from './card';
import { region } from './region.svelte';
import { tables } from './tables.svelte';

export function categoryName(incident: Incident): string {
  const code = categoryOf(incident)?.code;
  return code === undefined ? t('category-none') : named(tables.category(code)?.names, code);
}

export const namedCategory = (code: string) => named(tables.category(code)?.names, code);

/** What a unit can do; one that the hub's table does not know keeps its code. */
export const capabilityName = (code: string) => named(tables.capabilities.get(code), code);

export const serviceName = (key: string) => named(tables.service(key)?.names, key);

/** The name that fits a table: the long official ones stand in the title. */
export function serviceShort(key: string): string {
  return t(`service-${key.replaceAll('_', '-')}`);
}

export const dutyName = (obligation: Obligation) => named(tables.duty(obligation.kind)?.names, obligation.kind);

export function callSign(unit: string): string {
  const known: Unit | undefined = region.units.get(unit);
  return known?.call_sign ?? unit;
}
