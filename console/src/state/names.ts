// What things are called on the screen.
import type { By, Incident, Obligation, Schemas, Unit } from '../api/types';
import { atMinute } from '../format/time';
import { named, t, word } from '../i18n';
import { categoryOf, missing, place } from './card';
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

/** What is owed; of an identification also what of it is still missing. */
export function dutyName(obligation: Obligation): string {
  const name = named(tables.duty(obligation.kind)?.names, obligation.kind);
  if (obligation.kind !== 'O-08' || obligation.subject !== 'incident') return name;
  const card = region.incidents.get(obligation.incident);
  const lacks = card === undefined ? null : missing(card);
  return lacks === null ? name : `${name}: ${t(lacks)}`;
}

export function callSign(unit: string): string {
  const known: Unit | undefined = region.units.get(unit);
  return known?.call_sign ?? unit;
}

/** For a list to choose from: the short name first, for by it one finds a service by its letters; the official one behind it. */
export function serviceBoth(key: string): string {
  const [short, long] = [serviceShort(key), serviceName(key)];
  return short === long ? short : `${short} · ${long}`;
}

/** The number of a card; one that this console does not hold has none that anybody would know. */
export function cardSaid(id: string): string {
  const number = region.incidents.get(id)?.number;
  return number === undefined ? t('notice-open-card') : `№ ${number}`;
}

/** How urgent the Rules make it and when it is due: where they give no time, the time is the one that was set. */
export function gradeSaid(grade: Schemas['Grade'], due: string | null | undefined): string {
  if (due === null || due === undefined) return word('grade', grade);
  const time = atMinute(due);
  return grade === 'no_stated_limit' ? t('mode-due-set', { time }) : `${word('grade', grade)} · ${t('mode-due', { time })}`;
}

/** Rules of the hub that have a word; of the rest the centre is named and no more. */
const RULES: ReadonlySet<string> = new Set(['dispatch', 'clock', 'feed', 'seismic', 'join', 'import', 'geofence', 'scene', 'reconcile', 'order240', 'emergency', 'demo', 'cancel', 'refused']);

export const ruleName = (rule: string): string => (RULES.has(rule) ? `${t('actor-hub')}: ${word('rule', rule)}` : t('actor-hub'));

/** Who did something. */
export function byName(by: By): string {
  if (by.who === 'person') return by.account;
  return by.who === 'service' ? serviceShort(by.service) : ruleName(by.rule);
}
