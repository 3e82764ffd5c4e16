//! Events change the state; nothing else does. Replaying the journal goes through here.

use super::{NeighbourCard, RegionState};
use crate::domain::event::RegionEvent as E;
use crate::domain::forces::{AnswerVersion, ForcesRequest, RequestState, Stage};
use crate::domain::ids::{IncidentId, RequestId};
use crate::domain::incident::{Incident, IncidentStatus, MessageBrief, Outcome, Relation, Told};
use crate::domain::response_plan::Plans;
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::sync::Arc;

impl RegionState {
    /// Applies one event that happened at `at`. An event about a card that is no longer in memory changes nothing:
    /// whoever decides about such a card adopts it first ([`RegionState::adopt`]).
    pub fn apply(&mut self, event: &E, at: Timestamp) {
        match event {
            E::MessageReceived { message, incident } => {
                self.seen.insert(message.id, *incident);
                self.arrived.insert(message.id, Arc::new(MessageBrief::of(message)));
            }
            E::IncidentOpened { incident, number, subject, message, words, exercise, edition } => {
                let brief = self.arrived.remove(message);
                let opened_at = brief.as_ref().map_or(at, |b| b.at);
                self.next_number = self.next_number.saturating_add(1);
                self.incidents.insert(
                    *incident,
                    Incident {
                        id: *incident,
                        region: self.region,
                        number: number.clone(),
                        version: 1,
                        status: IncidentStatus::Open,
                        exercise: *exercise,
                        edition: edition.clone(),
                        subject: *subject,
                        subject_stated: false,
                        opened_at: at,
                        last_message_at: opened_at,
                        closed_at: None,
                        outcome: None,
                        messages: brief.into_iter().collect(),
                        messages_between: 0,
                        words: words.clone(),
                        categories: Vec::new(),
                        proposed_category: None,
                        locations: Vec::new(),
                        legal: Vec::new(),
                        consequences: Vec::new(),
                        scales: Vec::new(),
                        proposed_scale: None,
                        public_resonance: false,
                        links: Default::default(),
                        guesses: Vec::new(),
                        told: Default::default(),
                        neighbours: Default::default(),
                        neighbour_notices: Default::default(),
                        requests: Default::default(),
                        notes: Vec::new(),
                        answers: Vec::new(),
                    },
                );
                self.nearby.insert(*incident, None, opened_at);
            }
            E::MessageJoined { message, incident, words, .. } => {
                let brief = self.arrived.remove(message);
                self.change(*incident, |i| {
                    i.add_messages(brief);
                    i.words.extend(words);
                });
                if let Some(card) = self.incidents.get(incident) {
                    self.telling.joined(card);
                }
            }
            E::JoinGuessed { incident, guesses } => self.change(*incident, |i| i.guesses.clone_from(guesses)),
            E::MessageSplit { message, from, to, .. } => {
                let mut moved = None;
                self.change(*from, |i| {
                    moved = i.take_off(*message);
                    i.links.insert((Relation::SplitInto, *to));
                });
                // The new card is opened right after, and finds its message here.
                if let Some(brief) = moved {
                    self.seen.insert(*message, *to);
                    self.arrived.insert(*message, brief);
                }
            }
            E::IncidentsMerged { into, from, reason: _ } => self.merge(*into, *from, at),
            E::IncidentsLinked { one, relation, other } => {
                self.change(*one, |i| {
                    i.links.insert((*relation, *other));
                });
                self.change(*other, |i| {
                    i.links.insert((relation.inverse(), *one));
                });
            }
            E::IncidentsUnlinked { one, relation, other } => {
                self.change(*one, |i| {
                    i.links.remove(&(*relation, *other));
                });
                self.change(*other, |i| {
                    i.links.remove(&(relation.inverse(), *one));
                });
            }
            E::CategorySet { incident, category } => {
                self.change(*incident, |i| {
                    i.categories.push(category.clone());
                    i.proposed_category = None;
                });
            }
            E::CategoryProposed { incident, category } => {
                self.change(*incident, |i| i.proposed_category = Some(category.clone()));
            }
            E::SubjectSet { incident, subject, stated } => self.change(*incident, |i| {
                i.subject = *subject;
                i.subject_stated = *stated;
            }),
            E::LocationSet { incident, location } => {
                self.change(*incident, |i| i.locations.push(location.clone()));
                if let Some(i) = self.incidents.get(incident) {
                    self.nearby.insert(*incident, i.point(), i.last_message_at);
                }
            }
            E::LegalStatusSet { incident, status } => {
                self.change(*incident, |i| i.legal.push(status.as_ref().clone()));
            }
            E::ConsequencesSet { incident, consequences } => {
                self.change(*incident, |i| i.consequences.push(consequences.clone()));
            }
            E::ScaleSet { incident, scale } => self.change(*incident, |i| {
                i.scales.push(scale.clone());
                i.proposed_scale = None;
            }),
            E::ScaleProposed { incident, scale } => {
                self.change(*incident, |i| i.proposed_scale.clone_from(scale));
            }
            E::PublicResonanceSet { incident, public_resonance } => {
                self.change(*incident, |i| i.public_resonance = *public_resonance);
            }
            E::AnswersGiven { incident, answers, words } => self.change(*incident, |i| {
                i.answers.push(answers.clone());
                i.words.extend(words);
            }),
            E::JoinDeclined { incident, other, .. } => {
                for (one, two) in [(*incident, *other), (*other, *incident)] {
                    self.change(one, |i| i.guesses.retain(|g| g.incident != two));
                }
            }
            E::Noted { incident, note } => self.change(*incident, |i| i.notes.push(note.clone())),
            E::Told { incident: None, distribution, recipients, content }
                if content == super::modes::THREAT_NOTICE =>
            {
                let told = self.threats_told.get_or_insert_default();
                told.extend(recipients.iter().map(|r| (r.service.clone(), *distribution)));
            }
            E::Told { incident, recipients, content, distribution } => {
                if let Some(incident) = incident {
                    let to_all = |card: &Incident| {
                        content == "incident_notice"
                            && self.who_knows(card).all(|t| {
                                recipients.iter().any(|r| r.region == t.region && r.service == t.service)
                            })
                    };
                    if self.incidents.get(incident).is_some_and(to_all) {
                        self.telling.told(*incident, at);
                    }
                    self.change(*incident, |i| {
                        for r in recipients {
                            let Some(sequence) = r.sequence else { continue };
                            let notice = (content == "incident_notice").then_some(*distribution);
                            match i.told.iter_mut().find(|t| t.region == r.region && t.service == r.service) {
                                Some(told) => {
                                    told.sequence = sequence;
                                    told.notice = notice.or(told.notice);
                                }
                                None => i.told.push(Told {
                                    region: r.region,
                                    service: r.service.clone(),
                                    sequence,
                                    since: at,
                                    notice,
                                }),
                            }
                        }
                    });
                }
            }
            E::NeighbourTold { incident, region, distribution } => {
                // Where services know of it they hear with the neighbours.
                if self.incidents.get(incident).is_some_and(|card| self.who_knows(card).next().is_none()) {
                    self.telling.told(*incident, at);
                }
                self.change(*incident, |i| {
                    i.neighbours.insert(*region);
                    i.neighbour_notices.insert(*region, *distribution);
                });
            }
            E::NeighbourNoticeTaken { from, neighbour_incident, notice, exercise } => {
                let card = NeighbourCard {
                    from: *from,
                    incident: *neighbour_incident,
                    notice: notice.as_ref().clone(),
                    told_at: at,
                    exercise: *exercise,
                };
                self.neighbours.insert(*neighbour_incident, card);
            }
            E::ForcesRequested { request } => {
                self.requests.insert(request.id, request.incident);
                self.carried.insert(request.distribution, request.id);
                self.change(request.incident, |i| forces(i, event));
            }
            E::ForcesAnswered { incident, .. }
            | E::EngagementReached { incident, .. }
            | E::RequestCancelled { incident, .. } => self.change(*incident, |i| forces(i, event)),
            E::AnswerDeclined { incident, request, answer } => self.change(*incident, |i| {
                if let Some(r) = i.requests.get_mut(request) {
                    r.decline(answer.as_ref().clone());
                }
            }),
            E::ArrivalProposed { incident, request, unit, at } => self.change(*incident, |i| {
                let found = i.requests.get_mut(request).and_then(|r| r.engagements.get_mut(unit));
                if let Some(engagement) = found.filter(|e| e.stage < Stage::Arrived) {
                    engagement.arrival_proposed_at.get_or_insert(*at);
                }
            }),
            E::ArrivalVoided { incident, request, unit } => self.change(*incident, |i| {
                let found = i.requests.get_mut(request).and_then(|r| r.engagements.get_mut(unit));
                if let Some(engagement) = found.filter(|e| e.stage < Stage::Arrived) {
                    engagement.arrival_proposed_at = None;
                }
            }),
            E::IncidentClosed { incident, outcome } => {
                self.change(*incident, |i| {
                    i.status = IncidentStatus::Closed;
                    i.closed_at = Some(at);
                    i.outcome = Some(outcome.clone());
                });
                self.nearby.remove(*incident);
            }
            E::IncidentReopened { incident, .. } => {
                self.change(*incident, |i| {
                    i.status =
                        if i.requests.is_empty() { IncidentStatus::Open } else { IncidentStatus::Responding };
                    i.closed_at = None;
                    i.outcome = None;
                });
                if let Some(i) = self.incidents.get(incident) {
                    self.nearby.insert(*incident, i.point(), i.last_message_at);
                }
            }
            E::ServiceHeard { from: None, service, upto } => {
                self.heard.insert(service.clone(), *upto);
            }
            E::ServiceHeard { from: Some(from), service, upto } => {
                self.heard_abroad.entry(*from).or_default().insert(service.clone(), *upto);
            }
            E::SettingsSet { settings } => {
                self.settings = settings.as_ref().clone();
                self.settings_version += 1;
            }
            E::PlansSet { rows, version, .. } => {
                self.own_plans = rows.clone().map(Plans::restored).map(Arc::new);
                self.plans_version = *version;
            }
            E::Mode(e) => {
                self.mode.apply(e);
                if super::modes::ends_the_threat(e) && self.mode.gravest_for(true) == super::Mode::Everyday {
                    self.threats_told = Some(Default::default());
                }
            }
            E::Obligation(e) => self.obligations.apply(e),
            E::Shift(e) => self.shifts.apply(e),
            E::Directive(e) => self.directives.apply(e),
            E::Situation(e) => self.situation.apply(e),
            E::Warning(e) => self.warnings.apply(e),
            E::Formation(e) => self.formations.apply(e),
            E::Notice(e) => self.notices.apply(e),
            E::Organisation(e) => self.organisations.apply(e),
            E::Lookup(e) => self.lookups.apply(e),
            E::ServiceDesk(e) => Arc::make_mut(&mut self.service_desks).apply(e),
            E::ZoneSet { zone } => {
                self.zones.insert(zone.id, zone.as_ref().clone());
            }
            E::ClosureSet { closure } => {
                self.closures.insert(closure.id, closure.as_ref().clone());
            }
        }
        self.note_parts(event);
    }

