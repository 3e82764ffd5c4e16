//! Emergency zones and zones of a possible emergency: drawn, changed, ended by named persons, every version kept.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::messages::cards_reason;
use super::{Answer, Decision, RegionState, desk};
use crate::domain::decision::{Context, Refusal};
use crate::domain::event::RegionEvent as E;
use crate::domain::ids::{AccountName, IncidentId, ZoneId};
use crate::domain::incident::Incident;
use crate::domain::missing::Missing;
use crate::domain::mode::Mode;
use crate::domain::said::said;
use crate::domain::service::Scene;
use crate::domain::zone::ZonePolygon;

/// A zone to be drawn.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewZone {
    /// Name for people.
    pub name: String,
    /// The mode that it belongs to.
    pub mode: Mode,
    /// The polygon.
    pub polygon: ZonePolygon,
    /// The incident that it surrounds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub incident: Option<IncidentId>,
    /// An exercise. The zone of a card is one as the card is, or neither.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub exercise: bool,
}

/// A polygon that was in force.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ZoneVersion {
    /// The polygon.
    pub polygon: ZonePolygon,
    /// Why it changed; empty for the first.
    pub reason: String,
    /// Who drew it.
    pub by: AccountName,
    /// When.
    pub at: Timestamp,
}

/// A zone with its history.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ZoneRecord {
    /// Identity.
    pub id: ZoneId,
    /// Name for people.
    pub name: String,
    /// The mode that it belongs to.
    pub mode: Mode,
    /// The incident that it surrounds.
    pub incident: Option<IncidentId>,
    /// Part of an exercise.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub exercise: bool,
    /// Polygons, the last in force.
    pub versions: Vec<ZoneVersion>,
    /// Ended.
    pub ended_at: Option<Timestamp>,
    /// Why.
    pub ended_because: Option<String>,
}

impl ZoneRecord {
    /// Grows by one with every polygon: the zone's ETag.
    #[must_use]
    pub fn version(&self) -> u64 {
        self.versions.len() as u64
    }
}

impl RegionState {
    /// The zone that is drawn for an incident, as it is now: the newest of those that have not ended.
    #[must_use]
    pub fn zone_of(&self, incident: IncidentId) -> Option<&ZonePolygon> {
        let open = self.zones.values().filter(|z| z.incident == Some(incident) && z.ended_at.is_none());
        open.max_by_key(|z| z.id).and_then(|z| z.versions.last()).map(|version| &version.polygon)
    }
}

impl RegionState {
    /// Refuses a zone that nobody has drawn here.
    pub(super) fn needs_zone(&self, zone: ZoneId) -> Result<(), Refusal> {
        if self.zones.contains_key(&zone) { Ok(()) } else { Err(Refusal::not_found(Missing::Zone, zone)) }
    }

    /// Whether a zone is part of an exercise; of those drawn before that was kept in them, their card says it.
    pub(super) fn is_exercise(&self, zone: &ZoneRecord) -> bool {
        zone.exercise || zone.incident.and_then(|card| self.incident(card)).is_some_and(|card| card.exercise)
    }

    /// Where units are to arrive for a card, by its newest place and zone.
    #[must_use]
    pub fn scene_of(&self, card: &Incident) -> Option<Scene> {
        card.point().map(|point| Scene::of(point, card.location(), self.zone_of(card.id)))
    }
}

pub(super) fn draw(state: &RegionState, new: NewZone, ctx: &mut Context) -> Result<Decision, Refusal> {
    let Some(by) = ctx.by.person().cloned() else { return Err(Refusal::PersonNeeded) };
    let name = new.name.trim();
    if name.is_empty() || name.chars().count() > 200 {
        return Err(Refusal::invalid(
            "name",
            said!("a zone's name has 1 to {most} characters; correct it", most = 200),
        ));
    }
    let card = new.incident.map(|incident| state.card(incident)).transpose()?;
    if new.exercise && card.is_some_and(|card| !card.exercise) {
        return Err(Refusal::conflict(said!(
            "the card is of a real event; draw the zone of an exercise apart from it"
        )));
    }
    let id = ZoneId(ctx.ids.next_id());
    let zone = ZoneRecord {
        id,
        name: name.to_owned(),
        mode: new.mode,
        incident: new.incident,
        exercise: new.exercise || card.is_some_and(|card| card.exercise),
        versions: vec![ZoneVersion { polygon: new.polygon, reason: String::new(), by, at: ctx.now }],
        ended_at: None,
        ended_because: None,
    };
    let mut d = Decision { answer: Answer::Made(id.0), ..Decision::default() };
    desk::zone_news(state, &zone, &mut d, ctx);
    d.events.push(E::ZoneSet { zone: Box::new(zone) });
    Ok(d)
}

pub(super) fn change(
    state: &RegionState,
    zone: ZoneId,
    polygon: ZonePolygon,
    reason: String,
    ctx: &mut Context,
) -> Result<Decision, Refusal> {
    let Some(by) = ctx.by.person().cloned() else { return Err(Refusal::PersonNeeded) };
    let mut record = open(state, zone)?;
    let reason = cards_reason(reason)?;
    record.versions.push(ZoneVersion { polygon, reason, by, at: ctx.now });
    let mut d = Decision::default();
    desk::zone_news(state, &record, &mut d, ctx);
    d.events.push(E::ZoneSet { zone: Box::new(record) });
    Ok(d)
}

pub(super) fn end(
    state: &RegionState,
    zone: ZoneId,
    reason: String,
    ctx: &mut Context,
) -> Result<Decision, Refusal> {
    if ctx.by.person().is_none() {
        return Err(Refusal::PersonNeeded);
    }
    let mut record = open(state, zone)?;
    record.ended_at = Some(ctx.now);
    record.ended_because = Some(cards_reason(reason)?);
    let mut d = Decision::default();
    desk::zone_news(state, &record, &mut d, ctx);
    d.events.push(E::ZoneSet { zone: Box::new(record) });
    Ok(d)
}

fn open(state: &RegionState, zone: ZoneId) -> Result<ZoneRecord, Refusal> {
    let record = state.zones.get(&zone).ok_or_else(|| Refusal::not_found(Missing::Zone, zone))?;
    if record.ended_at.is_some() {
        return Err(Refusal::conflict(said!("the zone has ended; draw a new one where it is needed")));
    }
    Ok(record.clone())
}
