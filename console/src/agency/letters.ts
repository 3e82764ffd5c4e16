// The agency's letters, put together as a dispatcher thinks of them: what waits for an answer, what is being worked on,
// what is to be known.
import type { components } from '../api/contract';
import type { Schemas } from '../api/types';

/** The message inside is described by the AsyncAPI document, not by the interface's. */
export type Letter = Omit<Schemas['Letter'], 'message'> & { message: Record<string, unknown> };
type Contract = components['schemas'];
export type Notice = Contract['IncidentNotice'];
export type Asked = Contract['contract.ForcesRequest'];
export type Directive = Contract['contract.Directive'];
export type Overdue = Contract['contract.Notice'];
export type Threat = Contract['contract.ThreatNotice'];
export type Warning = Contract['contract.Warning'];
export type Situation = Contract['contract.Situation'];

export interface Contents {
  incident_notice: Notice;
  forces_request: Asked;
  request_cancelled: Contract['contract.RequestCancelled'];
  situation: Situation;
  threat_notice: Threat;
  directive: Directive;
  warning: Warning;
  notice: Overdue;
  heartbeat: Contract['contract.Heartbeat'];
  acknowledgement: Contract['contract.Acknowledgement'];
  error: Contract['contract.Error'];
}

/** What a letter says, if it is of this type. */
export function says<T extends keyof Contents>(letter: Letter, type: T): Contents[T] | null {
  return letter.content_type === type ? (letter.message['content'] as Contents[T]) : null;
}

/** One request for forces with everything that is known around it. */
export interface Request {
  letter: Letter;
  asked: Asked;
  /** The newest notice of its incident. */
  notice: Notice | null;
  /** Why it no longer stands. */
  withdrawn: string | null;
}

/** In the order in which they were told; a later letter overrides an earlier one of the same incident. */
export function inOrder(letters: Iterable<Letter>): Letter[] {
  return [...letters].sort((a, b) => a.arrived_at.localeCompare(b.arrived_at) || (a.sequence ?? 0) - (b.sequence ?? 0));
}

/** The newest notice of each incident. */
export function notices(letters: Iterable<Letter>): Map<string, { letter: Letter; notice: Notice }> {
  const found = new Map<string, { letter: Letter; notice: Notice }>();
  for (const letter of letters) {
    const notice = says(letter, 'incident_notice');
    if (notice === null || !letter.incident) continue;
    const held = found.get(letter.incident);
    if (held === undefined || (held.letter.sequence ?? 0) <= (letter.sequence ?? 0)) found.set(letter.incident, { letter, notice });
  }
  return found;
}

/** Requests, the soonest due first; those without a due time by when they came. */
export function requests(letters: Letter[]): Request[] {
  const about = notices(letters);
  const cancelled = new Map<string, string>();
  for (const letter of letters) {
    const cancel = says(letter, 'request_cancelled');
    // With units named only those are let go: the request stands.
    if (cancel !== null && (cancel.units ?? []).length === 0) cancelled.set(cancel.request_id, cancel.reason);
  }
  const found = new Map<string, Request>();
  for (const letter of letters) {
    const asked = says(letter, 'forces_request');
    if (asked === null) continue;
    const notice = letter.incident ? (about.get(letter.incident)?.notice ?? null) : null;
    found.set(asked.request_id, { letter, asked, notice, withdrawn: cancelled.get(asked.request_id) ?? null });
  }
  return [...found.values()].sort((a, b) => due(a).localeCompare(due(b)));
}

const due = (request: Request) => request.asked.reply_due ?? request.letter.arrived_at;

/** Whether the incident of the request goes on, as far as the agency was told. */
export function isOver(request: Request): boolean {
  return request.withdrawn !== null || request.notice?.stage === 'closed' || request.notice?.stage === 'withdrawn';
}
