//! The envelope of every message between the hub and an agency: the header semantics of EDXL-DE 2.0 in JSON.
//!
//! The head is read apart from the content ([`Envelope::parse`], then [`AgencyContent::parse`]), so that an error
//! in the content still finds its sender.
//!
//! Who tolerates what: **the hub is strict, agencies are lenient.** The contract is `major.minor`. The hub moves
//! first, so an agency may meet fields it does not know and ignores them; the hub never does, so a field of a
//! content that it does not know is a mistake (`arival_at` would else silently leave an obligation open) and is
//! answered with `malformed_content` ([`Place`] and [`Contact`], which travel both ways, are closed). The head tolerates unknown fields on both sides: it must be readable for an
//! error to be sent back. A message of another major, or of a newer minor than the hub's, is refused whole.

mod agency_content;
mod check;
mod code;
mod content;
mod hub_content;
mod warning;

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::ids::{DistributionId, IncidentId, RegionCode, ServiceKey};
use super::said::{Said, said};
use super::unfit::unfit;
use super::{nul, trace};

pub use agency_content::{
    ActionReport, AgencyContent, Composition, Decision, DirectiveAck, DirectiveStage, EmergencyReport,
    Equipment, ForcesAnswer, FormationReadiness, HeartbeatReply, Measurement, Positions, ReadAck, Readiness,
    ReadinessReport, Reason, ReasonCode, SituationReport, TechnicalAck, UnitPosition, UnitStatus, UnitStep,
};
pub(crate) use check::wrong_kind;
pub use check::{
    COUNTRY, Country, Fault, MAX_BODY_BYTES, MAX_CLOCK_SKEW, MAX_POSITIONS, MAX_TEXT_CHARS, before_written,
};
pub use code::{ErrorCode, ErrorContent};
pub use content::{Caller, Contact, Nature, Outline, Place, RawContent, Typed, Urgency};
pub use hub_content::{
    Acknowledgement, Act, CapabilityNeed, Directive, ForcesRequest, Heartbeat, HubContent, IncidentNotice,
    Notice, NoticeStage, RecommendedUnit, RequestCancelled, Situation, ThreatNotice,
};
pub use warning::{
    Warning, WarningArea, WarningBasis, WarningChannel, WarningOutcome, WarningRefusal, WarningRefusalCode,
    WarningReport, WarningStage, WarningTask, WarningTexts, WarningWords, WarningZone,
};

/// The version of the contract that this hub speaks.
pub const CONTRACT: ContractVersion = ContractVersion { major: 1, minor: 4 };

/// `major.minor` of the contract: another major is another language, a minor only adds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ContractVersion {
    /// Changes when what was valid no longer is.
    pub major: u16,
    /// Changes when something is added.
    pub minor: u16,
}

impl ContractVersion {
    /// Whether a hub of version `self` reads a message of version `other`.
    #[must_use]
    pub fn reads(self, other: Self) -> bool {
        self.major == other.major && other.minor <= self.minor
    }
}

impl fmt::Display for ContractVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

/// The text is no `major.minor`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a contract version is major.minor, as in 1.0")]
pub struct NotVersion;

impl FromStr for ContractVersion {
    type Err = NotVersion;
    fn from_str(s: &str) -> Result<Self, NotVersion> {
        let (major, minor) = s.split_once('.').ok_or(NotVersion)?;
        let number = |n: &str| {
            let digits = !n.is_empty() && n.len() <= 3 && n.bytes().all(|b| b.is_ascii_digit());
            if digits { n.parse().map_err(|_| NotVersion) } else { Err(NotVersion) }
        };
        Ok(Self { major: number(major)?, minor: number(minor)? })
    }
}

impl TryFrom<String> for ContractVersion {
    type Error = NotVersion;
    fn try_from(s: String) -> Result<Self, NotVersion> {
        s.parse()
    }
}

impl From<ContractVersion> for String {
    fn from(v: ContractVersion) -> Self {
        v.to_string()
    }
}

/// A duty-dispatch service of one region as sender or recipient: the EDXL-DE `SenderID`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
pub struct Party {
    /// The region by the first two digits of its KATO code.
    pub region: RegionCode,
    /// The kind of service (112-R c.3); `hub` is the 112 directorate itself.
    pub service: ServiceKey,
}

impl Party {
    /// The 112 directorate of a region: the hub itself (112-R c.3(1)).
    #[must_use]
    pub fn hub(region: RegionCode) -> Self {
        match ServiceKey::new("hub") {
            Ok(service) => Self { region, service },
            Err(_) => unreachable!("hub is a service key"),
        }
    }

