//! What the inbox hands to the actors.

use async_trait::async_trait;
use jiff::Timestamp;

use crate::domain::delivery::DeliveryStep;
use crate::domain::envelope::{AgencyContent, Envelope, ErrorCode, HubContent, Party};
use crate::domain::ids::{DistributionId, RegionCode};
use crate::domain::said::{Said, said};
use crate::store::append::InboxMark;

/// A message of an agency that has passed every check which needs no state.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// The region whose hub it reached.
    pub region: RegionCode,
    /// Who sent it; the broker vouches for it.
    pub sender: Party,
    /// The message.
    pub envelope: Envelope<AgencyContent>,
    /// To be committed with the effect, so that a redelivery has none.
    pub mark: InboxMark,
}

/// What an agency let the hub know of one of its messages: its system has it, a person has read it, it was decided
/// upon, it was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acked {
    /// The agency.
    pub party: Party,
    /// The message.
    pub distribution: DistributionId,
    /// Acknowledged, read, answered or rejected.
    pub step: DeliveryStep,
    /// When, by the agency's clock, but not later than now.
    pub at: Timestamp,
}

/// How often what the rules fail on is tried in all: the actor that failed reads its state anew for each, and everybody
/// else of its region waits for that.
pub const TRIES: u32 = 3;

/// An acknowledgement of which what follows is not durable yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owed {
    /// The acknowledgement.
    pub ack: Acked,
    /// Whether the rules failed on it, and not only nobody was there to take it: it is tried [`TRIES`] times and no more.
    pub failed: bool,
}

/// Why the actors do not take a report.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {detail}")]
pub struct ReportRefusal {
    /// The code that the agency is told. [`ErrorCode::Unavailable`] means not now: the inbox tries again, in
    /// order, and the agency is told nothing.
    pub code: ErrorCode,
    /// The same for a person: over AMQP in English, for the desk and over HTTP in the reader's language.
    pub detail: Said,
    /// It stands at the card that it is about, and the sender is told from there: it is no dead letter.
    pub at_card: bool,
    /// The rules failed on it: it is tried [`TRIES`] times and no more.
    pub failed: bool,
}

impl ReportRefusal {
    /// One of the sender's message alone.
    #[must_use]
    pub fn new(code: ErrorCode, detail: Said) -> Self {
        Self { code, detail, at_card: false, failed: false }
    }
}

/// The actors, as the inbox sees them.
#[async_trait]
pub trait AgencyReports: Send + Sync + 'static {
    /// Lets a report have its effect. `Ok` only when the effect is durable, or was before: a redelivery is `Ok`.
    ///
    /// # Errors
    /// [`ReportRefusal`]; nothing has changed then.
    async fn report(&self, report: Report) -> Result<(), ReportRefusal>;

    /// These are durable in the delivery table; what follows from them is now to be. Gives those for which it is not
    /// yet and has to be asked for again: until then nobody may be told that they were taken. What is refused for
    /// good is not among them. Called again for the same after a crash.
    async fn acknowledged(&self, acks: &[Acked]) -> Vec<Owed> {
        let _ = acks;
        Vec::new()
    }

    /// The hub of another region tells this one something (112-R c.3(1)). `Ok` only when durable.
    ///
    /// # Errors
    /// [`ReportRefusal`]; nothing has changed then.
    async fn neighbour(
        &self,
        region: RegionCode,
        envelope: Envelope<HubContent>,
        mark: InboxMark,
    ) -> Result<(), ReportRefusal> {
        let _ = (region, envelope, mark);
        Err(ReportRefusal::new(
            ErrorCode::UnknownContentType,
            said!("hubs tell one another of incidents only"),
        ))
    }
}