    fn change(&mut self, id: IncidentId, with: impl FnOnce(&mut Incident)) {
        if let Some(i) = self.incidents.get_mut(&id) {
            i.version += 1;
            with(i);
        }
    }

    fn merge(&mut self, into: IncidentId, from: IncidentId, at: Timestamp) {
        let Some(source) = self.incidents.get_mut(&from) else { return };
        source.version += 1;
        source.status = IncidentStatus::Merged;
        source.closed_at = Some(at);
        source.outcome = Some(Outcome::Resolved { note: String::new() });
        source.links.insert((Relation::MergedInto, into));
        let messages = source.messages.clone();
        let words = source.words.clone();
        self.nearby.remove(from);
        for m in messages.iter() {
            self.seen.insert(m.id, into);
        }
        self.change(into, |i| {
            i.add_messages(messages.shared().cloned());
            i.words.extend(&words);
            i.links.insert((Relation::MergedFrom, from));
            i.guesses.retain(|g| g.incident != from);
        });
    }
}

/// What an event says of a card's forces; any other changes nothing here.
fn forces(card: &mut Incident, event: &E) {
    match event {
        E::ForcesRequested { .. } => card.status = IncidentStatus::Responding,
        E::EngagementReached { stage: Stage::Departed, .. } if card.status == IncidentStatus::Open => {
            card.status = IncidentStatus::Responding;
        }
        _ => {}
    }
    requests(&mut card.requests, event);
}

