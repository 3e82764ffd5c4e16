//! A notice, what is asked of it and what happens to it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::directive::Addressee;
use crate::domain::ids::{
    AccountName, DirectiveId, DistributionId, IncidentId, NoticeId, ObligationId, RegionCode, ReportId,
    RequestId, ServiceKey,
};
use crate::domain::obligation::{Claim, Level};
use crate::domain::organisation::OrganisationKey;

/// An office of the hub.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Office {
    /// The operational duty officer.
    DutyOfficer,
    /// The head of the shift.
    HeadOfShift,
    /// The leadership of the directorate.
    Leadership,
}

/// To whom a notice goes.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(tag = "to", rename_all = "snake_case")]
pub enum NoticeTo {
    /// An office of the hub: shown on the consoles of those who hold it.
    Office {
        /// Which.
        office: Office,
    },
    /// A duty-dispatch service: over its link.
    Service {
        /// Which.
        service: ServiceKey,
    },
    /// An organisation of the tree: over the link of the service that is its desk, or else by telephone.
    Organisation {
        /// Which.
        organisation: OrganisationKey,
    },
}

/// What a notice is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "about", rename_all = "snake_case")]
#[schema(as = NoticeAbout)]
pub enum About {
    /// An obligation that is late.
    Overdue {
        /// Which.
        obligation: ObligationId,
        /// What is owed by whom.
        claim: Box<Claim>,
        /// The step towards the one who owes.
        level: Level,
        /// Since when it is owed.
        since: Timestamp,
        /// When it was due.
        due: Timestamp,
    },
    /// A warning of the public that no operator has given out in time (Order 945 c.24).
    WarningNotGivenOut {
        /// The case's number.
        warning: u32,
        /// Which version of it.
        version: u32,
        /// The incident that it is about, where it is about one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        incident: Option<IncidentId>,
        /// When it was sent.
        since: Timestamp,
        /// By when it was to be given out.
        due: Timestamp,
    },
    /// A warning of the public that runs although the time until which it is given out has passed.
    WarningExpired {
        /// The case's number.
        warning: u32,
        /// The incident that it is about, where it is about one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        incident: Option<IncidentId>,
        /// Until when it was given out.
        due: Timestamp,
    },
    /// A subordinate service that was ordered to send forces sends none (112-R c.6(5)).
    ForcesOrderRefused {
        /// For which incident they were ordered.
        incident: IncidentId,
        /// By which request.
        request: RequestId,
        /// Who refused.
        service: ServiceKey,
        /// Of which region.
        service_region: RegionCode,
        /// Why, in its own words.
        reason: String,
        /// When it said so.
        since: Timestamp,
    },
    /// An addressee whom a directive orders does not carry it out (112-R c.6(5), c.6(6)).
    DirectiveRefused {
        /// Which directive.
        directive: DirectiveId,
        /// Who refused.
        addressee: Addressee,
        /// The incident that it is about, where it is about one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        incident: Option<IncidentId>,
        /// Why, in its own words.
        reason: String,
        /// When it said so.
        since: Timestamp,
    },
    /// A summary of the situation, reported upward.
    Summary {
        /// Which.
        summary: ReportId,
        /// What it says.
        text: String,
    },
}

/// That a named person has taken note.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TakenNote {
    /// Who: the account of the office's holder, or the name of the person at the service or organisation.
    pub by: String,
    /// Who of the hub wrote it down, where it was told by telephone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recorded_by: Option<AccountName>,
    /// When.
    pub at: Timestamp,
}

/// A notice to a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Notice {
    /// Identity.
    pub id: NoticeId,
    /// What it is about.
    #[serde(flatten)]
    pub about: About,
    /// To whom.
    pub to: NoticeTo,
    /// Since when it stands.
    pub raised_at: Timestamp,
    /// Part of an exercise.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub exercise: bool,
    /// The message that carries it over a link; absent where the telephone does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub distribution: Option<DistributionId>,
    /// Who has taken note.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub taken: Option<TakenNote>,
    /// When what it is about was settled before anybody took note.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Timestamp>,
}

impl Notice {
    /// Whether somebody has still to take note.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.taken.is_none() && self.ended_at.is_none()
    }

    /// Since when nobody need take note any more.
    #[must_use]
    pub fn over_since(&self) -> Option<Timestamp> {
        self.taken.as_ref().map(|taken| taken.at).or(self.ended_at)
    }

    /// The obligation that is late.
    #[must_use]
    pub fn obligation(&self) -> Option<ObligationId> {
        match &self.about {
            About::Overdue { obligation, .. } => Some(*obligation),
            _ => None,
        }
    }

    /// The case of warning that nobody has given out, or that is given out no longer.
    #[must_use]
    pub fn warning(&self) -> Option<u32> {
        match &self.about {
            About::WarningNotGivenOut { warning, .. } | About::WarningExpired { warning, .. } => {
                Some(*warning)
            }
            _ => None,
        }
    }

    /// The directive that an addressee does not carry out.
    #[must_use]
    pub fn refused_directive(&self) -> Option<DirectiveId> {
        match &self.about {
            About::DirectiveRefused { directive, .. } => Some(*directive),
            _ => None,
        }
    }
}

/// What is asked of notices.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "command", rename_all = "snake_case", deny_unknown_fields)]
pub enum NoticeCommand {
    /// A person takes note: the holder of the office, or somebody at the service or organisation to whom it was told by
    /// telephone.
    TakeNote {
        /// Of which.
        notice: NoticeId,
        /// Who there; needed for what is not to an office of the hub.
        said_by: Option<String>,
    },
}

/// What happens to notices.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum NoticeEvent {
    /// A notice was given.
    Raised {
        /// The notice.
        notice: Box<Notice>,
    },
    /// A person took note.
    Taken {
        /// Of which.
        notice: NoticeId,
        /// Who.
        taken: TakenNote,
    },
    /// What it is about was settled.
    Ended {
        /// Which.
        notice: NoticeId,
        /// When.
        at: Timestamp,
    },
}

impl NoticeEvent {
    /// The notice that it is about.
    #[must_use]
    pub fn notice(&self) -> NoticeId {
        match self {
            Self::Raised { notice } => notice.id,
            Self::Taken { notice, .. } | Self::Ended { notice, .. } => *notice,
        }
    }
}
