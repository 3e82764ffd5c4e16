//! What an agency says to the hub. Strict: a field that the hub does not know is refused, because the hub is never
//! behind an agency in the contract and a misspelt field would silently leave an obligation open.

use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::content::{Contact, Nature, Place, RawContent, Typed};
use super::{ErrorCode, ErrorContent, Fault, Kind, WarningReport};
use crate::domain::ids::{CategoryCode, DirectiveId, DistributionId, RequestId, UnitId};
use crate::domain::quantities::{Metres, Point};
use crate::domain::said::said;
use crate::domain::unfit::unfit;

macro_rules! agency_content {
    ($($(#[$doc:meta])* $name:ident($type:ty) = $text:literal, $kinds:expr);+ $(;)?) => {
        /// What an agency says.
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
        #[serde(tag = "content_type", content = "content", rename_all = "snake_case")]
        pub enum AgencyContent {
            $($(#[$doc])* $name($type)),+
        }

        impl Typed for AgencyContent {
            fn content_type(&self) -> &'static str {
                match self { $(Self::$name(_) => $text),+ }
            }

            fn kinds(&self) -> &'static [Kind] {
                Self::kinds_of(self.content_type())
            }
        }

        impl AgencyContent {
            /// The kinds of message that may carry a content of this name; none for a name that is not known.
            #[must_use]
            pub fn kinds_of(content_type: &str) -> &'static [Kind] {
                match content_type {
                    $($text => &$kinds,)+
                    _ => &[],
                }
            }

            /// Every content type, in the order of the document.
            pub const CONTENT_TYPES: &'static [&'static str] = &[$($text),+];

            /// Reads a content by its name.
            ///
            /// # Errors
            /// `unknown_content_type`, or `malformed_content` with the field that does not fit.
            pub fn parse(raw: RawContent) -> Result<Self, Fault> {
                match raw.content_type.as_str() {
                    $($text => read(raw.content).map(Self::$name),)+
                    other => {
                        let kind = format!("{other:.64?}");
                        let detail = said!("the hub takes no content of type {kind}", kind = kind);
                        Err((ErrorCode::UnknownContentType, detail))
                    }
                }
            }
        }
    };
}

fn read<T: DeserializeOwned>(content: Value) -> Result<T, Fault> {
    serde_json::from_value(content).map_err(|e| (ErrorCode::MalformedContent, unfit(&e.to_string())))
}

agency_content! {
    /// The agency's system has the message referenced.
    TechnicalAck(TechnicalAck) = "technical_ack", [Kind::Ack];
    /// A person of the agency has read the message referenced.
    ReadAck(ReadAck) = "read_ack", [Kind::Ack];
    /// An answer to a forces request, whole or one datum of it: 112-R c.5(3)¶4.
    ForcesAnswer(ForcesAnswer) = "forces_answer", [Kind::Response, Kind::Update];
    /// A unit departed, arrived, was released, is available or is out of service: 112-R c.5(1)¶5, c.5(3)¶4.
    UnitStatus(UnitStatus) = "unit_status", [Kind::Report];
    /// Where units are, many at a time.
    Positions(Positions) = "positions", [Kind::Report];
    /// Formations brought to readiness and their composition: 112-R c.5(2)¶4.
    ReadinessReport(ReadinessReport) = "readiness_report", [Kind::Response, Kind::Report, Kind::Update];
    /// A change in the agency's field in a zone of a possible emergency: 112-R c.5(2)¶3.
    SituationReport(SituationReport) = "situation_report", [Kind::Report, Kind::Update];
    /// An emergency that the agency learnt of itself: 112-R c.5(1)¶4.
    EmergencyReport(EmergencyReport) = "emergency_report", [Kind::Report];
    /// What the agency does about an incident: 112-R c.5(1)¶5.
    ActionReport(ActionReport) = "action_report", [Kind::Report, Kind::Update];
    /// A directive received, read or done: 112-R c.6(6).
    DirectiveAck(DirectiveAck) = "directive_ack", [Kind::Ack];
    /// A warning of the public was given out over a channel, or is not: 112-R c.6(4); Order 945 c.24. Since 1.3.
    WarningReport(WarningReport) = "warning_report", [Kind::Report, Kind::Response, Kind::Update];
    /// The answer to a channel check: 112-R c.5(1)¶1.
    HeartbeatReply(HeartbeatReply) = "heartbeat_reply", [Kind::Response];
    /// The agency refuses a message of the hub.
    Error(ErrorContent) = "error", [Kind::Error];
}

