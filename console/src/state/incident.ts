// What a duty officer does to a card. Each answer is the card as it is then, shown at once.
import { asked, hub, ifMatch, SEEN } from '../api/client';
import { Problem } from '../api/problem';
import type { Incident, Schemas } from '../api/types';
import { restsTheSame } from './additional';
import { region } from './region.svelte';

type Path = { params: { path: { id: string }; header: { 'If-Match': string } } };
type Part = 'messages' | 'messages_between' | 'answers' | 'categories' | 'legal' | 'consequences' | 'scales' | 'locations' | 'status' | 'subject' | 'public_resonance';

/** How often a change is sent anew for a card that its crews keep changing. */
const TRIES = 5;

function at(incident: Incident): Path {
  return { params: { path: { id: incident.id }, header: ifMatch(incident.version) } };
}

/**
 * Changes a part of a card. The hub takes it as long as that on which it rests is as the person saw it, whoever has called
 * or reported meanwhile; after a start it knows only the version, and what is the same is sent anew. When the part itself is
 * another, the decision is the person's again: then the newest is shown, and the problem says so.
 */
async function change(seen: Incident, parts: Part | Part[], send: (incident: Incident) => Promise<Incident>): Promise<void> {
  const of = (one: Incident) => JSON.stringify([parts].flat().map((part) => one[part]));
  let incident = seen;
  for (let tried = 1; ; tried++) {
    try {
      region.show(await send(incident));
      return;
    } catch (problem) {
      if (!(problem instanceof Problem) || problem.kind !== 'stale') throw problem;
      incident = await read(seen.id);
      region.show(incident);
      if (tried >= TRIES || of(incident) !== of(seen)) throw problem;
    }
  }
}

export const read = (id: string): Promise<Incident> => asked(hub.GET('/api/v1/incidents/{id}', { params: { path: { id } } }));

export const setCategory = (seen: Incident, code: string) =>
  change(seen, 'categories', (incident) => asked(hub.PUT('/api/v1/incidents/{id}/category', { ...at(incident), body: { code } })));

export const identify = (seen: Incident, body: Schemas['Identification']) =>
  change(seen, 'legal', (incident) => asked(hub.POST('/api/v1/incidents/{id}/identification', { ...at(incident), body })));

export const setConsequences = (seen: Incident, body: Schemas['Consequences']) =>
  change(seen, 'consequences', (incident) => asked(hub.PUT('/api/v1/incidents/{id}/consequences', { ...at(incident), body })));

export const setScale = (seen: Incident, body: Schemas['NewScale']) =>
  change(seen, 'scales', (incident) => asked(hub.PUT('/api/v1/incidents/{id}/scale', { ...at(incident), body })));

export const setLocation = (seen: Incident, body: Schemas['Location']) =>
  change(seen, 'locations', (incident) => asked(hub.PUT('/api/v1/incidents/{id}/location', { ...at(incident), body })));

export const note = (seen: Incident, text: string) =>
  change(seen, 'status', (incident) => asked(hub.POST('/api/v1/incidents/{id}/notes', { ...at(incident), body: { text } })));

export const merge = (seen: Incident, from: string, reason: string) =>
  change(seen, 'status', (incident) => asked(hub.POST('/api/v1/incidents/{id}/merge', { ...at(incident), body: { from, reason } })));

export const link = (seen: Incident, other: string, relation: Schemas['Relation']) =>
  change(seen, 'status', (incident) => asked(hub.POST('/api/v1/incidents/{id}/links', { ...at(incident), body: { other, relation } })));

/** Another card that was proposed as the same is not. */
export const notTheSame = (seen: Incident, other: string, reason: string) =>
  change(seen, 'status', (incident) => asked(hub.POST('/api/v1/incidents/{id}/decline-join', { ...at(incident), body: { other, reason } })));

export const unlink = (seen: Incident, other: string, relation: Schemas['Relation']) =>
  change(seen, 'status', (incident) => asked(hub.POST('/api/v1/incidents/{id}/unlink', { ...at(incident), body: { other, relation } })));

/** Takes a message off onto a card of its own. */
export const split = (seen: Incident, message: string, reason: string) =>
  change(seen, 'status', (incident) => asked(hub.POST('/api/v1/incidents/{id}/split', { ...at(incident), body: { message, reason } })));

