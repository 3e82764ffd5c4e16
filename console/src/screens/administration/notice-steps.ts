// Whom the region tells of what is late, step by step, and after how long, as the form of the settings has it: a mark for
// each addressee, so that two who change different ones at the same time both keep theirs.
import type { Schemas } from '../../api/types';

export type Grade = Schemas['Grade'];
export type Level = keyof Schemas['Escalation'];
/** A step at which a person is told. */
export type Told = 'phone' | 'head' | 'leadership';
type Office = Schemas['Office'];

export const GRADES: readonly Grade[] = ['immediately', 'urgently', 'no_stated_limit'];
export const LEVELS: readonly Level[] = ['repeat', 'phone', 'head', 'leadership'];
export const TOLD: readonly Told[] = ['phone', 'head', 'leadership'];
export const OFFICES: readonly Office[] = ['duty_officer', 'head_of_shift', 'leadership'];

/** Marked organisations by their key. */
type Marked = Record<string, boolean | undefined>;

export interface Step {
  offices: Record<Office, boolean>;
  /** The service that owes. */
  debtor: boolean;
  organisations: Marked;
}

export type Steps = Record<Told, Step> & { summaries: Marked };

/** Seconds from the limit to each step, by grade; empty where the project's own are in force. */
export type After = Record<Grade, Record<Level, number | null>>;

const marked = (keys: readonly string[]): Marked => Object.fromEntries(keys.map((key) => [key, true]));
const keysOf = (these: Marked): string[] => Object.keys(these).filter((key) => these[key] === true);

export function asMarks(given: Schemas['NoticeSteps'] | undefined): Steps {
  const step = (to: readonly Schemas['NoticeStepTo'][] = []): Step => ({
    offices: Object.fromEntries(OFFICES.map((office) => [office, to.some((one) => one.to === 'office' && one.office === office)])) as Record<Office, boolean>,
    debtor: to.some((one) => one.to === 'debtor'),
    organisations: marked(to.flatMap((one) => (one.to === 'organisation' ? [one.organisation] : []))),
  });
  return { phone: step(given?.phone), head: step(given?.head), leadership: step(given?.leadership), summaries: marked(given?.summaries ?? []) };
}

export function asAddressees(steps: Steps): Schemas['NoticeSteps'] {
  const to = ({ offices, debtor, organisations }: Step): Schemas['NoticeStepTo'][] => [
    ...OFFICES.filter((office) => offices[office]).map((office) => ({ to: 'office' as const, office })),
    ...(debtor ? [{ to: 'debtor' as const }] : []),
    ...keysOf(organisations).map((organisation) => ({ to: 'organisation' as const, organisation })),
  ];
  return { phone: to(steps.phone), head: to(steps.head), leadership: to(steps.leadership), summaries: keysOf(steps.summaries) };
}

export const asAfter = (given: Schemas['Limits']['escalation'] | undefined): After =>
  Object.fromEntries(GRADES.map((grade) => [grade, Object.fromEntries(LEVELS.map((level) => [level, given?.[grade]?.[level] ?? null]))])) as After;

/** Whether the region has steps of its own for a grade: then it has all four. */
export const isSet = (after: After, grade: Grade): boolean => LEVELS.some((level) => typeof after[grade][level] === 'number');

export const asEscalation = (after: After): Schemas['Limits']['escalation'] =>
  Object.fromEntries(GRADES.filter((grade) => isSet(after, grade)).map((grade) => [grade, after[grade] as Schemas['Escalation']]));
