// What an agency says to the hub, in the contract's envelope (src/bus/contract.md): the same over HTTP as over AMQP.
import { uuid } from '../api/uuid';
import type { Schemas } from '../api/types';

export type AgencyContent = Schemas['AgencyContent'];
type Head = Schemas['contract.Head'];

/** What a message of ours answers: its distribution id, incident and whether it is an exercise are carried back. */
export interface About {
  distribution_id: string;
  incident?: string | null;
  message: { [key: string]: unknown };
}

const KINDS: Record<AgencyContent['content_type'], Head['kind']> = {
  technical_ack: 'ack',
  read_ack: 'ack',
  directive_ack: 'ack',
  forces_answer: 'response',
  heartbeat_reply: 'response',
  readiness_report: 'report',
  unit_status: 'report',
  positions: 'report',
  situation_report: 'report',
  emergency_report: 'report',
  action_report: 'report',
  warning_report: 'response',
  error: 'error',
};

const STATUSES: readonly Head['status'][] = ['actual', 'exercise', 'test'];

/** A message from the service to the hub of its region; `exercise`: whoever wrote it says that it is part of one. */
export function envelope(from: { region: string; service: string }, said: AgencyContent, about: About | null, now: Date = new Date(), exercise = false): Schemas['AgencyMessage'] {
  const told = about?.message['status'];
  const trace = about?.message['trace'];
  const head: Head = {
    contract: said.content_type === 'warning_report' ? '1.3' : '1.0',
    distribution_id: uuid(now.getTime()),
    sender: from,
    recipients: [{ region: from.region, service: 'hub' }],
    sent_at: now.toISOString(),
    // What answers an exercise is part of it: it must never be taken for real.
    status: exercise ? 'exercise' : (STATUSES.find((one) => one === told) ?? 'actual'),
    kind: KINDS[said.content_type],
    references: about?.distribution_id ?? null,
    incident: about?.incident ?? null,
    ...(typeof trace === 'string' ? { trace } : {}),
  };
  return { ...head, ...said } as Schemas['AgencyMessage'];
}
