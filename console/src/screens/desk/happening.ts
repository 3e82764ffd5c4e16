// An event of the journal as a line for people.
import type { Happened } from '../../api/types';
import { t, word } from '../../i18n';
import { callSign, namedCategory, serviceShort } from '../../state/names';

interface Said {
  what: string;
  detail: string;
}

type Body = Record<string, unknown>;

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const inside = (value: unknown): Body => (typeof value === 'object' && value !== null ? (value as Body) : {});

/** What is worth saying besides the kind. */
const DETAILS: Record<string, (event: Body) => string> = {
  message_received: (e) => text(inside(e['message'])['text']),
  message_joined: (e) => t('event-joined-score', { score: Math.round(Number(e['score']) * 100) }),
  category_set: (e) => {
    const category = inside(e['category']);
    return `${namedCategory(text(category['code']))}, ${word('severity', text(category['severity']) || 'p4')}`;
  },
  subject_set: (e) => word('subject', text(e['subject'])),
  location_set: (e) => text(inside(inside(e['location'])['location'])['address']),
  legal_status_set: (e) => `${word('standing', text(inside(e['status'])['standing']))}. ${text(inside(e['status'])['basis'])}`,
  scale_set: (e) => `${word('scale', text(inside(e['scale'])['scale']))}. ${text(inside(e['scale'])['basis'])}`,
  consequences_set: (e) => {
    const figures = inside(inside(e['consequences'])['figures']);
    return t('consequences-told', { dead: Number(figures['dead'] ?? 0), injured: Number(figures['injured'] ?? 0), affected: Number(figures['affected'] ?? 0) });
  },
  noted: (e) => text(inside(e['note'])['text']),
  told: (e) => {
    const recipients = Array.isArray(e['recipients']) ? e['recipients'] : [];
    const names = recipients.map((one) => serviceShort(text(inside(one)['service'])));
    return `${t(`content-${text(e['content']).replaceAll('_', '-')}`)} → ${names.join(', ')}`;
  },
  forces_requested: (e) => {
    const request = inside(e['request']);
    return `${serviceShort(text(request['service']))} × ${Number(request['count'])}`;
  },
  forces_answered: (e) => {
    const decision = text(inside(e['decision'])['decision']);
    return decision === '' ? '' : word('decision', decision);
  },
  engagement_reached: (e) => `${callSign(text(e['unit']))}: ${word('stage', text(e['stage']))}`,
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
  return { what: t(`event-${kind.replaceAll('_', '-')}`), detail: DETAILS[kind]?.(body) ?? '' };
}

