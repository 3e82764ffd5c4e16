//! The state as rows: one for each card, message, obligation …; written after a decision, read at start.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use jiff::Timestamp;
use serde::Serialize;
use uuid::Uuid;

use super::rests_on::LastChanged;
use super::{Closure, NeighbourCard, RegionRow, RegionSettings, RegionState, ZoneRecord, desk};
use crate::domain::event::RegionEvent as E;
use crate::domain::formation::FormationKey;
use crate::domain::ids::{DirectiveId, IncidentId, MessageId, ObligationId, RegionCode, ReportId};
use crate::domain::incident::{Incident, MessageBetween};
use crate::domain::message::Message;
use crate::domain::organisation::OrganisationKey;
use crate::domain::response_plan::Plans;
use crate::domain::shift::Shift;
use crate::domain::warning::{WarningCase, WarningEvent};

/// Kinds of rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum EntityKind {
    /// A message as received.
    Message,
    /// A card.
    Incident,
    /// A message of a card that does not stand on the card itself.
    MessageBetween,
    /// An obligation.
    Obligation,
    /// A shift.
    Shift,
    /// A directive.
    Directive,
    /// A situation or monitoring report.
    Report,
    /// A summary of reports.
    Summary,
    /// A card of a neighbouring region's hub.
    NeighbourIncident,
    /// A rescue formation.
    Formation,
    /// A notice to a person.
    Notice,
    /// An organisation of the tree.
    Organisation,
    /// A use of another body's database.
    Lookup,
    /// A case of warning the public.
    Warning,
    /// A zone.
    Zone,
    /// A closed road.
    Closure,
    /// What the region holds besides.
    Region,
}

impl EntityKind {
    /// Kinds that the hub needs at start; of messages only those between, of open cards.
    pub const AT_START: [Self; 15] = [
        Self::Region,
        Self::Incident,
        Self::Obligation,
        Self::Shift,
        Self::Directive,
        Self::Report,
        Self::Summary,
        Self::NeighbourIncident,
        Self::Formation,
        Self::Organisation,
        Self::Notice,
        Self::Lookup,
        Self::Warning,
        Self::Zone,
        Self::Closure,
    ];
}

/// One row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntityRow {
    /// What it is.
    pub kind: EntityKind,
    /// Its identity, unique among its kind over all regions.
    pub id: String,
    /// Whether the hub needs it at start.
    pub open: bool,
    /// The entity in JSON.
    pub state: String,
}

/// State types hold nothing that JSON cannot: no maps with keys other than text, no failing serializers.
fn json<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

