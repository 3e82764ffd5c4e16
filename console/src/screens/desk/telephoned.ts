// What a service answers by telephone, as the officer writes it down: who goes, or why nobody does (112-R c.5(3)¶4, c.6(5)).
import { Problem } from '../../api/problem';
import type { ForcesRequest, Incident, Schemas, Unit } from '../../api/types';
import { plain } from '../../format/plain';
import { requestsOf } from '../../state/card';

export type Way = 'accept' | 'change' | 'refuse';
type ReasonCode = Schemas['contract.ReasonCode'];

export const WAYS: readonly Way[] = ['accept', 'change', 'refuse'];
export const REASONS: readonly ReasonCode[] = ['none_free', 'none_fitting', 'better_unit', 'unreachable', 'not_competent', 'breakdown', 'other'];

/** The form. Of what nobody said nothing is written down. */
export interface Told {
  way: Way;
  /** The units that go. */
  chosen: string[];
  saidBy: string;
  code: ReasonCode | '';
  text: string;
  people: number | null;
  /** In so many minutes. */
  departs: number | null;
  arrives: number | null;
}

export const isActive = ({ state }: Pick<ForcesRequest, 'state'>): boolean => state === 'open' || state === 'answered';

/** Who goes by the newest answer; before any, whoever was asked for. */
export function named(request: Pick<ForcesRequest, 'decision' | 'engagements' | 'recommended'>): string[] {
  const going = Object.values(request.engagements)
    .filter(({ stage }) => stage === 'accepted' || stage === 'departed' || stage === 'arrived')
    .map(({ unit }) => unit);
  return request.decision ? going : [...new Set([...request.recommended.map(({ unit }) => unit), ...going])];
}

export const begun = (request: ForcesRequest): Told => ({ way: 'accept', chosen: named(request), saidBy: '', code: '', text: '', people: null, departs: null, arrives: null });

const same = (one: readonly string[], other: readonly string[]) => one.length === other.length && one.every((unit) => other.includes(unit));

/** Another way is chosen: accepted is what was asked for. */
export function turned(told: Told, way: Way, request: ForcesRequest): Told {
  const asked = named(request);
  return { ...told, way, chosen: way === 'accept' && asked.length > 0 ? asked : told.chosen };
}

/** A unit is ticked or let go: who is not sent as asked for is another composition. */
export function ticked(told: Told, unit: string, request: ForcesRequest): Told {
  const chosen = told.chosen.includes(unit) ? told.chosen.filter((one) => one !== unit) : [...told.chosen, unit];
  const asked = named(request);
  // Nobody was asked for by name: whoever they send is what was asked for.
  if (asked.length === 0) return { ...told, chosen };
  return { ...told, chosen, way: same(chosen, asked) ? 'accept' : 'change' };
}

/** Units of the service that was asked: those asked for, then those free, then the others, whose state says why they are last. */
export function offered(units: Iterable<Unit>, request: ForcesRequest): Unit[] {
  const asked = new Set([...named(request), ...request.recommended.map(({ unit }) => unit)]);
  const rank = ({ id, status }: Unit): number => {
    if (asked.has(id)) return 0;
    const state = status?.state ?? 'available';
    return state === 'available' ? 1 : state === 'out_of_service' ? 3 : 2;
  };
  const order = new Intl.Collator(undefined, { numeric: true });
  return [...units]
    .filter(({ service, region }) => service === request.service && region === request.service_region)
    .sort((a, b) => rank(a) - rank(b) || order.compare(a.call_sign, b.call_sign));
}

/** Whether a unit may be meant by what is typed of its call sign. */
export const isLike = ({ call_sign }: Pick<Unit, 'call_sign'>, text: string): boolean => plain(call_sign).includes(plain(text));

/** The only unit that is meant: one whose call sign is or ends with these words, else the only one that is like them. */
export function sought(units: readonly Unit[], text: string): Unit | null {
  const said = plain(text);
  if (said === '') return null;
  const whole = units.filter(({ call_sign }) => ` ${plain(call_sign)}`.endsWith(` ${said}`));
  const found = whole.length > 0 ? whole : units.filter((unit) => isLike(unit, text));
  return found.length === 1 ? found[0]! : null;
}

