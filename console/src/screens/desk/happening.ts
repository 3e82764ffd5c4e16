// An event of the journal as a line for people.
import type { Happened, Schemas } from '../../api/types';
import { atMinute } from '../../format/time';
import { t, word } from '../../i18n';
import { callSign, namedCategory, ruleName, serviceShort } from '../../state/names';
import { saidOf, scaleSaid } from './figures';

interface Said {
  what: string;
  detail: string;
}

type Body = Record<string, unknown>;

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const inside = (value: unknown): Body => (typeof value === 'object' && value !== null ? (value as Body) : {});

const list = (value: unknown): unknown[] => (Array.isArray(value) ? (value as unknown[]) : []);

/** Kinds of vehicle that have a word of ours; an agency may write any other in its own words. */
const VEHICLES: ReadonlySet<string> = new Set(['fire_engine', 'ladder', 'rescue_vehicle', 'heavy_vehicle', 'command_vehicle', 'ambulance', 'intensive_care_ambulance', 'patrol_car', 'team_van', 'repair_vehicle', 'helicopter', 'boat']);
const vehicle = (name: string): string => (VEHICLES.has(name) ? word('unit-kind', name) : name);

/** People and what they bring. */
function composition(of: Body): string {
  const people = Number(of['people'] ?? 0);
  const things = list(of['equipment']).map(inside).map((one) => `${vehicle(text(one['name']))} × ${Number(one['count'] ?? 1)}`);
  return [people > 0 ? t('answer-people', { n: people }) : '', ...things].filter(Boolean).join(', ');
}

const reasonWord = (code: string): string => (code === '' ? '' : word('reason-code', code));

/** Whose word it is, where it came by telephone. */
function mouth(told: Body): string {
  const [who, by] = [text(told['said_by']), text(told['recorded_by'])];
  if (by === '') return '';
  return who === '' ? t('telephoned-by-nobody', { by }) : t('telephoned-by', { who, by });
}

/** What is worth saying besides the kind. */
const DETAILS: Record<string, (event: Body) => string> = {
  message_received: (e) => text(inside(e['message'])['text']),
  message_joined: (e) => t('event-joined-score', { score: Math.round(Number(e['score']) * 100) }),
  category_set: (e) => {
    const category = inside(e['category']);
    return `${namedCategory(text(category['code']))}, ${word('severity', text(category['severity']) || 'p4')}`;
  },
  category_proposed: (e) => {
    const category = inside(e['category']);
    return `${namedCategory(text(category['code']))}, ${word('severity', text(category['severity']) || 'p4')}`;
  },
  subject_set: (e) => word('subject', text(e['subject'])),
  location_set: (e) => text(inside(inside(e['location'])['location'])['address']),
  legal_status_set: (e) => `${word('standing', text(inside(e['status'])['standing']))}. ${text(inside(e['status'])['basis'])}`,
  scale_set: (e) => {
    const scale = inside(e['scale']) as unknown as Schemas['ScaleVersion'];
    return `${scaleSaid(scale)}. ${scale.basis}`;
  },
  scale_proposed: (e) => {
    const scale = text(inside(e['scale'])['scale']);
    return scale === '' ? '' : word('scale', scale);
  },
  consequences_set: (e) => saidOf(inside(inside(e['consequences'])['figures'])),
  noted: (e) => text(inside(e['note'])['text']),
  told: (e) => {
    const names = list(e['recipients']).map((one) => serviceShort(text(inside(one)['service'])));
    return `${t(`content-${text(e['content']).replaceAll('_', '-')}`)} → ${names.join(', ')}`;
  },
  forces_requested: (e) => {
    const request = inside(e['request']);
    return `${serviceShort(text(request['service']))} × ${Number(request['count'])}`;
  },
  forces_answered: (e) => {
    const decision = inside(e['decision']);
    const [departs, arrives] = [text(e['departure_at']), text(e['arrival_at'])];
    return [
      text(decision['decision']) === '' ? '' : word('decision', text(decision['decision'])),
      list(e['units']).map((unit) => callSign(text(unit))).join(', '),
      composition(inside(e['composition'])),
      departs === '' ? '' : t('answer-departs', { time: atMinute(departs) }),
      arrives === '' ? '' : t('answer-arrives', { time: atMinute(arrives) }),
      text(inside(decision['reason'])['text']) || reasonWord(text(inside(decision['reason'])['code'])),
      mouth(inside(e['telephoned'])),
    ]
      .filter(Boolean)
      .join(' · ');
  },
  engagement_reached: (e) => [`${callSign(text(e['unit']))}: ${word('stage', text(e['stage']))}`, text(e['at']) === '' ? '' : atMinute(text(e['at']))].filter(Boolean).join(' · '),
  request_cancelled: (e) => text(e['reason']),
  incident_closed: (e) => {
    const outcome = inside(e['outcome']);
    return [word('outcome', text(outcome['outcome'])), text(outcome['note']), text(outcome['reason']), text(outcome['passed_to'])].filter(Boolean).join('. ');
  },
  incident_reopened: (e) => text(e['reason']),
  incidents_merged: (e) => text(e['reason']),
  join_declined: (e) => text(e['reason']),
  answers_given: (e) => text(inside(e['answers'])['text']),
  answer_declined: (e) => callSign(text(inside(e['answer'])['unit'])),
  arrival_voided: (e) => callSign(text(e['unit'])),
  arrival_proposed: (e) => callSign(text(e['unit'])),
  message_split: (e) => text(e['reason']),
};

export function happening({ kind, event }: Happened): Said {
  const body = inside(event);
  return { what: word('event', kind), detail: DETAILS[kind]?.(body) ?? '' };
}


/** What a service's stream says again of what stands in the card's own. */
const TWINS: ReadonlySet<string> = new Set(['request_placed', 'scene_moved', 'forces_answered', 'unit_reached', 'arrival_proposed', 'request_ended']);

export const isTwin = ({ stream, kind }: Pick<Happened, 'stream' | 'kind'>): boolean => stream.startsWith('service/') && TWINS.has(kind);

/** Who, as the journal writes it: a person by name, a service as `75.police`, a further desk of it as `75.police-north`, a rule of the hub as `hub:dispatch`. */
export function actor(by: string): string {
  if (by.startsWith('hub:')) return ruleName(by.slice(4));
  const [, service] = /^\d{2}\.([a-z0-9_-]+)$/.exec(by) ?? [];
  return service === undefined ? by : serviceShort(service);
}
