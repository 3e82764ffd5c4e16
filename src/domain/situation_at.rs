//! What a card was at a moment that has passed, as far as the card itself still says so.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::classification::order240::Scale;
use super::ids::{CategoryCode, DistrictCode, IncidentId, ServiceKey};
use super::incident::{Incident, IncidentStatus};
use super::quantities::Point;
use super::severity::Severity;

/// A card as it was at a moment. A card that was closed, reopened and is open now counts as open in between: the
/// card keeps its last closing alone, and the journal keeps the rest.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct IncidentThen {
    /// Identity.
    pub id: IncidentId,
    /// Number for people.
    pub number: String,
    /// Open, or responding from its first request for forces on.
    pub status: IncidentStatus,
    /// Part of an exercise.
    pub exercise: bool,
    /// The category in force then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category: Option<CategoryCode>,
    /// Gravity then.
    pub severity: Severity,
    /// Scale by Order 240 then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scale: Option<Scale>,
    /// Where it was held to be then; absent while unlocated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub point: Option<Point>,
    /// The district of that place, KATO code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub district: Option<DistrictCode>,
    /// Services asked for forces by then, each once.
    pub services: Vec<ServiceKey>,
    /// Opened.
    pub opened_at: Timestamp,
    /// Ended, when it has ended since.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub closed_at: Option<Timestamp>,
}

impl Incident {
    /// The card as it was at `at`; none when it was not open then.
    #[must_use]
    pub fn then(&self, at: Timestamp) -> Option<IncidentThen> {
        if self.opened_at > at || self.closed_at.is_some_and(|closed| closed <= at) {
            return None;
        }
        let category = self.categories.iter().rev().find(|v| v.at <= at);
        let place = self.locations.iter().rev().find(|v| v.at <= at);
        let asked = || self.requests.values().filter(move |r| r.requested_at <= at);
        let mut services: Vec<ServiceKey> = asked().map(|r| r.service.clone()).collect();
        services.sort();
        services.dedup();
        Some(IncidentThen {
            id: self.id,
            number: self.number.clone(),
            status: if services.is_empty() { IncidentStatus::Open } else { IncidentStatus::Responding },
            exercise: self.exercise,
            category: category.map(|v| v.code.clone()),
            severity: category.map(|v| v.severity).unwrap_or_default(),
            scale: self.scales.iter().rev().find(|v| v.at <= at).map(|v| v.scale),
            point: place.and_then(|v| v.location.point()),
            district: place.and_then(|v| v.district.clone()),
            services,
            opened_at: self.opened_at,
            closed_at: self.closed_at,
        })
    }
}
