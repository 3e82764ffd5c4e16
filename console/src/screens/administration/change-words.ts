// A changed field and its value as the desk calls them: for the auditor, who reads words and not the codes of the wire.
import type { Names, Schemas } from '../../api/types';
import { onDayAtMinute } from '../../format/time';
import { named, t, word } from '../../i18n';
import { tables } from '../../state/tables.svelte';
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
};

const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/;

/** What the field is called; null where it has no name yet and its code is shown. */
export function fieldName(field: string): string | null {
  const limit = /^limits\.seconds\.(O-\d+)$/.exec(field)?.[1];
  if (limit !== undefined) return `${limit} · ${named(tables.duty(limit)?.names, limit)}`;
  const name = NAMES[field]?.();
  if (name !== undefined) return name;
  const setting = nameOf(field);
  return 'message' in setting ? t(setting.message) : null;
}

/** What was changed, by its name where it has one: a register's entry by what it says of itself, a stream by whose it is. */
export function subjectName({ subject, what, after }: Pick<Schemas['AdministrationChange'], 'subject' | 'what' | 'after'>): string {
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
  return value;
}

/** The value in words, times by the clock of the country. */
export function fieldValue(what: string, field: string, value: string): string {
  const list = listed(value);
  if (list !== null) return list.length === 0 ? '—' : list.map((part) => one(what, field, part)).join(', ');
  return one(what, field, value);
}
