//! A warning of the public on its way to the operators of the means of warning, and what they report back (112-R c.6(4);
//! Order 945 c.23, c.24). It says all that a public alert format needs, so that such a format is another way of writing the
//! same.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::content::Outline;
use crate::domain::ids::{CategoryCode, DistrictCode, ReportId, ZoneId};
use crate::domain::names::Names;
use crate::domain::warning::{Authority, Danger};

/// What became of the warning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = contract::WarningStage)]
pub enum WarningStage {
    /// People are to be warned.
    Issued,
    /// It stands in the place of what was sent before: the head's `references` names that.
    Updated,
    /// It is over, or was not confirmed: the head's `references` names what was sent last.
    Ended,
}

/// What the recipient is to do about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = contract::WarningTask)]
pub enum WarningTask {
    /// Give it to the people in the area, in the place of what is being given out for this warning; report
    /// by `warning_report`.
    Transmit,
    /// An exercise: do everything as for `transmit`, report likewise, and give nothing to the public.
    Rehearse,
    /// Give it out no longer.
    Stop,
    /// For information: nothing is to be given out because of this message.
    Inform,
}

impl WarningTask {
    /// Whether the operator is to do it and to report.
    #[must_use]
    pub fn is_reported(self) -> bool {
        matches!(self, Self::Transmit | Self::Rehearse)
    }
}

/// A warning in one language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = contract::WarningWords)]
pub struct WarningWords {
    /// What happens or threatens.
    pub event: String,
    /// What to do.
    pub instruction: String,
}

/// The warning in its languages: Kazakh and Russian always (Order 945 c.26), English where it was written. In an exercise
/// each begins with the word for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = contract::WarningTexts)]
pub struct WarningTexts {
    /// Kazakh.
    pub kk: WarningWords,
    /// Russian.
    pub ru: WarningWords,
    /// English.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub en: Option<WarningWords>,
}

/// A zone as it was when the warning was sent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = contract::WarningZone)]
pub struct WarningZone {
    /// The zone.
    pub zone_id: ZoneId,
    /// Its name.
    pub name: String,
    /// Its border.
    pub outline: Outline,
}

/// Where people are to be warned: everywhere that any of these names.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = contract::WarningArea)]
pub struct WarningArea {
    /// The whole region of the sender.
    pub whole_region: bool,
    /// Districts by their KATO codes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub districts: Vec<DistrictCode>,
    /// A zone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<WarningZone>,
}

/// By whose decision people are warned: on an order, or by the duty officer because it cannot wait.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = contract::WarningBasis)]
pub struct WarningBasis {
    /// The clauses that it rests on.
    pub clause: String,
    /// The office that ordered; absent while the duty officer's act waits for its confirmation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authority: Option<Authority>,
    /// The office's names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authority_names: Option<Names>,
    /// Who holds it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ordered_by: Option<String>,
    /// Number and date of the order, or how it came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// With whom it was agreed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agreed_with: Option<String>,
    /// Why the duty officer could not wait for an order (Order 945 c.21 ¶4).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub could_not_wait: Option<String>,
}

/// A warning of the public as it stands: the whole picture, not a difference. The warning is known by the head's sender and
/// its number; of two messages about one the higher version stands. Since 1.3.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = contract::Warning)]
pub struct Warning {
    /// Its number in the sender's region; every report names it.
    pub warning: u32,
    /// Grows by one with each message about it; every report names it.
    #[schema(minimum = 1)]
    pub version: u32,
    /// Issued, updated or ended.
    pub stage: WarningStage,
    /// What the recipient is to do.
    pub task: WarningTask,
    /// What is threatened.
    pub danger: Danger,
    /// On what that rests, in the words of the officer.
    pub grounds: String,
    /// The number of the card that it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub incident_number: Option<String>,
    /// The card's category.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<CategoryCode>,
    /// The category's names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category_names: Option<Names>,
    /// The report of monitoring that it is about (Order 945 c.28).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub report_id: Option<ReportId>,
    /// What is said to people.
    pub texts: WarningTexts,
    /// It is for natural persons.
    pub persons: bool,
    /// It is for organisations.
    pub organisations: bool,
    /// Where.
    pub area: WarningArea,
    /// By whose decision.
    pub basis: WarningBasis,
    /// Since when people are warned.
    pub from: Timestamp,
    /// Until when it is given out, where that was set: then it stops by itself, as by `expires` of CAP 1.2, and no message
    /// need follow. Of one that ended: when it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// Why it was changed or ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// Whether an operator gave the warning out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = contract::WarningOutcome)]
pub enum WarningOutcome {
    /// It was given out over `channel`; in an exercise: it would have been.
    Transmitted,
    /// It is not given out; `reason` says why.
    Refused,
}

/// The means of Order 945 c.24, (1) to (6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = contract::WarningChannel)]
pub enum WarningChannel {
    /// Television and radio, interrupted: c.24(1).
    TvRadio,
    /// SMS: c.24(2).
    Sms,
    /// Cell Broadcast: c.24(2).
    CellBroadcast,
    /// Mobile applications: c.24(3).
    MobileApp,
    /// Sirens with speech, and vehicles with loudspeakers: c.24(4), c.16.
    Sirens,
    /// Terminals in crowded places: c.24(5).
    Terminals,
    /// Sites and social accounts: c.24(6).
    Internet,
}

/// Why an operator does not give a warning out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = contract::WarningRefusalCode)]
pub enum WarningRefusalCode {
    /// It has no means in the area.
    NoCoverage,
    /// Its means there do not work.
    Breakdown,
    /// A text is too long for its means, or cannot be written in it.
    UnfitText,
    /// It doubts who ordered it or on what basis.
    NotAuthorised,
    /// It is another's part.
    NotCompetent,
    /// Anything else: the text says it.
    Other,
}

/// Why a warning is not given out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = contract::WarningRefusal)]
pub struct WarningRefusal {
    /// For programs.
    pub code: WarningRefusalCode,
    /// For people.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[schema(max_length = 4000)]
    pub text: String,
}

/// What an operator did about a warning: one report for each channel, as it becomes known. Since 1.3.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = contract::WarningReport)]
pub struct WarningReport {
    /// The warning's number.
    pub warning: u32,
    /// The version that was given out or refused.
    pub version: u32,
    /// Transmitted or refused.
    pub outcome: WarningOutcome,
    /// When.
    pub at: Timestamp,
    /// Over which channel; needed when transmitted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<WarningChannel>,
    /// How many people or devices it reached, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reached: Option<u32>,
    /// Why it is refused; needed then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<WarningRefusal>,
}
