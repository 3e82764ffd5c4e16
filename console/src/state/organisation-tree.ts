// The tree of organisations as a list.
import type { KeptOrganisation } from '../api/types';

/** From the top down, each with how deep it stands. */
export function asTree(all: readonly KeptOrganisation[]): { kept: KeptOrganisation; depth: number }[] {
  const known = new Set(all.map((kept) => kept.organisation.key));
  const above = (kept: KeptOrganisation) => (kept.organisation.parent != null && known.has(kept.organisation.parent) ? kept.organisation.parent : '');
  const rows: { kept: KeptOrganisation; depth: number }[] = [];
  const descend = (parent: string, depth: number) => {
    for (const kept of all.filter((one) => above(one) === parent)) {
      rows.push({ kept, depth });
      descend(kept.organisation.key, depth + 1);
    }
  };
  descend('', 0);
  return rows;
}