/// The agency's system has stored the message that the head references.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = contract::TechnicalAck)]
pub struct TechnicalAck {
    /// When it arrived there.
    pub received_at: Timestamp,
    /// Further messages that arrived with it: a busy system acknowledges many in one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 1000)]
    pub also: Vec<DistributionId>,
}

/// A person has read the message that the head references.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = contract::ReadAck)]
pub struct ReadAck {
    /// Who.
    #[schema(max_length = 200)]
    pub by: String,
    /// When.
    pub at: Timestamp,
}

/// What the service decides about a forces request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = contract::Decision)]
pub enum Decision {
    /// Sends what was asked for.
    Accept,
    /// Sends something else: `units` says what.
    Change,
    /// Sends nothing; `reason` says why.
    Refuse,
}

/// Why a service changes or refuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = contract::ReasonCode)]
pub enum ReasonCode {
    /// Every fitting unit is engaged.
    NoneFree,
    /// No unit can do it.
    NoneFitting,
    /// A nearer or better unit was chosen.
    BetterUnit,
    /// Weather or roads forbid it.
    Unreachable,
    /// It is another service's case.
    NotCompetent,
    /// A crew or vehicle failed.
    Breakdown,
    /// Anything else: the text says it.
    Other,
}

/// A reason with its code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = contract::Reason)]
pub struct Reason {
    /// For programs.
    pub code: ReasonCode,
    /// For people.
    #[serde(default)]
    #[schema(max_length = 4000)]
    pub text: String,
}

/// So many of one thing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = contract::Equipment)]
pub struct Equipment {
    /// What.
    #[schema(max_length = 200)]
    pub name: String,
    /// How many.
    #[schema(maximum = 10_000)]
    pub count: u32,
}

/// The composition that 112-R c.5(3)¶4 demands: people and equipment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = contract::Composition)]
pub struct Composition {
    /// People.
    #[schema(maximum = 10_000)]
    pub people: u32,
    /// Vehicles and equipment.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub equipment: Vec<Equipment>,
}

/// An answer to a forces request. Each datum may come in a message of its own; at least one must be there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = contract::ForcesAnswer)]
pub struct ForcesAnswer {
    /// The request answered.
    pub request_id: RequestId,
    /// Accept, change or refuse.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<Decision>,
    /// Why it is changed or refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// The units that go. On acceptance, absent means those recommended.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 256)]
    pub units: Vec<UnitId>,
    /// People and equipment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub composition: Option<Composition>,
    /// When the first unit departs or departed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub departure_at: Option<Timestamp>,
    /// When the first unit will arrive or arrived in the zone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arrival_at: Option<Timestamp>,
}

/// What happened to a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = contract::UnitStep)]
pub enum UnitStep {
    /// Departed to the incident of the head.
    Departed,
    /// Arrived in the zone of the incident of the head.
    Arrived,
    /// Let go from the incident of the head.
    Released,
    /// Ready for any call.
    Available,
    /// Cannot be sent.
    OutOfService,
}

/// A status of a unit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = contract::UnitStatus)]
pub struct UnitStatus {
    /// The unit, of the sender's own.
    pub unit_id: UnitId,
    /// What happened.
    pub status: UnitStep,
    /// When.
    pub at: Timestamp,
    /// Where the unit was then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub point: Option<Point>,
    /// Anything else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 4000)]
    pub note: Option<String>,
}

/// Where units are.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = contract::Positions)]
pub struct Positions {
    /// At most 1,000 a message.
    #[schema(min_items = 1, max_items = 1000)]
    pub positions: Vec<UnitPosition>,
}

