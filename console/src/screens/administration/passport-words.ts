// What was changed in the passport of a dangerous facility, in the words of the form in which it is written and in its order.
import type { Schemas } from '../../api/types';
import { changedFields, type ChangedField } from '../../format/changed';
import { writtenDay } from '../../format/day';
import { t } from '../../i18n';
import { substanceSaid } from '../../passports/said';
import { fieldValue } from './change-words';

/** A plan of several pages is read in the passport; here it is seen that it is another. */
const LONGEST = 400;

const NAMES: Record<string, () => string> = {
  name: () => t('passport-name'),
  substances: () => t('passport-substances'),
  duty_number: () => t('passport-duty'),
  contacts: () => t('contacts-means'),
  operator: () => t('passport-operator'),
  bin: () => t('organisation-bin'),
  address: () => t('passport-address'),
  'point.lat': () => t('admin-lat'),
  'point.lon': () => t('admin-lon'),
  element: () => t('passport-element'),
  class: () => t('passport-class'),
  people: () => t('passport-people'),
  'warning.sirens': () => t('passport-sirens'),
  'warning.how': () => t('passport-warning'),
  'fire_brigade.name': () => t('passport-brigade'),
  'fire_brigade.telephone': () => t('passport-brigade-number'),
  'fire_brigade.vehicles': () => t('passport-vehicles'),
  'fire_brigade.people': () => t('passport-brigade-people'),
  plans: () => t('passport-plans'),
  'inspected.on': () => t('passport-inspected-on'),
  'inspected.by': () => t('passport-inspected-by'),
  'stated.on': () => t('passport-stated-on'),
  'stated.by': () => t('passport-stated-by'),
  valid_until: () => t('passport-valid-until'),
};
const ORDER = Object.keys(NAMES);

type Passport = Schemas['ObjectPassport'];

/** What it is on the map is one thing, not a kind and a number. */
const flat = (passport: Passport | null) => passport && { ...passport, ...(passport.element ? { element: `${passport.element.kind} ${passport.element.id}` } : {}) };

function said(field: string, value: string): string {
  if (value === '') return value;
  if (field === 'substances') return (JSON.parse(value) as Schemas['Substance'][]).map(substanceSaid).join('; ');
  if (field === 'contacts') return fieldValue('passport', field, value);
  if (field.endsWith('.on') || field === 'valid_until') return writtenDay(value);
  return value.length > LONGEST ? `${value.slice(0, LONGEST)}…` : value;
}

/** Of one that is written or taken off everything that it says; `name` is what the form calls a field, null where it has none. */
export function passportFields(before: unknown, after: unknown): (ChangedField & { name: string | null })[] {
  const place = (field: string) => (ORDER.includes(field) ? ORDER.indexOf(field) : ORDER.length);
  return changedFields(flat((before ?? null) as Passport | null) ?? {}, flat((after ?? null) as Passport | null) ?? {})
    .sort((one, other) => place(one.field) - place(other.field))
    .map(({ field, before: was, after: is }) => ({ field, name: NAMES[field]?.() ?? null, before: said(field, was), after: said(field, is) }));
}
