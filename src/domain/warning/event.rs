//! A case of warning, what is asked of it and what happens to it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::authority::{OrderBasis, ToTell};
use super::sending::{Reported, SentVersion};
use super::text::{Audience, WarningText};
use crate::domain::classification::order240::Scale;
use crate::domain::decision::By;
use crate::domain::envelope::WarningReport;
use crate::domain::ids::{AccountName, IncidentId, ReportId, ServiceKey};
use crate::domain::obligation::Subject;

/// What a warning is about: an incident or its precondition, or a report of monitoring, which is ground enough to
/// warn (Order 945 c.28).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(tag = "about", rename_all = "snake_case", deny_unknown_fields)]
pub enum WarningAbout {
    /// An incident.
    Incident {
        /// Which.
        incident: IncidentId,
    },
    /// A report of the situation.
    Report {
        /// Which.
        report: ReportId,
    },
}

impl WarningAbout {
    /// The same, as the obligation O-12 names it.
    #[must_use]
    pub fn subject(self) -> Subject {
        match self {
            Self::Incident { incident } => Subject::Incident { incident },
            Self::Report { report } => Subject::Report { report },
        }
    }
}

/// What is threatened: the one ground of c.6(4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Danger {
    /// Life.
    Life,
    /// Health.
    Health,
    /// Both.
    LifeAndHealth,
}

/// Where a case stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum WarningStatus {
    /// Neither warned nor decided against.
    Undecided,
    /// Warned on an order.
    Ordered,
    /// Warned by the duty officer; the order is still to confirm it.
    AwaitsConfirmation,
    /// Decided against.
    Declined,
    /// Over.
    Ended,
}

/// That the duty officer warned without an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Activation {
    /// Why it could not wait.
    pub reason: String,
    /// Who.
    pub by: AccountName,
    /// When.
    pub at: Timestamp,
}

/// The order: given before the warning, or confirming it after.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Confirmation {
    /// The order.
    pub order: OrderBasis,
    /// Who entered it.
    pub by: AccountName,
    /// When.
    pub at: Timestamp,
}

/// That a running warning was changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = WarningChange)]
pub struct Change {
    /// Why.
    pub reason: String,
    /// Who.
    pub by: AccountName,
    /// When.
    pub at: Timestamp,
}

/// That it was decided not to warn.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Decline {
    /// Why.
    pub reason: String,
    /// Who.
    pub by: AccountName,
    /// When.
    pub at: Timestamp,
}

/// The end of a warning.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct End {
    /// Why.
    pub reason: String,
    /// Whether it ended because the leadership did not confirm it.
    pub disapproved: bool,
    /// Who.
    pub by: AccountName,
    /// When.
    pub at: Timestamp,
}

/// One case of a threat to life or health with what was decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WarningCase {
    /// Its number in the region, from 1.
    pub number: u32,
    /// What it is about.
    #[serde(flatten)]
    pub about: WarningAbout,
    /// What is threatened.
    pub danger: Danger,
    /// On what that rests.
    pub basis: String,
    /// The scale, once known: it says who may order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scale: Option<Scale>,
    /// Part of an exercise: nobody is warned by it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub exercise: bool,
    /// Who found the threat.
    pub found_by: By,
    /// When.
    pub found_at: Timestamp,
    /// What is told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<WarningText>,
    /// Whom.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub audience: Option<Audience>,
    /// Until when it is given out, where that was set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// The `until` of which it was told that it has passed: operators give the warning out no longer, as an alert whose
    /// `expires` has passed (CAP 1.2), and a named person has still to give it out anew or to end the case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expired: Option<Timestamp>,
    /// The newest change of what is told, or whom.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changed: Option<Change>,
    /// What went out about it, version by version.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sent: Vec<SentVersion>,
    /// What the operators did, in the order in which it became known.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reports: Vec<Reported>,
    /// The newest version of which it was told that nobody had given it out in time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub late_version: Option<u32>,
    /// The duty officer's own act.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub activation: Option<Activation>,
    /// The order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<Confirmation>,
    /// That it was decided against.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub declined: Option<Decline>,
    /// The end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<End>,
    /// Who of those to be told at once was told, and when.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub told: BTreeMap<ToTell, Timestamp>,
}

