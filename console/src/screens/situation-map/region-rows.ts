// A row of figures for each region of the country.
import type { Mode, Unit } from '../../api/types';
import type { Shown } from './shown';

export interface RegionRow {
  code: string;
  name: string;
  mode: Mode;
  incidents: number;
  /** Of them those that threaten a life. */
  gravest: number;
  units: number;
  free: number;
}

const WEIGHT: Record<Mode, number> = { emergency: 0, high_readiness: 1, everyday: 2 };

/** The gravest mode first, then where most threatens a life, then most happens. */
export function regionRows(regions: readonly { code: string; name: string }[], modes: ReadonlyMap<string, Mode>, incidents: readonly Shown[], units: readonly Unit[]): RegionRow[] {
  const rows = new Map(regions.map(({ code, name }): [string, RegionRow] => [code, { code, name, mode: modes.get(code) ?? 'everyday', incidents: 0, gravest: 0, units: 0, free: 0 }]));
  for (const one of incidents) {
    const row = rows.get(one.region);
    if (row === undefined) continue;
    row.incidents++;
    if (one.severity === 'p1') row.gravest++;
  }
  for (const unit of units) {
    const row = rows.get(unit.region);
    if (row === undefined) continue;
    row.units++;
    if ((unit.status?.state ?? 'available') === 'available') row.free++;
  }
  return [...rows.values()].sort((a, b) => WEIGHT[a.mode] - WEIGHT[b.mode] || b.gravest - a.gravest || b.incidents - a.incidents || a.name.localeCompare(b.name));
}
