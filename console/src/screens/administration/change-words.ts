// A changed field and its value as the desk calls them: for the auditor, who reads words and not the codes of the wire.
import type { Names, Schemas } from '../../api/types';
import { onDayAtMinute } from '../../format/time';
import { named, t, word } from '../../i18n';
import { tables } from '../../state/tables.svelte';
import { organisations } from '../../state/organisations.svelte';
import { isKnownMeans } from '../shift/shift';
import { nameOf } from './settings';

/** Fields of the registers that have a name on the screen where they are entered. */
const NAMES: Record<string, () => string> = {
  id: () => t('admin-id'),
  call_sign: () => t('units-call-sign'),
  service: () => t('services-service'),
  region: () => t('region'),
  kind: () => t('units-kind'),
  capabilities: () => t('units-capabilities'),
  station: () => t('units-station'),
  'home.lat': () => `${t('admin-home')}: ${t('admin-lat')}`,
  'home.lon': () => `${t('admin-home')}: ${t('admin-lon')}`,
  'position.point.lat': () => `${t('admin-position')}: ${t('admin-lat')}`,
  'position.point.lon': () => `${t('admin-position')}: ${t('admin-lon')}`,
  'position.at': () => `${t('admin-position')}: ${t('admin-when')}`,
  'position.source': () => `${t('admin-position')}: ${t('admin-position-source')}`,
  'names.kk': () => t('admin-desk-name-kk'),
  'names.ru': () => t('admin-desk-name-ru'),
  'names.en': () => t('admin-desk-name-en'),
  'competence.categories': () => t('admin-desk-categories'),
  'competence.districts': () => t('admin-desk-districts'),
  reason: () => t('reason'),
  key: () => t('admin-id'),
  name: () => t('formation-name'),
  owner: () => t('formation-owner'),
  under: () => t('formation-under'),
  force: () => t('formation-force'),
  'standing.standing': () => t('formation-standing'),
  'standing.service': () => t('formation-service'),
  'standing.certificate': () => t('formation-certificate'),
  works: () => t('formation-works'),
  people: () => t('services-people'),
  units: () => t('services-units'),
  contracts: () => t('formation-stays'),
  contacts: () => t('contacts-means'),
  parent: () => t('organisation-parent'),
  duty_number: () => t('organisation-duty-number'),
  bin: () => t('organisation-bin'),
  site: () => t('organisation-site'),
  composition_age: () => t('settings-composition-age'),
  heartbeat_wait: () => t('settings-heartbeat-wait'),
  remind_every: () => t('settings-remind-every'),
  'modes.monitoring': () => t('settings-monitoring'),
};

const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/;

/** What the field is called; null where it has no name and its code is shown. */
export function fieldName(field: string): string | null {
  const limit = /^limits\.seconds\.(O-\d+)$/.exec(field)?.[1];
  if (limit !== undefined) return `${limit} · ${named(tables.duty(limit)?.names, limit)}`;
  const name = NAMES[field]?.();
  if (name !== undefined) return name;
  const [, of, part] = /^normative_times\.([a-z_-]+)\.(within|source)$/.exec(field) ?? [];
  if (of !== undefined) return `${t('settings-normative')}: ${named(tables.service(of)?.names, of)}${part === 'source' ? `, ${t('settings-source')}` : ''}`;
  const [, scale, axis] = /^thresholds\.(local|regional|global)\.([a-z_]+)$/.exec(field) ?? [];
  if (scale !== undefined && axis !== undefined) return `${t('settings-thresholds')}: ${word('scale', scale)}, ${word('axis', axis)}`;
  const setting = nameOf(field);
  return 'plain' in setting ? null : settingName(field);
}

/** A setting as its form calls it. */
export function settingName(field: string): string {
  const known = nameOf(field);
  if ('message' in known) return t(known.message);
  if ('plain' in known) return known.plain;
  if ('grade' in known) return `${word('grade', known.grade)}, ${word('level', known.level)}`;
  const whom = known.who === 'debtor' ? t('settings-debtor') : typeof known.who === 'string' ? word('office', known.who) : organisations.name(known.who.organisation);
  return `${known.told === 'summaries' ? t('settings-summaries') : word('level', known.told)}: ${whom}`;
}

/** What was changed, by its name where it has one: a register's entry by what it says of itself, a stream by whose it is. */
export function subjectName({ subject, what, after, before }: Pick<Schemas['AdministrationChange'], 'subject' | 'what' | 'after' | 'before'>): string {
  // A passport is its own entry; of one that was taken off the last that it said.
  if (what.startsWith('passport_')) return String((after ?? before)?.['name'] ?? subject);
  const entry = (after ?? {}) as { unit?: { call_sign?: string }; organisation?: { names?: Names }; formation?: { name?: string }; desk?: { names?: Names } };
  // The way to a service is kept as `75.police`, what the journal holds of one as `service/75/police`.
  const [of, region, service] = what === 'link' ? ['service', ...subject.split('.')] : subject.split('/');
  const place = (code: string) => named(tables.area.regions.find((one) => one.code === code)?.names, code);
  if (of === 'region' && region !== undefined) return place(region);
  if (of === 'service' && region !== undefined && service !== undefined) return `${named(tables.service(service)?.names, service)}, ${place(region)}`;
  if (what === 'service_desk') return named(entry.desk?.names ?? tables.service(subject)?.names, subject);
  const name = entry.unit?.call_sign ?? entry.formation?.name ?? (entry.organisation?.names === undefined ? undefined : named(entry.organisation.names, subject));
  return name === undefined || typeof entry.unit === 'string' ? subject : name;
}

