//! What the hub says to an agency.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::agency_content::Measurement;
use super::content::{Caller, Contact, Nature, Outline, Place, RawContent, Typed, Urgency};
use super::{ErrorCode, ErrorContent, Fault, Kind, Warning};
use crate::domain::classification::order240::Scale;
use crate::domain::ids::{
    Capability, CategoryCode, DirectiveId, IncidentId, NoticeId, ReportId, RequestId, ShiftId, UnitId,
};
use crate::domain::names::Names;
use crate::domain::quantities::{Metres, Seconds};
use crate::domain::said::said;
use crate::domain::service_kind::Profile;
use crate::domain::unfit::unfit;

/// What the hub says. An agency ignores fields that it does not know: the hub may be a minor version ahead.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "content_type", content = "content", rename_all = "snake_case")]
pub enum HubContent {
    /// An incident in the agency's field: 112-R c.5(1)¶2.
    IncidentNotice(IncidentNotice),
    /// Forces are sent, asked for or ordered: 112-R c.5(3)¶2, ¶3, c.6(5).
    ForcesRequest(ForcesRequest),
    /// A forces request no longer stands.
    RequestCancelled(RequestCancelled),
    /// The situation in a zone of a possible emergency: 112-R c.5(2)¶2. It is passed to the duty officer: a `read_ack` with
    /// the person's name says that it reached one.
    Situation(Situation),
    /// A threat of an emergency, which raises readiness: 112-R c.5(2)¶4.
    ThreatNotice(ThreatNotice),
    /// A directive of the leadership: 112-R c.6(6). A `read_ack` with the person's name, or a `directive_ack`, says that a
    /// person has read it.
    Directive(Directive),
    /// A warning of the public: to the telecom operators' desks, which have it given out, and to the other services, which are
    /// informed: 112-R c.6(4), c.5(1)¶2; Order 945 c.23, c.24. Since 1.3.
    Warning(Box<Warning>),
    /// What is late, or a summary of the situation, told to a person: whoever reads it has taken note. Since 1.2.
    Notice(Notice),
    /// The channel check of 112-R c.5(1)¶1.
    Heartbeat(Heartbeat),
    /// The hub took in a report of the agency: the business acknowledgement of 112-R c.5(1)¶2, ¶4.
    Acknowledgement(Acknowledgement),
    /// A message of the agency was refused.
    Error(ErrorContent),
}

impl Typed for HubContent {
    fn content_type(&self) -> &'static str {
        match self {
            Self::IncidentNotice(_) => "incident_notice",
            Self::ForcesRequest(_) => "forces_request",
            Self::RequestCancelled(_) => "request_cancelled",
            Self::Situation(_) => "situation",
            Self::ThreatNotice(_) => "threat_notice",
            Self::Directive(_) => "directive",
            Self::Warning(_) => "warning",
            Self::Notice(_) => "notice",
            Self::Heartbeat(_) => "heartbeat",
            Self::Acknowledgement(_) => "acknowledgement",
            Self::Error(_) => "error",
        }
    }

    fn kinds(&self) -> &'static [Kind] {
        Self::kinds_of(self.content_type())
    }
}

impl HubContent {
    /// Reads a content by its name, ignoring fields that are not known.
    ///
    /// # Errors
    /// `unknown_content_type`, or `malformed_content` with the field that does not fit.
    pub fn parse(raw: RawContent) -> Result<Self, Fault> {
        let known = HubContent::CONTENT_TYPES.contains(&raw.content_type.as_str());
        if !known {
            let kind = format!("{:.64?}", raw.content_type);
            let detail = said!("no content of type {kind} is known", kind = kind);
            return Err((ErrorCode::UnknownContentType, detail));
        }
        let tagged = serde_json::json!({"content_type": raw.content_type, "content": raw.content});
        serde_json::from_value(tagged).map_err(|e| (ErrorCode::MalformedContent, unfit(&e.to_string())))
    }

    /// The kinds of message that may carry a content of this name; none for a name that is not known.
    #[must_use]
    pub fn kinds_of(content_type: &str) -> &'static [Kind] {
        match content_type {
            "incident_notice" | "situation" | "threat_notice" | "warning" => {
                &[Kind::Report, Kind::Update, Kind::Cancel]
            }
            "forces_request" | "heartbeat" => &[Kind::Request],
            "directive" => &[Kind::Request, Kind::Cancel],
            "request_cancelled" => &[Kind::Cancel],
            "notice" => &[Kind::Report],
            "acknowledgement" => &[Kind::Ack],
            "error" => &[Kind::Error],
            _ => &[],
        }
    }

    /// Every content type, in the order of the document.
    pub const CONTENT_TYPES: [&'static str; 11] = [
        "incident_notice",
        "forces_request",
        "request_cancelled",
        "situation",
        "threat_notice",
        "directive",
        "warning",
        "notice",
        "heartbeat",
        "acknowledgement",
        "error",
    ];
}

/// How far an incident notice goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum NoticeStage {
    /// Told while the caller is still being asked: the agency may prepare; more follows.
    Early,
    /// All that the hub knows now.
    Full,
    /// The incident is closed.
    Closed,
    /// It was no case for this agency after all: false, merged, or another's.
    Withdrawn,
}

