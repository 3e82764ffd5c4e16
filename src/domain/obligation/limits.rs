//! How long each obligation may stay unmet, and when the silent is reminded. The rules state no minutes: every
//! number here is a setting, and what a region did not set is the project's own proposal, not the law's.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::kind::{Grade, ObligationKind};
use crate::domain::decision::Refusal;
use crate::domain::quantities::Seconds;
use crate::domain::said::said;

/// The longest limit that can be set: thirty days.
const LONGEST: Seconds = Seconds(30 * 24 * 3600);

/// Where a limit comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LimitSource {
    /// Set for this region by a named person.
    Region,
    /// A default of this project, not of the law.
    ProjectDefault,
}

/// One limit with its origin, for screens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Limit {
    /// How long, seconds.
    pub seconds: Seconds,
    /// Whose number it is.
    pub source: LimitSource,
}

/// The steps towards one who is silent (112-R §7 "silent in the rules"; repeat, telephone, its head, leadership).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// The message is sent again.
    Repeat,
    /// The officer telephones the duty officer.
    Phone,
    /// The head of the one who owes is told.
    Head,
    /// The leadership of the territorial body is told.
    Leadership,
}

impl Level {
    /// From the first to the last.
    pub const ALL: [Self; 4] = [Self::Repeat, Self::Phone, Self::Head, Self::Leadership];

    /// The level after this one; `None` after the last.
    #[must_use]
    pub fn next(self) -> Option<Self> {
        match self {
            Self::Repeat => Some(Self::Phone),
            Self::Phone => Some(Self::Head),
            Self::Head => Some(Self::Leadership),
            Self::Leadership => None,
        }
    }
}

/// When each level is reached, counted from the due time, seconds, never falling.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Escalation {
    /// The message is sent again.
    pub repeat: Seconds,
    /// The officer telephones.
    pub phone: Seconds,
    /// Its head is told.
    pub head: Seconds,
    /// The leadership is told.
    pub leadership: Seconds,
}

impl Escalation {
    /// The project's own steps for a grade.
    #[must_use]
    pub fn of(grade: Grade) -> Self {
        let (phone, head, leadership) = match grade {
            Grade::Immediately => (60, 180, 600),
            Grade::Urgently => (120, 300, 900),
            Grade::NoStatedLimit => (600, 1_800, 3_600),
        };
        Self {
            repeat: Seconds(0),
            phone: Seconds(phone),
            head: Seconds(head),
            leadership: Seconds(leadership),
        }
    }

    /// How long after the due time a level is reached.
    #[must_use]
    pub fn after(&self, level: Level) -> Seconds {
        match level {
            Level::Repeat => self.repeat,
            Level::Phone => self.phone,
            Level::Head => self.head,
            Level::Leadership => self.leadership,
        }
    }

    fn is_ordered(&self) -> bool {
        self.repeat <= self.phone && self.phone <= self.head && self.head <= self.leadership
    }
}

/// The limits of one region: only what the region set; the rest are defaults of the project.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Limit per line of the catalogue, seconds.
    pub seconds: BTreeMap<ObligationKind, Seconds>,
    /// Steps towards the silent, per grade.
    pub escalation: BTreeMap<Grade, Escalation>,
}

impl Limits {
    /// The limit in force for a kind, and whose it is.
    #[must_use]
    pub fn of(&self, kind: ObligationKind) -> Limit {
        match self.seconds.get(&kind) {
            Some(seconds) => Limit { seconds: *seconds, source: LimitSource::Region },
            None => Limit { seconds: project_default(kind), source: LimitSource::ProjectDefault },
        }
    }

    /// The limits in force for all kinds.
    #[must_use]
    pub fn all(&self) -> BTreeMap<ObligationKind, Limit> {
        ObligationKind::ALL.into_iter().map(|k| (k, self.of(k))).collect()
    }

    /// When an obligation of this kind that began to be owed at `since` is due.
    #[must_use]
    pub fn due(&self, kind: ObligationKind, since: Timestamp) -> Timestamp {
        later(since, self.of(kind).seconds)
    }