/// A card's requests as these events, not applied yet, leave them.
pub(super) fn requests_after(card: &Incident, events: &[E]) -> BTreeMap<RequestId, ForcesRequest> {
    let mut after = card.requests.clone();
    for event in events.iter().filter(|event| event.incident() == Some(card.id)) {
        requests(&mut after, event);
    }
    after
}

fn requests(all: &mut BTreeMap<RequestId, ForcesRequest>, event: &E) {
    match event {
        E::ForcesRequested { request } => {
            all.insert(request.id, request.as_ref().clone());
        }
        E::ForcesAnswered {
            request,
            decision,
            composition,
            departure_at,
            arrival_at,
            units,
            telephoned,
            at,
            ..
        } => {
            let Some(r) = all.get_mut(request) else { return };
            let Some(named) = units else {
                // Written before it was kept who goes by which answer: what came first stands.
                r.decided(decision.as_ref(), *at);
                r.composition = composition.clone().or(r.composition.take());
                r.departure_at = r.departure_at.or(*departure_at);
                r.arrival_at = r.arrival_at.or(*arrival_at);
                return;
            };
            let answer = AnswerVersion {
                at: *at,
                decision: decision.clone(),
                composition: composition.clone(),
                departure_at: *departure_at,
                arrival_at: *arrival_at,
                others: false,
                telephoned: telephoned.clone(),
            };
            r.take_answer(answer, named);
        }
        E::EngagementReached { request, unit, stage, at, source, .. } => {
            if let Some(r) = all.get_mut(request) {
                r.reach(unit, *stage, *at, source.clone());
            }
        }
        E::RequestCancelled { request, .. } => {
            if let Some(r) = all.get_mut(request) {
                r.state = RequestState::Cancelled;
            }
        }
        _ => {}
    }
}