/// An incident as the hub knows it now: the whole picture, not a difference.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct IncidentNotice {
    /// Early, full, closed or withdrawn.
    pub stage: NoticeStage,
    /// The number by which officers speak of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// The category, once there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<CategoryCode>,
    /// The category's names, so that the agency needs no table of ours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category_names: Option<Names>,
    /// Whether it is identified as an emergency (ЧС) and not only an event (112-R c.5(3)¶1).
    pub emergency: bool,
    /// Its scale by Order 240, once it is proposed or stated. Since 1.1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scale: Option<Scale>,
    /// It is at least of that scale: figures are not known yet that could make it graver. Since 1.4.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub scale_at_least: bool,
    /// When the hub first heard of it.
    pub reported_at: Timestamp,
    /// Where.
    pub place: Place,
    /// What is known, in the words of the officer or the caller.
    pub text: String,
    /// People known to be affected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub affected: Option<u32>,
    /// So many at least: nobody has stated how many in all, they are the dead and the injured known. Since 1.4.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub affected_at_least: bool,
    /// Dangers for crews: gas, explosives, a violent person, water depth.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dangers: Vec<String>,
    /// Who reported it, told only to services that may see it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub caller: Option<Caller>,
    /// Why it was closed or withdrawn.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The incident that this one was merged into.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merged_into: Option<IncidentId>,
}

/// The three acts by which forces are set in motion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = contract::Act)]
pub enum Act {
    /// The 112 officer sends formations of the fitting profile (112-R c.5(3)¶2).
    FirstWave,
    /// The 112 officer informs; the service then sends (112-R c.5(3)¶3).
    Additional,
    /// Operational leadership of a subordinate service: an order to depart, refused only with a reason
    /// (112-R c.6(5)).
    Order,
}

/// So many units that can do one thing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = contract::CapabilityNeed)]
pub struct CapabilityNeed {
    /// What the unit must be able to do.
    pub capability: Capability,
    /// How many such units.
    pub count: u16,
}

/// A unit that the hub holds ready and would send.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = contract::RecommendedUnit)]
pub struct RecommendedUnit {
    /// The unit.
    pub unit_id: UnitId,
    /// Estimated time to the place, seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub eta_s: Option<Seconds>,
    /// Distance, metres.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub distance_m: Option<Metres>,
}

/// A request or order for forces. Answered by `forces_answer`: decision, composition, departure, arrival.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = contract::ForcesRequest)]
pub struct ForcesRequest {
    /// The request; every answer names it.
    pub request_id: RequestId,
    /// Which act.
    pub act: Act,
    /// One of the four profiles, where the service has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile: Option<Profile>,
    /// What is asked for, in words.
    pub what: String,
    /// What the units must be able to do.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub capabilities: Vec<CapabilityNeed>,
    /// How many units in all.
    pub count: u16,
    /// How soon.
    pub urgency: Urgency,
    /// The units that the hub recommends, best first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub recommended: Vec<RecommendedUnit>,
    /// Where to.
    pub place: Place,
    /// When the answer is late.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_due: Option<Timestamp>,
}

/// A forces request no longer stands; units already sent turn back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = contract::RequestCancelled)]
pub struct RequestCancelled {
    /// The request.
    pub request_id: RequestId,
    /// Why.
    pub reason: String,
    /// Only these units are let go; empty: all of the request.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub units: Vec<UnitId>,
}

/// The situation, or a change of it, in a zone of a possible emergency.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = contract::Situation)]
pub struct Situation {
    /// The report that this passes on.
    pub report_id: ReportId,
    /// Radiation, chemical, biological, ecological, fire or other.
    pub nature: Nature,
    /// What is known.
    pub text: String,
    /// The zone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outline: Option<Outline>,
    /// Who observed it.
    pub source: String,
    /// When it was observed.
    pub observed_at: Timestamp,
    /// Where, apart from the outline. Since 1.1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
    /// Measured values. Since 1.1.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 256)]
    pub measurements: Vec<Measurement>,
}

/// A threat of an emergency. With `readiness_due` the service owes a `readiness_report`; without, it is informed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = contract::ThreatNotice)]
pub struct ThreatNotice {
    /// The report or summary that it rests on.
    pub report_id: ReportId,
    /// The kind of threat.
    pub nature: Nature,
    /// What is feared, where, when.
    pub text: String,
    /// The zone of the possible emergency.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outline: Option<Outline>,
    /// When the readiness report is late. Absent for services that owe none (112-R c.3(5), c.3(8)).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub readiness_due: Option<Timestamp>,
}

/// An order of the leadership on urgent response measures.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = contract::Directive)]
pub struct Directive {
    /// The directive; every acknowledgement names it.
    pub directive_id: DirectiveId,
    /// Who gave it: name and office.
    pub author: String,
    /// The order.
    pub text: String,
    /// When it is to be done by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Timestamp>,
}

/// A notice to a person of what is late, or of a summary of the situation. A `read_ack` with the person's name is what it
/// waits for. Since 1.2.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = contract::Notice)]
pub struct Notice {
    /// The notice.
    pub notice_id: NoticeId,
    /// What is owed and late, by its official name; absent for a summary.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owed: Option<Names>,
    /// The clause that obliges to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clause: Option<String>,
    /// Since when it is owed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
    /// When it was due.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Timestamp>,
    /// The incident that it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub incident: Option<IncidentId>,
    /// The summary's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

/// The channel check at the opening of a shift and between.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = contract::Heartbeat)]
pub struct Heartbeat {
    /// The check; the reply names it.
    pub check_id: Uuid,
    /// The shift being opened, where it is that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shift: Option<ShiftId>,
    /// The contacts that the hub holds for this service: to be confirmed or changed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub contacts: Vec<Contact>,
    /// When the check counts as not reached.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_due: Option<Timestamp>,
}

/// The hub took in a report of the agency; the head's `references` names the report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = contract::Acknowledgement)]
pub struct Acknowledgement {
    /// When it was durable at the hub.
    pub received_at: Timestamp,
    /// The incident that it became or joined.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub incident: Option<IncidentId>,
    /// The officer who took it, where a person did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
}