/** What is sent to the hub. `wordOf`: how a reason is said in the officer's language, for an order is refused in words. */
export function answerOf(told: Told, units: readonly Unit[], wordOf: (code: ReasonCode) => string, now: number): Schemas['NewAnswer'] {
  const saidBy = told.saidBy.trim();
  const reason = reasonOf(told, wordOf);
  const said_by = saidBy === '' ? null : saidBy;
  if (told.way === 'refuse') return { decision: 'refuse', reason, said_by };
  const after = (minutes: number | null) => (minutes === null ? null : new Date(now + minutes * 60_000).toISOString());
  return {
    decision: told.way,
    reason: told.way === 'change' ? reason : null,
    units: told.chosen,
    composition: told.people === null ? null : { people: told.people, equipment: vehicles(told.chosen, units) },
    departure_at: after(told.departs),
    arrival_at: after(told.arrives),
    said_by,
  };
}

function reasonOf({ code, text }: Told, wordOf: (code: ReasonCode) => string): Schemas['contract.Reason'] | null {
  const words = text.trim();
  if (code === '') return words === '' ? null : { code: 'other', text: words };
  return { code, text: words === '' && code !== 'other' ? wordOf(code) : words };
}

/** Vehicles of the units that go, counted by kind: as its code, which each desk reads in its own language. */
function vehicles(chosen: readonly string[], units: readonly Unit[]): Schemas['contract.Equipment'][] {
  const count = new Map<string, number>();
  for (const unit of units) if (chosen.includes(unit.id)) count.set(unit.kind, (count.get(unit.kind) ?? 0) + 1);
  return [...count].map(([name, n]) => ({ name, count: n }));
}

/** What the hub says of its units, by the call signs that are said on the telephone. */
export function signed(detail: string, units: readonly Pick<Unit, 'id' | 'call_sign'>[]): string {
  const signs = new Map(units.map(({ id, call_sign }) => [id, call_sign]));
  return detail.replaceAll(/[\w-]+/g, (one) => signs.get(one) ?? one);
}

export type Field = 'decision' | 'units' | 'reason' | 'said_by' | 'people' | 'departure_at' | 'arrival_at';

/** Fields that are in sight only where somebody goes, or where somebody does not go as asked for. */
const SENDS: ReadonlySet<Field> = new Set(['units', 'people', 'departure_at', 'arrival_at']);

/** Which field of the form a refusal of the hub is about; null where that is none, or one that is not in sight. */
export function atFault(problem: unknown, way: Way): Field | null {
  const [first = ''] = problem instanceof Problem ? (problem.field ?? '').split(/[./[]/) : [];
  const field = (first === 'composition' ? 'people' : first) as Field;
  if (field === 'reason') return way === 'accept' ? null : field;
  if (SENDS.has(field)) return way === 'refuse' ? null : field;
  return field === 'decision' || field === 'said_by' ? field : null;
}

/** Whose word the decision that stands is; null where the service sent it itself. */
export const wordOfMouth = ({ answers }: Pick<ForcesRequest, 'answers'>): Schemas['Telephoned'] | null => answers?.findLast((one) => one.decision)?.telephoned ?? null;

/** The request that a service answers on a card: one that waits for it, else the last that goes on. */
export function awaited(incident: Incident, service: string | null = null): ForcesRequest | null {
  const active = requestsOf(incident).filter((one) => isActive(one) && (service === null || one.service === service));
  return active.find((one) => one.state === 'open') ?? (service === null ? active[0] : active.at(-1)) ?? null;
}

/** The request that a service named alone answers: that of the open card, else the only one that waits for it anywhere. */
export function answering(service: string, open: Incident | null, rows: readonly Incident[]): { incident: string; request: string } | null {
  const here = open === null ? null : awaited(open, service);
  if (open !== null && here !== null) return { incident: open.id, request: here.id };
  const waiting = rows.flatMap((incident) => requestsOf(incident).filter((one) => one.service === service && one.state === 'open'));
  const [only] = waiting;
  return only !== undefined && waiting.length === 1 ? { incident: only.incident, request: only.id } : null;
}
