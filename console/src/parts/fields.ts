// The words of a field that a problem names. Fields that people never see by name have none: what the hub says of them is enough.

export const FIELDS = [
  'at', 'by', 'closed', 'forces', 'from', 'home', 'label', 'lat', 'lon', 'minutes', 'name', 'new', 'number', 'old', 'password', 'phone', 'point', 'positions',
  'q', 'reason', 'region', 'service', 'text', 'to', 'unit', 'until',
] as const;

/** The key of its words, of the last name in the path: `location.fix.point` is a point; null where there are none. */
export function fieldKey(field: string | null | undefined): string | null {
  const name = field?.split(/[./[\]]+/).findLast((part) => part !== '' && !/^\d+$/.test(part));
  return name !== undefined && (FIELDS as readonly string[]).includes(name) ? `field-${name}` : null;
}