    /// The steps towards the silent that are in force for a kind.
    #[must_use]
    pub fn escalation_of(&self, kind: ObligationKind) -> Escalation {
        let grade = kind.grade();
        self.escalation.get(&grade).copied().unwrap_or_else(|| Escalation::of(grade))
    }

    /// # Errors
    /// [`Refusal::Invalid`] when a limit is zero or over thirty days, or the steps are out of order.
    pub fn check(&self) -> Result<(), Refusal> {
        for (kind, seconds) in &self.seconds {
            if seconds.0 == 0 || *seconds > LONGEST {
                let reason = said!(
                    "the limit of {kind} is 1 to {most} seconds; correct it",
                    kind = kind.as_str(),
                    most = LONGEST.0
                );
                return Err(Refusal::invalid("limits.seconds", reason));
            }
        }
        for (grade, steps) in &self.escalation {
            if !steps.is_ordered() || steps.leadership > LONGEST {
                let reason = said!(
                    "the steps repeat, phone, head and leadership of {grade} follow one another within {most} seconds; \
                    correct them",
                    grade => &grade.names(),
                    most = LONGEST.0
                );
                return Err(Refusal::invalid("limits.escalation", reason));
            }
        }
        Ok(())
    }
}

/// A moment so many seconds later.
pub(super) fn later(at: Timestamp, by: Seconds) -> Timestamp {
    at.checked_add(by.span()).unwrap_or(Timestamp::MAX)
}

/// The project's own proposal. Only O-08's two minutes lean on an official number: call handling at the fire desk
/// (Order 446 of 2017, c.11).
fn project_default(kind: ObligationKind) -> Seconds {
    use ObligationKind as K;
    Seconds(match kind {
        K::O06 => 60,
        K::O08 | K::O09 | K::O10 | K::O11b => 120,
        K::O02 | K::O11a | K::O11c => 180,
        K::O12 | K::O05 => 300,
        K::O03 | K::O13 => 900,
        K::O01 | K::O07 => 1_800,
        K::O04 => 3_600,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_that_nobody_set_is_said_to_be_the_projects_own() {
        let mut limits = Limits::default();
        assert!(limits.all().values().all(|l| l.source == LimitSource::ProjectDefault && l.seconds.0 > 0));
        limits.seconds.insert(ObligationKind::O11a, Seconds(60));
        assert_eq!(
            limits.of(ObligationKind::O11a),
            Limit { seconds: Seconds(60), source: LimitSource::Region }
        );
        assert_eq!(limits.of(ObligationKind::O11b).source, LimitSource::ProjectDefault);
    }

    #[test]
    fn immediately_is_sooner_than_urgently_and_urgently_sooner_than_no_stated_limit_escalates() {
        let [a, b, c] = [Grade::Immediately, Grade::Urgently, Grade::NoStatedLimit].map(Escalation::of);
        for level in [Level::Phone, Level::Head, Level::Leadership] {
            assert!(a.after(level) < b.after(level) && b.after(level) < c.after(level), "{level:?}");
        }
    }

    #[test]
    fn a_limit_of_zero_or_of_a_year_is_refused() {
        for bad in [0, 365 * 24 * 3600] {
            let mut limits = Limits::default();
            limits.seconds.insert(ObligationKind::O02, Seconds(bad));
            assert!(matches!(limits.check(), Err(Refusal::Invalid { field: "limits.seconds", .. })), "{bad}");
        }
        let mut limits = Limits::default();
        let falling = Escalation { phone: Seconds(900), ..Escalation::of(Grade::Urgently) };
        limits.escalation.insert(Grade::Urgently, falling);
        assert!(matches!(limits.check(), Err(Refusal::Invalid { field: "limits.escalation", .. })));
        assert_eq!(Limits::default().check(), Ok(()));
    }

    #[test]
    fn limits_read_as_a_map_of_catalogue_numbers() {
        let limits: Limits = serde_json::from_str(r#"{"seconds":{"O-11a":90}}"#).unwrap();
        assert_eq!(limits.of(ObligationKind::O11a).seconds, Seconds(90));
    }
}
