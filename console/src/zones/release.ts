// Which distances the tables have for a release: by substance, size of the spill, day or night, and for some gases by what it
// comes out of and the wind. A choice that nobody has made yet is taken at its worst.
import { named } from '../i18n';
import type { Schemas } from '../api/types';

export type Substance = Schemas['ReleasedSubstance'];
type Row = Schemas['TableRow'];

/** What an officer knows of it. */
export interface Known {
  spill: Row['spill'];
  night: boolean;
  vessel: Schemas['Vessel'] | null;
  wind: Schemas['WindForce'] | null;
}

/** What it comes out of, where the tables ask, the farthest first. */
export function vessels(of: Substance, spill: Row['spill']): Schemas['Vessel'][] {
  return [...new Set(of.rows.filter((row) => row.spill === spill).flatMap((row) => row.vessel ?? []))];
}

/** The row that applies: of those that do, the farthest. */
export function rowFor(of: Substance, known: Known): Row | null {
  const reach = (row: Row) => (known.night ? row.night : row.day).metres;
  const fits = of.rows.filter(
    (row) => row.spill === known.spill && (known.vessel === null || (row.vessel ?? known.vessel) === known.vessel) && (known.wind === null || (row.wind ?? known.wind) === known.wind),
  );
  return fits.reduce<Row | null>((most, row) => (most === null || reach(row) > reach(most) ? row : most), null);
}

/** Its name with its number, as it is found by either. */
export function title(of: Substance, on: string | null): string {
  return `${named(of.names)}${on === null ? '' : `, ${on}`} · UN ${String(of.un).padStart(4, '0')}`;
}

const DAY = 86_400_000;
const radians = (degrees: number) => (degrees * Math.PI) / 180;

/** Whether the sun is below the horizon: the tables' night is from sunset to sunrise. Good to some minutes. */
export function isNight(at: number, lat: number, lon: number): boolean {
  const days = at / DAY - 10_957.5; // since noon of 1 January 2000
  const anomaly = radians(357.529 + 0.985_600_28 * days);
  const along = radians(280.459 + 0.985_647_36 * days + 1.915 * Math.sin(anomaly) + 0.02 * Math.sin(2 * anomaly));
  const tilt = radians(23.439);
  const declination = Math.asin(Math.sin(tilt) * Math.sin(along));
  const ascension = Math.atan2(Math.cos(tilt) * Math.sin(along), Math.cos(along));
  const hour = radians(280.460_618 + 360.985_647_37 * days + lon) - ascension;
  const height = Math.sin(radians(lat)) * Math.sin(declination) + Math.cos(radians(lat)) * Math.cos(declination) * Math.cos(hour);
  // Half a degree of disc and refraction.
  return height < Math.sin(radians(-0.833));
}