impl WarningCase {
    /// Where it stands.
    #[must_use]
    pub fn status(&self) -> WarningStatus {
        if self.ended.is_some() {
            WarningStatus::Ended
        } else if self.declined.is_some() {
            WarningStatus::Declined
        } else if self.order.is_some() {
            WarningStatus::Ordered
        } else if self.activation.is_some() {
            WarningStatus::AwaitsConfirmation
        } else {
            WarningStatus::Undecided
        }
    }

    /// Since when nothing more is to be decided about it.
    #[must_use]
    pub fn over_since(&self) -> Option<Timestamp> {
        let ends = [self.ended.as_ref().map(|end| end.at), self.declined.as_ref().map(|decline| decline.at)];
        ends.into_iter().flatten().max()
    }

    /// Whom the officer has still to tell.
    pub fn untold(&self) -> impl Iterator<Item = ToTell> {
        let warned = matches!(self.status(), WarningStatus::Ordered | WarningStatus::AwaitsConfirmation);
        let all = if warned { ToTell::of(self.scale) } else { &[] };
        all.iter().copied().filter(|t| !self.told.contains_key(t))
    }
}

/// What is asked about warnings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "command", rename_all = "snake_case", deny_unknown_fields)]
pub enum WarningCommand {
    /// There is a threat to life or health. A rule may say so, a person decides.
    FindThreat {
        /// About what.
        about: WarningAbout,
        /// What is threatened.
        danger: Danger,
        /// On what that rests.
        basis: String,
        /// The scale, where known.
        #[serde(default)]
        scale: Option<Scale>,
    },
    /// The scale became known or changed.
    StateScale {
        /// Which case.
        warning: u32,
        /// The scale.
        scale: Scale,
    },
    /// Warn on an order.
    Order {
        /// Which case.
        warning: u32,
        /// The order.
        order: OrderBasis,
        /// What is told.
        text: WarningText,
        /// Whom.
        audience: Audience,
        /// Until when it is given out, where that is to be set.
        #[serde(default)]
        until: Option<Timestamp>,
    },
    /// The duty officer warns without an order, because it cannot wait (Order 945 c.21 ¶4).
    Activate {
        /// Which case.
        warning: u32,
        /// Why it cannot wait.
        reason: String,
        /// What is told.
        text: WarningText,
        /// Whom.
        audience: Audience,
        /// Until when it is given out, where that is to be set.
        #[serde(default)]
        until: Option<Timestamp>,
    },
    /// What is told, or whom, is another now: the warning goes out anew.
    Change {
        /// Which case.
        warning: u32,
        /// Why.
        reason: String,
        /// What is told from now on.
        text: WarningText,
        /// Whom.
        audience: Audience,
        /// Until when it is given out, where that is to be set.
        #[serde(default)]
        until: Option<Timestamp>,
    },
    /// What an operator did about it: from its system, or as an officer was told by telephone.
    Report {
        /// The operator's desk.
        service: ServiceKey,
        /// What it did, and about which case.
        report: WarningReport,
        /// Whether the message that says it is of an exercise; absent when it was told by telephone.
        #[serde(default)]
        exercise: Option<bool>,
    },
    /// The order confirms what the duty officer did.
    Confirm {
        /// Which case.
        warning: u32,
        /// The order.
        order: OrderBasis,
    },
    /// The leadership does not confirm it: it ends.
    Disapprove {
        /// Which case.
        warning: u32,
        /// Who decided so, and why.
        reason: String,
    },
    /// Decide not to warn.
    Decline {
        /// Which case.
        warning: u32,
        /// Why.
        reason: String,
    },
    /// One of those to be told at once was told.
    RecordTold {
        /// Which case.
        warning: u32,
        /// Who.
        whom: ToTell,
    },
    /// End the warning.
    End {
        /// Which case.
        warning: u32,
        /// Why.
        reason: String,
    },
}

impl WarningCommand {
    /// Whom it warns, where it says so.
    #[must_use]
    pub fn audience(&self) -> Option<&Audience> {
        match self {
            Self::Order { audience, .. }
            | Self::Activate { audience, .. }
            | Self::Change { audience, .. } => Some(audience),
            _ => None,
        }
    }
}