/// Where one unit was.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = contract::UnitPosition)]
pub struct UnitPosition {
    /// The unit, of the sender's own.
    pub unit_id: UnitId,
    /// When the fix was taken.
    pub at: Timestamp,
    /// The fix.
    pub point: Point,
    /// Speed over ground, km/h.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 1500)]
    pub speed_kmh: Option<f32>,
    /// Course over ground, degrees from north.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 360)]
    pub course_deg: Option<f32>,
    /// Radius of uncertainty, metres.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accuracy_m: Option<Metres>,
}

/// How ready a formation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = contract::Readiness)]
pub enum Readiness {
    /// As every day.
    Everyday,
    /// People are being called in.
    Gathering,
    /// High readiness: departs on the word.
    High,
}

/// One formation in a readiness report. Its composition counts with people, and units or equipment; people alone do not.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = contract::FormationReadiness)]
pub struct FormationReadiness {
    /// Its name.
    #[schema(max_length = 200)]
    pub name: String,
    /// At what readiness.
    pub readiness: Readiness,
    /// Its units. A composition that counts names units or equipment.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 1000)]
    pub units: Vec<UnitId>,
    /// People; at least one in a composition that counts.
    #[schema(maximum = 10_000)]
    pub people: u32,
    /// Equipment. A composition that counts names units or equipment.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 256)]
    pub equipment: Vec<Equipment>,
    /// Where it stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
}

/// Formations brought to readiness on a threat. What is owed is met when each is at high readiness with its composition.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = contract::ReadinessReport)]
pub struct ReadinessReport {
    /// The formations; at least one.
    #[schema(min_items = 1, max_items = 256)]
    pub formations: Vec<FormationReadiness>,
    /// As of when.
    pub at: Timestamp,
}

/// One measured value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = contract::Measurement)]
pub struct Measurement {
    /// What was measured.
    #[schema(max_length = 200)]
    pub name: String,
    /// The number.
    pub value: f64,
    /// Its unit of measure.
    #[schema(max_length = 32)]
    pub unit: String,
}

/// A change in the sender's field.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = contract::SituationReport)]
pub struct SituationReport {
    /// Radiation, chemical, biological, ecological, fire or other.
    pub nature: Nature,
    /// What changed.
    #[schema(max_length = 20000)]
    pub text: String,
    /// Where.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
    /// When it was observed.
    pub observed_at: Timestamp,
    /// Measured values.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 256)]
    pub measurements: Vec<Measurement>,
}

/// An emergency that reached the agency first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = contract::EmergencyReport)]
pub struct EmergencyReport {
    /// When the agency itself received it: the clock of 112-R c.5(1)¶4 runs from here.
    pub received_at: Timestamp,
    /// What.
    #[schema(max_length = 20000)]
    pub text: String,
    /// Where.
    pub place: Place,
    /// The category, where the agency knows the hub's table.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<CategoryCode>,
    /// People known to be affected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub affected: Option<u32>,
    /// Who told the agency.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 200)]
    pub reporter: Option<String>,
}

/// What the agency does about the incident of the head.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = contract::ActionReport)]
pub struct ActionReport {
    /// What was done.
    #[schema(max_length = 20000)]
    pub text: String,
    /// When.
    pub at: Timestamp,
    /// By which units.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 256)]
    pub units: Vec<UnitId>,
}

/// How far a directive got at its addressee.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = contract::DirectiveStage)]
pub enum DirectiveStage {
    /// The system has it.
    Received,
    /// A person has read it.
    Read,
    /// It is carried out.
    Done,
}

/// A directive received, read or done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = contract::DirectiveAck)]
pub struct DirectiveAck {
    /// The directive.
    pub directive_id: DirectiveId,
    /// How far.
    pub stage: DirectiveStage,
    /// Who says so; needed for read and done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 200)]
    pub by: Option<String>,
    /// When.
    pub at: Timestamp,
}

/// The answer to a channel check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = contract::HeartbeatReply)]
pub struct HeartbeatReply {
    /// The check answered.
    pub check_id: Uuid,
    /// Who is on duty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 200)]
    pub duty_officer: Option<String>,
    /// The contacts as they are now. `null` or absent: those that the hub holds are right.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_items = 64)]
    pub contacts: Option<Vec<Contact>>,
}
