//! Closed roads: whoever closes one says why and, where he knows it, until when; nobody is sent over it meanwhile.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::messages::cards_reason;
use super::{Answer, Decision, RegionState};
use crate::domain::decision::{Context, Refusal};
use crate::domain::event::RegionEvent as E;
use crate::domain::ids::{AccountName, ClosureId, IncidentId};
use crate::domain::missing::Missing;
use crate::domain::quantities::Point;
use crate::domain::said::said;
use crate::domain::zone::ZonePolygon;

/// What of the roads is closed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "part", rename_all = "snake_case", deny_unknown_fields)]
pub enum ClosedPart {
    /// The road nearest to a point, between its junctions.
    Road {
        /// The point.
        at: Point,
    },
    /// Every road that an area has to do with.
    Area {
        /// The area.
        polygon: ZonePolygon,
    },
}

/// A road to be closed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewClosure {
    /// What is closed.
    pub closed: ClosedPart,
    /// Why, 1 to 500 characters.
    pub reason: String,
    /// The incident that it is closed for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub incident: Option<IncidentId>,
    /// When it opens by itself; absent when a person opens it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
}

/// A closed road, until it was opened and after.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Closure {
    /// Identity.
    pub id: ClosureId,
    /// What is closed.
    pub closed: ClosedPart,
    /// Why.
    pub reason: String,
    /// How many pieces of road it closed when it was made; none known before roads are imported.
    #[serde(default)]
    pub pieces: Option<u32>,
    /// The incident that it is closed for.
    pub incident: Option<IncidentId>,
    /// Who closed it.
    pub by: AccountName,
    /// Since when.
    pub at: Timestamp,
    /// When it opens by itself.
    pub until: Option<Timestamp>,
    /// When a person opened it.
    pub opened_at: Option<Timestamp>,
    /// Who.
    pub opened_by: Option<AccountName>,
    /// Why.
    pub opened_because: Option<String>,
}

impl Closure {
    /// Whether the road is closed at a moment.
    #[must_use]
    pub fn holds(&self, now: Timestamp) -> bool {
        self.opened_at.is_none() && self.until.is_none_or(|until| now < until)
    }
}

pub(super) fn close(
    state: &RegionState,
    new: NewClosure,
    pieces: Option<u32>,
    ctx: &mut Context,
) -> Result<Decision, Refusal> {
    let Some(by) = ctx.by.person().cloned() else { return Err(Refusal::PersonNeeded) };
    if let Some(incident) = new.incident {
        state.card(incident)?;
    }
    if new.until.is_some_and(|until| until <= ctx.now) {
        return Err(Refusal::invalid(
            "until",
            said!("a road is closed until a time to come; correct it, or leave it out"),
        ));
    }
    let id = ClosureId(ctx.ids.next_id());
    let closure = Closure {
        id,
        closed: new.closed,
        reason: cards_reason(new.reason)?,
        pieces,
        incident: new.incident,
        by,
        at: ctx.now,
        until: new.until,
        opened_at: None,
        opened_by: None,
        opened_because: None,
    };
    let events = vec![E::ClosureSet { closure: Box::new(closure) }];
    Ok(Decision { answer: Answer::Closed { id, pieces }, events, ..Decision::default() })
}

pub(super) fn open(
    state: &RegionState,
    closure: ClosureId,
    reason: String,
    ctx: &Context,
) -> Result<Decision, Refusal> {
    let Some(by) = ctx.by.person().cloned() else { return Err(Refusal::PersonNeeded) };
    let mut closure = state
        .closures
        .get(&closure)
        .cloned()
        .ok_or_else(|| Refusal::not_found(Missing::RoadClosure, closure))?;
    if !closure.holds(ctx.now) {
        return Err(Refusal::conflict(said!("the road is open already")));
    }
    closure.opened_at = Some(ctx.now);
    closure.opened_by = Some(by);
    closure.opened_because = Some(cards_reason(reason)?);
    Ok(Decision { events: vec![E::ClosureSet { closure: Box::new(closure) }], ..Decision::default() })
}