export const reopen = (seen: Incident, reason: string) =>
  change(seen, 'status', (incident) => asked(hub.POST('/api/v1/incidents/{id}/reopen', { ...at(incident), body: { reason } })));

export const setSubject = (seen: Incident, subject: Schemas['Subject']) =>
  change(seen, 'subject', (incident) => asked(hub.PUT('/api/v1/incidents/{id}/subject', { ...at(incident), body: { subject } })));

export const setResonance = (seen: Incident, on: boolean) =>
  change(seen, 'public_resonance', (incident) => asked(hub.PUT('/api/v1/incidents/{id}/public-resonance', { ...at(incident), body: { public_resonance: on } })));

export const close = (seen: Incident, body: Schemas['Outcome']) =>
  change(seen, ['status', 'messages', 'messages_between', 'answers', 'legal'], (incident) => asked(hub.POST('/api/v1/incidents/{id}/close', { ...at(incident), body })));

/** What was answered while the questions went on: the category is ranked anew, and services whose part is clear are told. */
export const addAnswers = (seen: Incident, body: Schemas['NewAnswers']) =>
  change(seen, 'status', (incident) => asked(hub.POST('/api/v1/incidents/{id}/answers', { ...at(incident), body })));

/** Services that were not told yet hear of every change from now on. */
export const inform = (seen: Incident, services: string[]) =>
  change(seen, 'status', (incident) => asked(hub.POST('/api/v1/incidents/{id}/inform', { ...at(incident), body: { services } })));

/**
 * Additional forces: what they rest on is theirs (`additional.ts`), and as long as that is as the person saw it they are asked for
 * over the newest card. When it is another, the newest is shown, and the problem says so.
 */
export async function requestAdditional(seen: Incident, forces: Omit<Schemas['NewForces'], 'act'>[]): Promise<void> {
  const services = forces.map((one) => one.service);
  const wanted = forces.map((one): Schemas['NewForces'] => ({ ...one, act: 'additional' }));
  let incident = seen;
  for (let tried = 1; ; tried++) {
    try {
      await askForForces(incident, wanted);
      return;
    } catch (problem) {
      if (!(problem instanceof Problem) || problem.kind !== 'stale') throw problem;
      incident = await read(seen.id);
      region.show(incident);
      if (tried >= TRIES || !restsTheSame(seen, incident, services)) throw problem;
    }
  }
}

async function askForForces(seen: Incident, forces: Schemas['NewForces'][]): Promise<void> {
  const params = { path: { id: seen.id }, header: ifMatch(seen.version) };
  // A wave after one whose answer was lost, and which the card shows by now, is another wave.
  const headers = { [SEEN]: String(Object.keys(seen.requests).length) };
  region.show(await asked(hub.POST('/api/v1/incidents/{id}/forces', { params, headers, body: { forces } })));
}

/**
 * Without forces: the recommendation of this moment is confirmed. The hub asks for nothing when somebody else has, or when
 * the card is of another event or place by now: then the newest is shown, and the decision is the person's again.
 */
export async function requestForces(seen: Incident, forces: Schemas['NewForces'][]): Promise<void> {
  try {
    await askForForces(seen, forces);
  } catch (problem) {
    if (problem instanceof Problem && problem.kind === 'stale') region.show(await read(seen.id));
    throw problem;
  }
}

export const cancelRequest = (seen: Incident, request: string, reason: string) =>
  change(seen, 'status', (incident) =>
    asked(
      hub.POST('/api/v1/incidents/{id}/requests/{request}/cancel', {
        params: { path: { id: incident.id, request }, header: ifMatch(incident.version) },
        body: { reason },
      }),
    ),
  );

/** What a service answered by telephone. */
export async function recordAnswer(incident: string, request: string, body: Schemas['NewAnswer']): Promise<void> {
  await asked(hub.POST('/api/v1/incidents/{id}/requests/{request}/answer', { params: { path: { id: incident, request } }, body }));
}

/** A stage that a crew told by telephone or radio. */
export async function recordStage(incident: string, request: string, unit: string, stage: Schemas['Stage'], when: Date): Promise<void> {
  await asked(
    hub.POST('/api/v1/incidents/{id}/requests/{request}/stages', {
      params: { path: { id: incident, request } },
      body: { unit, stage, at: when.toISOString() },
    }),
  );
}