/// What happens to warnings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum WarningEvent {
    /// A threat to life or health was found.
    ThreatFound {
        /// The case's number.
        warning: u32,
        /// About what.
        about: WarningAbout,
        /// What is threatened.
        danger: Danger,
        /// On what that rests.
        basis: String,
        /// The scale, where known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        scale: Option<Scale>,
        /// Part of an exercise.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        exercise: bool,
        /// Who found it.
        by: By,
        /// When.
        at: Timestamp,
    },
    /// The scale was stated.
    ScaleStated {
        /// Which case.
        warning: u32,
        /// The scale.
        scale: Scale,
        /// Who.
        by: AccountName,
        /// When.
        at: Timestamp,
    },
    /// Warned on an order.
    Ordered {
        /// Which case.
        warning: u32,
        /// The order.
        order: OrderBasis,
        /// What is told.
        text: Box<WarningText>,
        /// Whom.
        audience: Audience,
        /// Until when, where that was set.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<Timestamp>,
        /// Who entered it.
        by: AccountName,
        /// When.
        at: Timestamp,
    },
    /// Warned by the duty officer without an order.
    Activated {
        /// Which case.
        warning: u32,
        /// Why it could not wait.
        reason: String,
        /// What is told.
        text: Box<WarningText>,
        /// Whom.
        audience: Audience,
        /// Until when, where that was set.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<Timestamp>,
        /// Who.
        by: AccountName,
        /// When.
        at: Timestamp,
    },
    /// What is told, or whom, was changed.
    Changed {
        /// Which case.
        warning: u32,
        /// Why.
        reason: String,
        /// What is told from now on.
        text: Box<WarningText>,
        /// Whom.
        audience: Audience,
        /// Until when, where that was set.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<Timestamp>,
        /// Who.
        by: AccountName,
        /// When.
        at: Timestamp,
    },
    /// It went out to the operators, and to the other services for information.
    Sent {
        /// Which case.
        warning: u32,
        /// What went out.
        sent: Box<SentVersion>,
    },
    /// An operator gave it out, or does not.
    Reported {
        /// Which case.
        warning: u32,
        /// What it did.
        report: Box<Reported>,
    },
    /// Nobody has given it out within the time for it.
    NotGivenOut {
        /// Which case.
        warning: u32,
        /// Which version.
        version: u32,
        /// Since when it was to be given out.
        since: Timestamp,
        /// Until when.
        due: Timestamp,
        /// When that was seen.
        at: Timestamp,
    },
    /// Its `until` has passed while nobody had ended it: nobody is warned by it any more.
    Expired {
        /// Which case.
        warning: u32,
        /// Until when it was given out.
        until: Timestamp,
        /// When that was seen.
        at: Timestamp,
    },
    /// The order confirmed it.
    Confirmed {
        /// Which case.
        warning: u32,
        /// The order.
        order: OrderBasis,
        /// Who entered it.
        by: AccountName,
        /// When.
        at: Timestamp,
    },
    /// It was decided not to warn.
    Declined {
        /// Which case.
        warning: u32,
        /// Why.
        reason: String,
        /// Who.
        by: AccountName,
        /// When.
        at: Timestamp,
    },
    /// One of those to be told at once was told.
    Told {
        /// Which case.
        warning: u32,
        /// Who.
        whom: ToTell,
        /// By whom.
        by: AccountName,
        /// When.
        at: Timestamp,
    },
    /// Its card was merged into another, about which it is from now on.
    Moved {
        /// Which case.
        warning: u32,
        /// About what it is now.
        about: WarningAbout,
        /// Who merged the cards.
        by: AccountName,
        /// When.
        at: Timestamp,
    },
    /// The warning ended.
    Ended {
        /// Which case.
        warning: u32,
        /// Why.
        reason: String,
        /// Whether the leadership did not confirm it.
        disapproved: bool,
        /// Who.
        by: AccountName,
        /// When.
        at: Timestamp,
    },
}

impl WarningEvent {
    /// The number of the case that it is about.
    #[must_use]
    pub fn warning(&self) -> u32 {
        match self {
            Self::ThreatFound { warning, .. }
            | Self::ScaleStated { warning, .. }
            | Self::Ordered { warning, .. }
            | Self::Activated { warning, .. }
            | Self::Changed { warning, .. }
            | Self::Sent { warning, .. }
            | Self::Reported { warning, .. }
            | Self::NotGivenOut { warning, .. }
            | Self::Expired { warning, .. }
            | Self::Confirmed { warning, .. }
            | Self::Declined { warning, .. }
            | Self::Told { warning, .. }
            | Self::Moved { warning, .. }
            | Self::Ended { warning, .. } => *warning,
        }
    }
}