    /// The key under which messages to or from this party travel: `75.ambulance.forces_request`.
    #[must_use]
    pub fn routing_key(&self, content_type: &str) -> String {
        format!("{}.{}.{content_type}", self.region, self.service)
    }
}

impl fmt::Display for Party {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.region, self.service)
    }
}

/// One addressee with its place in the order of an incident.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
pub struct Recipient {
    /// The region of the addressee.
    pub region: RegionCode,
    /// The service addressed.
    pub service: ServiceKey,
    /// Counts the hub's sequenced messages about this incident to this addressee: 1, 2, 3 … without a gap, so that
    /// the addressee sees a loss, a repetition or an inversion itself: a lower number than the next one expected is
    /// a double, a higher one waits for those before it. Present exactly for the contents of [`is_sequenced`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1)]
    pub sequence: Option<u64>,
    /// The message to this addressee that an update or a cancel stands in the place of, where the addressees were told by
    /// different ones; else the head's `references` names it. Since 1.4.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub references: Option<DistributionId>,
}

impl Recipient {
    /// The addressee without its sequence.
    #[must_use]
    pub fn party(&self) -> Party {
        Party { region: self.region, service: self.service.clone() }
    }
}

/// Whether a message is meant: the EDXL-DE `DistributionStatus`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = contract::Status)]
pub enum Status {
    /// Real.
    #[default]
    Actual,
    /// Part of an exercise: never mixes with the real.
    Exercise,
    /// A technical test: nothing follows from it.
    Test,
}

/// What a message does: the EDXL-DE `DistributionKind`, those of its values that the hub uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = contract::Kind)]
pub enum Kind {
    /// New information.
    Report,
    /// Replaces what was reported before.
    Update,
    /// Withdraws what was reported or requested before.
    Cancel,
    /// Asks for something; an answer is owed.
    Request,
    /// Answers a request.
    Response,
    /// Says only that the one referenced was received, read or taken in.
    Ack,
    /// Says that the one referenced was refused, with a code.
    Error,
}

/// Everything about a message but what it says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = contract::Head)]
pub struct Head {
    /// The version of the contract that the message keeps.
    #[schema(value_type = String, pattern = r"^\d{1,3}\.\d{1,3}$", example = "1.0")]
    pub contract: ContractVersion,
    /// One message, the same through every repetition: what a receiver deduplicates by (with the sender).
    pub distribution_id: DistributionId,
    /// Who sends. On AMQP it must be the party of the broker account that publishes.
    pub sender: Party,
    /// Who is addressed; 1 to 64.
    #[schema(min_items = 1, max_items = 64)]
    pub recipients: Vec<Recipient>,
    /// When the sender made the message.
    pub sent_at: Timestamp,
    /// After this moment the message is of no use and is not to be acted on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    /// Actual, exercise or test.
    pub status: Status,
    /// What the message does.
    pub kind: Kind,
    /// The distribution id of the message that this one answers, acknowledges or refuses; of an update or a cancel, of the
    /// newest message in whose place it stands, when that is one for all who are addressed (since 1.4 for every content).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub references: Option<DistributionId>,
    /// The incident that the message is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub incident: Option<IncidentId>,
    /// W3C trace context (`traceparent`), so that one trace runs through hub, broker and agency. One that is none is
    /// passed over, as the standard says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 128, example = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")]
    pub trace: Option<String>,
}

/// Whether the hub's messages with this content are counted by [`Recipient::sequence`]: those that tell the course
/// of an incident. They alone must arrive in order and without a gap; every other content stands for itself.
#[must_use]
pub fn is_sequenced(content_type: &str) -> bool {
    matches!(content_type, "incident_notice" | "forces_request" | "request_cancelled")
}

/// The contents that are ([`is_sequenced`]).
#[must_use]
pub fn sequenced() -> Vec<&'static str> {
    HubContent::CONTENT_TYPES.into_iter().filter(|content_type| is_sequenced(content_type)).collect()
}

/// A head with its content. On the wire both are one flat JSON object: the head's fields, `content_type` and
/// `content`.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Envelope<C> {
    /// Everything about the message but what it says.
    #[serde(flatten)]
    pub head: Head,
    /// What it says.
    #[serde(flatten)]
    pub content: C,
}

