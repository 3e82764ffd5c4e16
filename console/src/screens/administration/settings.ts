// The region's settings as a form has them: every field there, empty where nobody has set anything.
import type { RegionSettings, Scale, Schemas } from '../../api/types';
import { asAddressees, asAfter, asEscalation, asMarks, GRADES, LEVELS, OFFICES, TOLD, type After, type Grade, type Level, type Steps, type Told } from './notice-steps';

type Bounds = Record<'affected_min' | 'disrupted_min' | 'damage_mci_min', number | null>;

/** The monthly calculation index from a day on, tenge; a row that is not filled in yet is no index. */
export interface MonthlyIndex {
  from: string;
  tenge: number | null;
}

export interface Draft {
  dispatch_by_rule: boolean;
  close_by_rule: boolean;
  hold: number;
  stale_position: number;
  reach: { by_road: number; straight: number; by_air: number };
  heartbeat_wait: number;
  remind_every: number;
  composition_age: number;
  warning_wait: number;
  joining: { within: number; window: number; propose: number; join_by_rule: number };
  limits: { seconds: Record<string, number | null>; escalation: After };
  notices: Steps;
  modes: { emergency_scale: Scale | null; open_incidents: number | null; quiet: number; monitoring: NonNullable<Schemas['ModeSettings']['monitoring']> };
  thresholds: { local: Bounds; regional: Bounds; global: Bounds; all_axes: boolean; monthly_indexes: MonthlyIndex[]; certified_by: string | null; certified_at: string | null };
  /** By service, minutes and the act that says so; empty where the law says nothing. */
  normative: Record<string, { minutes: number | null; source: string }>;
}

/** What the hub gave, with its own defaults where it left something out. */
export function complete(given: RegionSettings): Draft {
  const bounds = (one: Schemas['Bounds'] | undefined): Bounds => ({
    affected_min: one?.affected_min ?? null,
    disrupted_min: one?.disrupted_min ?? null,
    damage_mci_min: one?.damage_mci_min ?? null,
  });
  return {
    // What this form does not show goes back as it came.
    ...given,
    dispatch_by_rule: given.dispatch_by_rule ?? false,
    close_by_rule: given.close_by_rule ?? false,
    hold: Number(given.hold ?? 120),
    stale_position: Number(given.stale_position ?? 300),
    reach: {
      by_road: Number(given.reach?.by_road ?? 10_800),
      straight: Number(given.reach?.straight ?? 150_000),
      by_air: Number(given.reach?.by_air ?? 600_000),
    },
    heartbeat_wait: Number(given.heartbeat_wait ?? 30),
    remind_every: Number(given.remind_every ?? 600),
    composition_age: Number(given.composition_age ?? 21_600),
    warning_wait: Number(given.warning_wait ?? 300),
    joining: {
      within: Number(given.joining?.within ?? 500),
      window: Number(given.joining?.window ?? 3600),
      // The hub keeps these in single precision: what a person entered as 0.85 comes back a hair away.
      propose: hundredths(given.joining?.propose ?? 0.45),
      join_by_rule: hundredths(given.joining?.join_by_rule ?? 0.85),
    },
    limits: { seconds: { ...(given.limits?.seconds as Record<string, number> | undefined) }, escalation: asAfter(given.limits?.escalation) },
    notices: asMarks(given.notices),
    modes: {
      emergency_scale: given.modes?.emergency_scale ?? null,
      open_incidents: given.modes?.open_incidents ?? null,
      quiet: Number(given.modes?.quiet ?? 3600),
      monitoring: given.modes?.monitoring ?? [],
    },
    normative: Object.fromEntries(Object.entries(given.normative_times ?? {}).map(([service, one]) => [service, { minutes: one.within / 60, source: one.source }])),
    thresholds: {
      local: bounds(given.thresholds?.local),
      regional: bounds(given.thresholds?.regional),
      global: bounds(given.thresholds?.global),
      all_axes: given.thresholds?.all_axes ?? false,
      monthly_indexes: given.thresholds?.monthly_indexes ?? [],
      certified_by: given.thresholds?.certified_by ?? null,
      certified_at: given.thresholds?.certified_at ?? null,
    },
  };
}

