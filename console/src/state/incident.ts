// What a duty officer does to a card. Each answer is the card as it is then, shown at once.
import { asked, hub, ifMatch } from '../api/client';
import { Problem } from '../api/problem';
import type { Incident, Schemas } from '../api/types';
import { region } from './region.svelte';

type Path = { params: { path: { id: string }; header: { 'If-Match': string } } };

function at(incident: Incident): Path {
  return { params: { path: { id: incident.id }, header: ifMatch(incident.version) } };
}

/** Shows the answer; a card that somebody else changed meanwhile is read anew, so that the person sees why. */
async function done(incident: Incident, call: Promise<Incident>): Promise<void> {
  try {
    region.show(await call);
  } catch (problem) {
    if (problem instanceof Problem && problem.kind === 'stale') region.show(await read(incident.id));
    throw problem;
  }
}

export const read = (id: string): Promise<Incident> => asked(hub.GET('/api/v1/incidents/{id}', { params: { path: { id } } }));

export const setCategory = (incident: Incident, code: string) =>
  done(incident, asked(hub.PUT('/api/v1/incidents/{id}/category', { ...at(incident), body: { code } })));

export const identify = (incident: Incident, body: Schemas['Identification']) =>
  done(incident, asked(hub.POST('/api/v1/incidents/{id}/identification', { ...at(incident), body })));

export const setConsequences = (incident: Incident, body: Schemas['Consequences']) =>
  done(incident, asked(hub.PUT('/api/v1/incidents/{id}/consequences', { ...at(incident), body })));

export const setScale = (incident: Incident, body: Schemas['NewScale']) =>
  done(incident, asked(hub.PUT('/api/v1/incidents/{id}/scale', { ...at(incident), body })));

export const setLocation = (incident: Incident, body: Schemas['Location']) =>
  done(incident, asked(hub.PUT('/api/v1/incidents/{id}/location', { ...at(incident), body })));

export const note = (incident: Incident, text: string) =>
  done(incident, asked(hub.POST('/api/v1/incidents/{id}/notes', { ...at(incident), body: { text } })));

export const merge = (incident: Incident, from: string, reason: string) =>
  done(incident, asked(hub.POST('/api/v1/incidents/{id}/merge', { ...at(incident), body: { from, reason } })));

export const link = (incident: Incident, other: string, relation: Schemas['Relation']) =>
  done(incident, asked(hub.POST('/api/v1/incidents/{id}/links', { ...at(incident), body: { other, relation } })));

export const close = (incident: Incident, body: Schemas['Outcome']) =>
  done(incident, asked(hub.POST('/api/v1/incidents/{id}/close', { ...at(incident), body })));

/** Without forces: the recommendation of this moment is confirmed. */
export const requestForces = (incident: Incident, forces: Schemas['NewForces'][]) =>
  done(incident, asked(hub.POST('/api/v1/incidents/{id}/forces', { params: { path: { id: incident.id } }, body: { forces } })));

export const cancelRequest = (incident: Incident, request: string, reason: string) =>
  done(
    incident,
    asked(
      hub.POST('/api/v1/incidents/{id}/requests/{request}/cancel', {
        params: { path: { id: incident.id, request }, header: ifMatch(incident.version) },
        body: { reason },
      }),
    ),
  );

/** A stage that a crew told by telephone or radio. */
export async function recordStage(incident: string, request: string, unit: string, stage: Schemas['Stage'], when: Date): Promise<void> {
  await asked(
    hub.POST('/api/v1/incidents/{id}/requests/{request}/stages', {
      params: { path: { id: incident, request } },
      body: { unit, stage, at: when.toISOString() },
    }),
  );
}