/// Why bytes are no envelope. `sender` and `references` hold what could still be made out, so that an error can
/// name the message it is about.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {detail}")]
pub struct NotEnvelope {
    /// The code for the error message.
    pub code: ErrorCode,
    /// What is wrong, for a person.
    pub detail: Said,
    /// The distribution id, where it could be read.
    pub distribution_id: Option<DistributionId>,
    /// The sender it names, where it could be read.
    pub sender: Option<Party>,
}

#[derive(Deserialize)]
struct Wire {
    #[serde(flatten)]
    head: Head,
    content_type: String,
    #[serde(default)]
    content: Value,
}

/// What is no JSON, with the place in it.
fn no_json(error: &serde_json::Error) -> Said {
    if error.is_eof() {
        return said!("the body ends too early; send the whole of it");
    }
    said!(
        "the body is not JSON at line {line}, column {column}; correct it there",
        line = error.line(),
        column = error.column()
    )
}

impl Envelope<RawContent> {
    /// Reads the head, as the hub does, and leaves the content as it came.
    ///
    /// # Errors
    /// [`NotEnvelope`] with `too_large`, `unsupported_version` or `malformed_envelope`.
    pub fn parse(body: &[u8]) -> Result<Self, NotEnvelope> {
        if body.len() > MAX_BODY_BYTES {
            let detail = said!(
                "a message has at most {most} bytes, this one has {len}",
                most = MAX_BODY_BYTES,
                len = body.len()
            );
            let code = ErrorCode::TooLarge;
            return Err(NotEnvelope { code, detail, distribution_id: None, sender: None });
        }
        Self::parse_versions(body, |version| CONTRACT.reads(version))
    }

    /// Reads the head, as an agency does: of the same major every minor is welcome, and a hub's message is never too
    /// large to be read.
    ///
    /// # Errors
    /// [`NotEnvelope`] with `unsupported_version` or `malformed_envelope`.
    pub fn parse_from_hub(body: &[u8]) -> Result<Self, NotEnvelope> {
        Self::parse_versions(body, |version| version.major == CONTRACT.major)
    }

    fn parse_versions(body: &[u8], reads: impl Fn(ContractVersion) -> bool) -> Result<Self, NotEnvelope> {
        let bare = |code, detail: Said| NotEnvelope { code, detail, distribution_id: None, sender: None };
        let value: Value =
            serde_json::from_slice(body).map_err(|e| bare(ErrorCode::MalformedEnvelope, no_json(&e)))?;
        let part = |name: &str| value.get(name).cloned().unwrap_or(Value::Null);
        let distribution_id = serde_json::from_value(part("distribution_id")).ok();
        let sender = serde_json::from_value(part("sender")).ok();
        if let Ok(version) = serde_json::from_value::<ContractVersion>(part("contract"))
            && !reads(version)
        {
            let detail = said!(
                "contract {own} is spoken here, the message is of {other}",
                own = CONTRACT,
                other = version
            );
            return Err(NotEnvelope { code: ErrorCode::UnsupportedVersion, detail, distribution_id, sender });
        }
        if nul::is_in_json(&String::from_utf8_lossy(body)) {
            let detail = said!("a text cannot hold the character of number 0; take it out");
            return Err(NotEnvelope { code: ErrorCode::MalformedEnvelope, detail, distribution_id, sender });
        }
        let mut wire: Wire = serde_json::from_value(value).map_err(|e| NotEnvelope {
            code: ErrorCode::MalformedEnvelope,
            detail: unfit(&e.to_string()),
            distribution_id,
            sender: sender.clone(),
        })?;
        wire.head.trace = wire.head.trace.filter(|text| trace::is_traceparent(text));
        let content = RawContent { content_type: wire.content_type, content: wire.content };
        Ok(Self { head: wire.head, content })
    }
}

impl<C: Serialize> Envelope<C> {
    /// The message as it goes over the wire.
    ///
    /// # Errors
    /// Only if a content does not serialize, which the types here rule out.
    pub fn to_bytes(&self) -> Result<Vec<u8>, serde_json::Error> {
        serde_json::to_vec(self)
    }
}

impl<C: Typed> Envelope<C> {
    /// One routing key for each recipient: `region.service.content_type`.
    #[must_use]
    pub fn routing_keys(&self) -> Vec<String> {
        let content_type = self.content.content_type();
        self.head.recipients.iter().map(|r| r.party().routing_key(content_type)).collect()
    }
}

#[cfg(test)]
mod tests;