/** A list as it was written down: an array of words, else null. */
function listed(value: string): string[] | null {
  if (!value.startsWith('[')) return null;
  try {
    const read: unknown = JSON.parse(value);
    return Array.isArray(read) && read.every((one) => typeof one === 'string') ? read : null;
  } catch {
    return null;
  }
}

function one(what: string, field: string, value: string): string {
  if (MOMENT.test(value)) return onDayAtMinute(value);
  if (value === 'true' || value === 'false') return t(value === 'true' ? 'yes' : 'no');
  if (field === 'service') return named(tables.service(value)?.names, value);
  if (field === 'region') return named(tables.area.regions.find((region) => region.code === value)?.names, value);
  if (field === 'capabilities') return named(tables.capabilities.get(value), value);
  if (field === 'competence.categories') return named(tables.category(value)?.names, value);
  if (field === 'position.source') return t(`position-source-${value}`);
  if (field === 'kind' && what === 'unit_registered') return word('unit-kind', value);
  if (field === 'kind' && what === 'organisation') return word('organisation-kind', value);
  if (field === 'parent' || field === 'under') return organisations.name(value);
  if (field === 'force') return word('formation-force', value);
  if (field === 'standing.standing') return word('formation-standing', value);
  if (field === 'works') return word('works', value);
  if (field === 'modes.emergency_scale') return word('scale', value);
  return value;
}

/** A list of what has parts, each in one line; null where it is none that has words. */
function parts(field: string, value: string): string[] | null {
  if (!['contracts', 'contacts', 'modes.monitoring', 'thresholds.monthly_indexes'].includes(field)) return null;
  try {
    const read = JSON.parse(value) as Record<string, string | number>[];
    if (field === 'thresholds.monthly_indexes') return read.map((one) => `${dated(String(one['from']))}: ${one['tenge']}`);
    if (field === 'modes.monitoring') return read.map((one) => `${one['degree']} → ${word('mode', String(one['mode']))}`);
    return field === 'contracts'
      ? read.map((one) => t('formation-contract', { site: one['site'] ?? '', people: one['people_stay'] ?? 0, units: one['units_stay'] ?? 0 }))
      : read.map((one) => [isKnownMeans(String(one['means'])) ? word('means', String(one['means'])) : one['means'], one['number'], one['call_sign'], one['owner']].filter(Boolean).join(' '));
  } catch {
    return null;
  }
}

/** What the hub wrote down of a change in its own words, in those of the reader; what a person wrote stays as it is. */
export function detailSaid(what: string, detail: string): string {
  const place = (code: string) => named(tables.area.regions.find((one) => one.code === code)?.names, code);
  if (what === 'put') {
    const [, role, region, service, active] = /^([a-z_]+), region (\w+), service ([\w-]+), (active|not active)$/.exec(detail) ?? [];
    if (role === undefined || region === undefined || service === undefined) return detail;
    const of = [t(`role-${role.replaceAll('_', '-')}`), region === 'all' ? t('admin-every-region') : place(region), ...(service === 'none' ? [] : [named(tables.service(service)?.names, service)])];
    return [...of, t(active === 'active' ? 'admin-active' : 'admin-ended')].join(', ');
  }
  if (what === 'link') {
    const [, way, number] = /^(amqp|http|phone), (.*)$/.exec(detail) ?? [];
    return way === undefined ? detail : `${word('way', way)}, ${number === 'no telephone' ? t('services-no-phone') : number}`;
  }
  if (what === 'tokens_revoked') return t('change-detail-tokens', { n: Number.parseInt(detail, 10) || 0 });
  if (what === 'password' && detail === 'by its owner') return t('change-detail-own');
  if (what === 'broker' && detail === 'new password') return t('change-detail-password');
  if (what === 'broker' && detail === 'removed') return t('change-detail-removed');
  const [, name, kind, source, since, until, areas] = /^(.*) \((\w+)\), (.*); (\S+) until (\S+); (\d+) areas$/.exec(detail) ?? [];
  if (name === undefined || kind === undefined) return detail;
  return `${name} (${word('hazard', kind)}), ${source}; ${moment(since ?? '')} – ${moment(until ?? '')}; ${t('change-detail-areas', { n: Number(areas) })}`;
}

/** A day as the country writes it. */
const dated = (day: string) => day.split('-').toReversed().join('.');
const moment = (text: string) => (MOMENT.test(text) ? onDayAtMinute(text) : text);

/** The value in words, times by the clock of the country. */
export function fieldValue(what: string, field: string, value: string): string {
  const each = parts(field, value);
  if (each !== null) return each.length === 0 ? '—' : each.join('; ');
  const list = listed(value);
  if (list !== null) return list.length === 0 ? '—' : list.map((part) => one(what, field, part)).join(', ');
  return one(what, field, value);
}
