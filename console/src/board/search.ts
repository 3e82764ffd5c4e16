// Searching lists by what stands in a row: every word typed must occur, whichever case it is in.

export function matches(query: string, ...texts: (string | null | undefined)[]): boolean {
  const words = query.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return true;
  const row = texts.filter(Boolean).join(' ').toLocaleLowerCase();
  return words.every((word) => row.includes(word));
}
