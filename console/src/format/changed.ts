// What a change changed: fields that are not as they were, each with both values.

export interface ChangedField {
  field: string;
  before: string;
  after: string;
}

function flat(value: unknown, path: string, into: Map<string, string>): void {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    for (const [key, part] of Object.entries(value)) flat(part, path === '' ? key : `${path}.${key}`, into);
  } else if (value !== null && value !== undefined) {
    into.set(path, Array.isArray(value) ? JSON.stringify(value) : String(value));
  }
}

/** In the order of their names; a field that was not there, or is not there any more, has an empty value. */
export function changedFields(before: unknown, after: unknown): ChangedField[] {
  const [old, now] = [new Map<string, string>(), new Map<string, string>()];
  flat(before, '', old);
  flat(after, '', now);
  const names = [...new Set([...old.keys(), ...now.keys()])].sort();
  return names.flatMap((field) => {
    const [was, is] = [old.get(field) ?? '', now.get(field) ?? ''];
    return was === is ? [] : [{ field, before: was, after: is }];
  });
}