impl RegionState {
    /// Rows that these events have changed, as they are now.
    #[must_use]
    pub fn rows_after(&self, events: &[E]) -> Vec<EntityRow> {
        let mut rows = Vec::new();
        let mut cards: Vec<IncidentId> = Vec::new();
        let mut obligations: Vec<ObligationId> = Vec::new();
        let mut joined: BTreeMap<IncidentId, usize> = BTreeMap::new();
        let (mut region, mut counter, mut plans, mut plans_version) = (false, false, false, false);
        for event in events {
            cards.extend(event.incident());
            match event {
                E::MessageReceived { message, incident } => rows.push(message_row(message, *incident)),
                E::MessageJoined { incident, .. } => *joined.entry(*incident).or_default() += 1,
                E::IncidentOpened { .. } => counter = true,
                E::PlansSet { version, .. } => {
                    plans = true;
                    plans_version = *version > 0;
                }
                E::MessageSplit { message, from, to, .. } => {
                    cards.push(*to);
                    rows.extend(self.rows_of_taken_off(*from, *message));
                }
                E::IncidentsMerged { into, from, .. } => {
                    cards.push(*from);
                    let came = self.incidents.get(from).map_or(0, |card| card.messages.len());
                    *joined.entry(*into).or_default() += came;
                }
                E::IncidentsLinked { other, .. }
                | E::IncidentsUnlinked { other, .. }
                | E::JoinDeclined { other, .. } => cards.push(*other),
                E::NeighbourNoticeTaken { neighbour_incident, .. } => {
                    rows.extend(self.neighbours.get(neighbour_incident).map(|n| self.neighbour_row(n)));
                }
                E::Obligation(e) => obligations.push(e.obligation()),
                E::Formation(e) => rows.push(self.formation_row(e.formation())),
                E::Notice(e) => rows.extend(self.notices.get(e.notice()).map(|notice| EntityRow {
                    kind: EntityKind::Notice,
                    id: notice.id.to_string(),
                    open: notice.is_open(),
                    state: json(notice),
                })),
                E::Organisation(e) => rows.push(self.organisation_row(e.organisation())),
                E::Lookup(e) => rows.extend(self.lookups.get(e.lookup()).map(|l| EntityRow {
                    kind: EntityKind::Lookup,
                    id: l.id.to_string(),
                    open: l.answer.is_none(),
                    state: json(l),
                })),
                E::ZoneSet { zone } => rows.push(EntityRow {
                    kind: EntityKind::Zone,
                    id: zone.id.to_string(),
                    open: zone.ended_at.is_none(),
                    state: json(zone),
                }),
                E::ClosureSet { closure } => rows.push(EntityRow {
                    kind: EntityKind::Closure,
                    id: closure.id.to_string(),
                    open: closure.opened_at.is_none(),
                    state: json(closure),
                }),
                E::Told { incident: None, content, .. } if content == super::modes::THREAT_NOTICE => {
                    region = true;
                }
                E::ServiceHeard { .. } | E::SettingsSet { .. } | E::Mode(_) | E::ServiceDesk(_) => {
                    region = true
                }
                E::Warning(e) => {
                    region |= matches!(e, WarningEvent::ThreatFound { .. });
                    rows.extend(self.warnings.get(e.warning()).map(|case| self.warning_row(case)));
                }
                E::Shift(_) => {
                    region = true;
                    rows.extend(self.shifts.iter().map(shift_row));
                }
                E::Directive(_) | E::Situation(_) => {
                    region |= matches!(event, E::Situation(_));
                    rows.extend(desk::named(event).and_then(|(kind, id)| self.named_row(kind, id)));
                }
                _ => {}
            }
        }
        for (card, came) in joined {
            let card = self.incidents.get(&card);
            rows.extend(
                card.into_iter().flat_map(|card| card.last_between(came)).map(|one| between_row(&one)),
            );
        }
        cards.sort_unstable();
        cards.dedup();
        rows.extend(cards.iter().filter_map(|id| self.incidents.get(id)).map(card_row));
        obligations.sort_unstable();
        obligations.dedup();
        rows.extend(obligations.iter().filter_map(|id| self.obligations.get(*id)).map(|o| EntityRow {
            kind: EntityKind::Obligation,
            id: o.id.to_string(),
            open: o.status.is_owed(),
            state: json(o),
        }));
        if region {
            rows.push(EntityRow {
                kind: EntityKind::Region,
                id: self.region.to_string(),
                open: true,
                state: json(&self.row()),
            });
        }
        if plans {
            let own = self.own_plans.as_ref();
            rows.push(EntityRow {
                kind: EntityKind::Region,
                id: format!("{}/plans", self.region),
                open: own.is_some(),
                state: json(&own.map(|plans| plans.rows().collect::<Vec<_>>()).unwrap_or_default()),
            });
        }
        if plans_version {
            rows.push(EntityRow {
                kind: EntityKind::Region,
                id: format!("{}/plans_version", self.region),
                open: true,
                state: self.plans_version.to_string(),
            });
        }
        if counter {
            rows.push(EntityRow {
                kind: EntityKind::Region,
                id: format!("{}/next_number", self.region),
                open: true,
                state: self.next_number.to_string(),
            });
        }
        rows
    }