const hundredths = (n: number) => Math.round(n * 100) / 100;

/**
 * What is sent: limits that nobody set are left out, so that the project's own stay in force; the thresholds carry the
 * name of who certifies them, and of nobody when they are not certified.
 */
export function tidy(draft: Draft, certify: boolean, name: string, now: Date): Schemas['RegionSettings'] {
  const seconds = Object.fromEntries(Object.entries(draft.limits.seconds).filter(([, value]) => value !== null && value !== undefined));
  const { certified_by, certified_at, monthly_indexes, ...thresholds } = draft.thresholds;
  const certified = certify
    ? { certified_by: certified_by ?? name, certified_at: certified_at ?? now.toISOString() }
    : { certified_by: null, certified_at: null };
  const { normative, ...rest } = draft;
  const set = Object.entries(normative).filter(([, one]) => typeof one.minutes === 'number');
  const settings = {
    ...rest,
    normative_times: Object.fromEntries(set.map(([service, one]) => [service, { within: Math.round(one.minutes! * 60), source: one.source.trim() }])),
    limits: { seconds, escalation: asEscalation(draft.limits.escalation) },
    notices: asAddressees(draft.notices),
    modes: { ...draft.modes, open_incidents: draft.modes.open_incidents ?? null },
    thresholds: { ...thresholds, monthly_indexes: monthly_indexes.filter((one) => one.from !== '' && typeof one.tenge === 'number'), ...certified },
  };
  return settings as Schemas['RegionSettings'];
}

const NAMES: Record<string, string> = {
  dispatch_by_rule: 'settings-dispatch-by-rule',
  close_by_rule: 'settings-close-by-rule',
  hold: 'settings-hold',
  stale_position: 'settings-stale',
  'reach.by_road': 'settings-reach-road',
  'reach.straight': 'settings-reach-straight',
  'reach.by_air': 'settings-reach-air',
  heartbeat_wait: 'settings-heartbeat',
  remind_every: 'settings-remind',
  composition_age: 'settings-composition',
  warning_wait: 'settings-warning-wait',
  'joining.within': 'settings-within',
  'joining.window': 'settings-window',
  'joining.propose': 'settings-propose',
  'joining.join_by_rule': 'settings-join',
  'modes.emergency_scale': 'settings-emergency-scale',
  'modes.open_incidents': 'settings-open-incidents',
  'modes.quiet': 'settings-quiet',
  'thresholds.all_axes': 'settings-all-axes',
  'thresholds.monthly_indexes': 'settings-indexes',
  'thresholds.certified_by': 'settings-certify',
};

/** A field's message; a step by its grade and level; an addressee by the step and who it is; or the field itself where it has
 * no name: a limit by its obligation. */
export type FieldName = { message: string } | { grade: Grade; level: Level } | { told: Told | 'summaries'; who: Schemas['Office'] | 'debtor' | { organisation: string } } | { plain: string };

export function nameOf(field: string): FieldName {
  const message = NAMES[field];
  if (message !== undefined) return { message };
  const path = field.split('.');
  const [grade, level] = [GRADES.find((one) => path[2] === one), LEVELS.find((one) => path[3] === one)];
  if (field.startsWith('limits.escalation.') && grade !== undefined && level !== undefined) return { grade, level };
  const told = path[0] !== 'notices' ? undefined : path[1] === 'summaries' ? ('summaries' as const) : TOLD.find((one) => path[1] === one);
  if (told !== undefined) {
    const office = OFFICES.find((one) => path[2] === 'offices' && path[3] === one);
    return { told, who: office ?? (path[2] === 'debtor' ? 'debtor' : { organisation: path.at(-1) ?? '' }) };
  }
  return { plain: path.at(-1) ?? field };
}