    /// A message was taken off a card: neither it nor those that moved onto the card itself lie between any more.
    fn rows_of_taken_off(&self, from: IncidentId, message: MessageId) -> Vec<EntityRow> {
        let Some(card) = self.incidents.get(&from) else { return Vec::new() };
        let moved: Vec<MessageId> = card.no_longer_between().collect();
        let taken_off = (!moved.is_empty()).then_some(message);
        let gone = taken_off.into_iter().chain(moved);
        gone.map(|id| EntityRow {
            kind: EntityKind::MessageBetween,
            id: format!("{from}/{id}"),
            open: false,
            state: format!(r#"{{"incident":"{from}","removed":true}}"#),
        })
        .collect()
    }

    fn row(&self) -> RegionRow {
        RegionRow {
            region: self.region,
            heard: self.heard.clone(),
            heard_abroad: self.heard_abroad.clone(),
            settings: self.settings.clone(),
            settings_version: self.settings_version,
            mode: self.mode.clone(),
            threats_told: self.threats_told.clone(),
            shifts: self.shifts.without_shifts(),
            situation: self.situation.without_reports(),
            last_warning: self.warnings.last(),
            service_desks: self.service_desks.as_ref().clone(),
        }
    }

    fn named_row(&self, kind: EntityKind, id: Uuid) -> Option<EntityRow> {
        if kind == EntityKind::Directive {
            let directive = self.directives.get(DirectiveId(id))?;
            let (open, state) = (directive.is_open(), json(directive));
            return Some(EntityRow { kind, id: id.to_string(), open, state });
        }
        if kind == EntityKind::Summary {
            let state = json(self.situation.summary(ReportId(id))?);
            return Some(EntityRow { kind, id: id.to_string(), open: true, state });
        }
        let report = self.situation.report(ReportId(id))?;
        let (open, state) = (report.is_open(), json(report));
        Some(EntityRow { kind, id: id.to_string(), open, state })
    }

    /// A formation on the register; one that was taken off keeps no more than its key.
    fn formation_row(&self, key: &FormationKey) -> EntityRow {
        let found = self.formations.get(key);
        EntityRow {
            kind: EntityKind::Formation,
            id: format!("{}/{key}", self.region),
            open: found.is_some(),
            state: found.map_or_else(|| format!(r#"{{"key":"{key}","removed":true}}"#), json),
        }
    }

    /// An organisation of the tree; one that was taken off keeps no more than its key.
    fn organisation_row(&self, key: &OrganisationKey) -> EntityRow {
        let found = self.organisations.get(key);
        EntityRow {
            kind: EntityKind::Organisation,
            id: format!("{}/{key}", self.region),
            open: found.is_some(),
            state: found.map_or_else(|| format!(r#"{{"key":"{key}","removed":true}}"#), json),
        }
    }

    fn warning_row(&self, case: &WarningCase) -> EntityRow {
        EntityRow {
            kind: EntityKind::Warning,
            id: format!("{}/{}", self.region, case.number),
            open: case.over_since().is_none(),
            state: json(case),
        }
    }

    fn neighbour_row(&self, card: &NeighbourCard) -> EntityRow {
        EntityRow {
            kind: EntityKind::NeighbourIncident,
            id: format!("{}/{}", self.region, card.incident),
            open: card.is_open(),
            state: json(card),
        }
    }

    /// The state that these rows describe.
    ///
    /// # Errors
    /// Kind and id of the first row that does not read, and why.
    pub fn restore(
        region: RegionCode,
        defaults: RegionSettings,
        rows: Vec<EntityRow>,
    ) -> Result<Self, (EntityKind, String, String)> {
        let mut state = Self::new(region, defaults);
        let mut cards: Vec<Incident> = Vec::new();
        let mut between: HashMap<IncidentId, Vec<MessageBetween>> = HashMap::new();
        for row in rows {
            let EntityRow { kind, id, state: text, .. } = row;
            let read = match kind {
                EntityKind::Incident => serde_json::from_str(&text).map(|card| cards.push(card)),
                EntityKind::MessageBetween => serde_json::from_str(&text)
                    .map(|one: MessageBetween| between.entry(one.incident).or_default().push(one)),
                _ => state.restore_row(kind, &id, &text),
            };
            read.map_err(|e| (kind, id, e.to_string()))?;
        }
        for card in cards {
            let id = card.id;
            let whole = card.with_between(between.remove(&id).unwrap_or_default());
            state.adopt(whole.map_err(|e| (EntityKind::MessageBetween, id.to_string(), e.to_string()))?);
        }
        Ok(state)
    }

    fn restore_row(&mut self, kind: EntityKind, id: &str, text: &str) -> Result<(), serde_json::Error> {
        match kind {
            EntityKind::Region if id.ends_with("/next_number") => {
                self.next_number = serde_json::from_str(text)?;
            }
            EntityKind::Region if id.ends_with("/plans_version") => {
                self.plans_version = serde_json::from_str(text)?;
            }
            EntityKind::Region if id.ends_with("/plans") => {
                self.own_plans = Some(Arc::new(Plans::restored(serde_json::from_str(text)?)));
            }
            EntityKind::Region => {
                let row: RegionRow = serde_json::from_str(text)?;
                self.heard = row.heard;
                self.heard_abroad = row.heard_abroad;
                self.settings = row.settings;
                self.settings_version = row.settings_version;
                self.mode = row.mode;
                self.threats_told = row.threats_told;
                self.shifts = row.shifts;
                self.situation = row.situation;
                self.warnings.go_on_from(row.last_warning);
                self.service_desks = Arc::new(row.service_desks);
            }
            EntityKind::Obligation => self.obligations.adopt(serde_json::from_str(text)?),
            EntityKind::Zone => {
                let zone: ZoneRecord = serde_json::from_str(text)?;
                self.zones.insert(zone.id, zone);
            }
            EntityKind::Closure => {
                let closure: Closure = serde_json::from_str(text)?;
                self.closures.insert(closure.id, closure);
            }
            EntityKind::NeighbourIncident => {
                let card: NeighbourCard = serde_json::from_str(text)?;
                self.neighbours.insert(card.incident, card);
            }
            EntityKind::Summary => self.situation.adopt_summary(serde_json::from_str(text)?),
            EntityKind::Formation => self.formations.adopt(serde_json::from_str(text)?),
            EntityKind::Notice => self.notices.adopt(serde_json::from_str(text)?),
            EntityKind::Organisation => self.organisations.adopt(serde_json::from_str(text)?),
            EntityKind::Lookup => self.lookups.adopt(serde_json::from_str(text)?),
            EntityKind::Warning => self.warnings.adopt(serde_json::from_str(text)?),
            EntityKind::Report => self.situation.adopt(serde_json::from_str(text)?),
            EntityKind::Shift => self.shifts.adopt(serde_json::from_str(text)?),
            EntityKind::Directive => self.directives.adopt(serde_json::from_str(text)?),
            // Cards are taken in when all of their messages are there.
            EntityKind::Message | EntityKind::Incident | EntityKind::MessageBetween => {}
        }
        Ok(())
    }

    /// Takes a card, with all of its messages, into memory: at start, or when something is to be decided about one that was let go.
    pub fn adopt(&mut self, card: Incident) {
        for message in card.messages.iter() {
            self.seen.insert(message.id, card.id);
        }
        for request in card.requests.values() {
            self.requests.insert(request.id, card.id);
            self.carried.insert(request.distribution, request.id);
        }
        if card.is_open() {
            self.nearby.insert(card.id, card.point(), card.last_message_at);
        }
        self.parts.insert(card.id, LastChanged::all_at(card.version));
        self.telling.adopted(&card);
        self.incidents.insert(card.id, card);
    }

    /// Keeps in mind which card a message went to, where the card itself is not in memory: the same message again is
    /// then still the same message.
    pub fn remember(&mut self, message: MessageId, card: IncidentId) {
        self.seen.entry(message).or_insert(card);
    }

    /// Lets go of cards closed before a moment, and of what was settled then; the read tables keep them. How many.
    pub fn let_go(&mut self, before: Timestamp) -> usize {
        let gone: Vec<IncidentId> = self
            .incidents
            .values()
            .filter(|c| !c.is_open() && c.closed_at.is_some_and(|at| at < before))
            .map(|c| c.id)
            .collect();
        for id in &gone {
            self.parts.remove(id);
            self.telling.let_go(*id);
            if let Some(card) = self.incidents.remove(id) {
                for message in card.messages.iter() {
                    self.seen.remove(&message.id);
                }
                for request in card.requests.values() {
                    self.requests.remove(&request.id);
                    self.carried.remove(&request.distribution);
                }
            }
        }
        self.obligations.retire(before);
        self.shifts.retire(before);
        self.directives.retire(before);
        self.situation.retire(before);
        self.lookups.retire(before);
        self.warnings.retire(before);
        self.notices.retire(before);
        self.neighbours.retain(|_, told| told.told_at >= before);
        gone.len()
    }
}

fn shift_row(shift: &Shift) -> EntityRow {
    EntityRow {
        kind: EntityKind::Shift,
        id: shift.id.to_string(),
        open: shift.is_running(),
        state: json(shift),
    }
}

fn card_row(card: &Incident) -> EntityRow {
    EntityRow { kind: EntityKind::Incident, id: card.id.to_string(), open: card.is_open(), state: json(card) }
}

fn between_row(one: &MessageBetween) -> EntityRow {
    EntityRow {
        kind: EntityKind::MessageBetween,
        id: format!("{}/{}", one.incident, one.message.id),
        open: true,
        state: json(one),
    }
}

/// A message as received, with the card that it first went to.
#[derive(Serialize)]
struct MessageRow<'a> {
    #[serde(flatten)]
    message: &'a Message,
    incident: IncidentId,
}

fn message_row(message: &Message, incident: IncidentId) -> EntityRow {
    EntityRow {
        kind: EntityKind::Message,
        id: message.id.to_string(),
        open: false,
        state: json(&MessageRow { message, incident }),
    }
}
