//! What an actor asks to be made durable, and what it gets back.

use std::borrow::Cow;

use bytes::Bytes;
use jiff::Timestamp;
use uuid::Uuid;

use super::stream::Stream;
use crate::domain::ids::{DistributionId, MessageId, RegionCode};

/// One decision, durable as a whole or not at all: its events, the read rows that follow from them, and what is
/// to be told to agencies. Several appends of one stream may wait at once, each expecting the end of the one
/// before it; when one fails, those behind it fail with [`JournalError::WrongSeq`].
#[derive(Debug, Clone)]
pub struct Append {
    /// Whose events.
    pub stream: Stream,
    /// The `seq` of the stream's last event as the decider knew it; 0 for a stream with none.
    pub expected_seq: u64,
    /// The epoch of the lease under which the decider acts.
    pub epoch: Epoch,
    /// At least one.
    pub events: Vec<NewEvent>,
    /// Rows of the read tables as they are after the events. Of several for one id the last counts.
    pub rows: Vec<ReadRow>,
    /// What the relay is to publish, in order.
    pub outbox: Vec<OutboxRow>,
    /// The answer to give should the same HTTP request come again.
    pub idempotency: Option<Idempotency>,
    /// The agency message that led to this, so that its redelivery has no effect.
    pub inbox: Option<InboxMark>,
    /// The message as received; needs a row of [`ReadTable::Message`] with the same id in `rows`.
    pub raw_message: Option<RawMessage>,
}

impl Append {
    /// An append with events only.
    #[must_use]
    pub fn new(stream: Stream, expected_seq: u64, epoch: Epoch, events: Vec<NewEvent>) -> Self {
        Self {
            stream,
            expected_seq,
            epoch,
            events,
            rows: Vec::new(),
            outbox: Vec::new(),
            idempotency: None,
            inbox: None,
            raw_message: None,
        }
    }
}

/// Counts the take-overs of a region's lease. A writer with a smaller epoch than the region's is deposed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Epoch(pub u64);

/// An event that is not yet in the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEvent {
    /// The name of the event's type: `incident_opened`.
    pub kind: Cow<'static, str>,
    /// When it was decided. Kept to the microsecond; what is finer is cut off.
    pub at: Timestamp,
    /// The account that decided, or `hub`.
    pub by: String,
    /// W3C `traceparent` of the request that led here.
    pub trace: Option<String>,
    /// The incident that it is about, by which its history is read.
    pub about: Option<Uuid>,
    /// The event in JSON; the journal keeps this text to the byte.
    pub body: String,
}

/// An event of the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredEvent {
    /// The writer lane that committed it.
    pub lane: i16,
    /// Place in the lane, gapless from 1 in the order of commit.
    pub position: i64,
    /// Whose event.
    pub stream: Stream,
    /// Place in the stream, gapless from 1.
    pub seq: u64,
    /// The name of the event's type.
    pub kind: String,
    /// When it was decided, to the microsecond.
    pub at: Timestamp,
    /// The account that decided, or `hub`.
    pub by: String,
    /// W3C `traceparent` of the request that led here.
    pub trace: Option<String>,
    /// The incident that it is about.
    pub about: Option<Uuid>,
    /// The event in JSON, to the byte as it was given.
    pub body: String,
}

/// A read table: one kind of entity, one row each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum ReadTable {
    /// Messages that reached the hub; the row also keeps the bytes as received.
    Message,
    /// Incident cards.
    Incident,
    /// Messages of cards that do not stand on the card itself, id the card's, `/` and the message's.
    MessageBetween,
    /// Obligations that a clause raised.
    Obligation,
    /// Shifts of duty officers.
    Shift,
    /// Directives of the leadership.
    Directive,
    /// Situation and monitoring reports.
    Report,
    /// What officers made of the reports.
    Summary,
    /// Cards of other regions near the border, id `75/` and the card's; as their hubs told.
    NeighbourIncident,
    /// Rescue formations, id `75/key`.
    Formation,
    /// Notices to people of what is late, and reports upward.
    Notice,
    /// Organisations of the tree, id `75/key`; those that the rules give have a row once they are changed.
    Organisation,
    /// Uses of other bodies' databases.
    Lookup,
    /// Cases of warning the public, id `75/` and the case's number.
    Warning,
    /// Emergency zones.
    Zone,
    /// Closed roads.
    Closure,
    /// One row per region: mode, counters and what else the hub of the region holds.
    RegionState,
    /// Units with their crews.
    Unit,
    /// One row per duty-dispatch service of a region, id `75/ambulance`.
    ServiceState,
}

impl ReadTable {
    /// Every read table.
    pub const ALL: [Self; 19] = [
        Self::Message,
        Self::Incident,
        Self::MessageBetween,
        Self::Obligation,
        Self::Shift,
        Self::Directive,
        Self::Report,
        Self::Summary,
        Self::NeighbourIncident,
        Self::Formation,
        Self::Notice,
        Self::Organisation,
        Self::Lookup,
        Self::Warning,
        Self::Zone,
        Self::Closure,
        Self::RegionState,
        Self::Unit,
        Self::ServiceState,
    ];

    /// Its name in the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Message => "message",
            Self::Incident => "incident",
            Self::MessageBetween => "message_between",
            Self::Obligation => "obligation",
            Self::Shift => "shift",
            Self::Directive => "directive",
            Self::Report => "report",
            Self::Summary => "summary",
            Self::NeighbourIncident => "neighbour_incident",
            Self::Formation => "formation",
            Self::Notice => "notice",
            Self::Organisation => "organisation",
            Self::Lookup => "lookup",
            Self::Warning => "warning",
            Self::Zone => "zone",
            Self::Closure => "closure",
            Self::RegionState => "region_state",
            Self::Unit => "unit",
            Self::ServiceState => "service_state",
        }
    }
}

/// A row of a read table as it shall be. Its region is the stream's; its version is the `seq` of the append's
/// last event, so that a holder of [`Committed::last`] knows the version without reading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadRow {
    /// Where.
    pub table: ReadTable,
    /// The entity's identity, unique in the table over all regions.
    pub id: String,
    /// Whether the actor needs it at start.
    pub open: bool,
    /// The entity in JSON.
    pub state: String,
}

/// One message to one or more agencies, published once with all their routing keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboxRow {
    /// The same through every repetition.
    pub distribution: DistributionId,
    /// The sending hub's region.
    pub region: RegionCode,
    /// Messages with the same key arrive in the order of commit: the incident, where there is one.
    pub ordering_key: String,
    /// One per recipient: `region.service.kind`.
    pub routing_keys: Vec<String>,
    /// The name of the message's type.
    pub kind: Cow<'static, str>,
    /// AMQP priority, 0 to 9.
    pub priority: u8,
    /// After this it is of no use to anyone.
    pub expires_at: Option<Timestamp>,
    /// The envelope as published.
    pub body: Bytes,
}

/// The answer kept for an `Idempotency-Key`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Idempotency {
    /// Whose key.
    pub account: String,
    /// The key as sent.
    pub key: String,
    /// A digest of method, path and body, so that a key used again for something else is refused.
    pub fingerprint: Vec<u8>,
    /// The HTTP status of the answer.
    pub status: u16,
    /// The body of the answer.
    pub body: Bytes,
}

/// An agency message that has had its effect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InboxMark {
    /// The agency's account.
    pub sender: String,
    /// The sender's own id of the message.
    pub message_id: String,
    /// SHA-256 of what the message says, by which a repetition is told from another message with the same id.
    pub digest: Vec<u8>,
}

/// A message whole and as received.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawMessage {
    /// The message.
    pub id: MessageId,
    /// Its media type as the sender gave it.
    pub media_type: String,
    /// Its bytes.
    pub raw: Bytes,
}

/// What became durable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Committed {
    /// The `seq` of the append's first event.
    pub first: u64,
    /// The `seq` of its last event, and the version of its read rows.
    pub last: u64,
    /// The lane that committed it.
    pub lane: i16,
    /// The place of its last event in the lane.
    pub position: i64,
    /// The ids of its outbox rows, in order. `None` for one that the relay found and settled while the connection
    /// was away.
    pub outbox_ids: Vec<Option<i64>>,
}

/// Why an append did not become durable. Whatever is said here, nothing of the append is in the database.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JournalError {
    /// Too many appends wait; try again in a moment.
    #[error("the journal has a full queue")]
    Busy,
    /// The journal has been stopped.
    #[error("the journal is closed")]
    Closed,
    /// The account used the `Idempotency-Key` before; answer what is kept for it.
    #[error("the account {account} has used the idempotency key {key} before")]
    DuplicateKey {
        /// Whose key.
        account: String,
        /// The key.
        key: String,
    },
    /// The agency message has had its effect before.
    #[error("the message {message_id} of {sender} was taken in before")]
    DuplicateMessage {
        /// The agency's account.
        sender: String,
        /// The sender's id of the message.
        message_id: String,
    },
    /// Another instance has taken over the region; stop acting for it.
    #[error("{stream} is written under epoch {current}; epoch {own} is deposed")]
    Deposed {
        /// The stream.
        stream: Stream,
        /// The epoch of the append.
        own: u64,
        /// The epoch that holds the stream now.
        current: u64,
    },
    /// The stream has moved on, or an append before this one failed: decide anew.
    #[error("{stream} ends at {found}, not at {expected}")]
    WrongSeq {
        /// The stream.
        stream: Stream,
        /// What the append expected.
        expected: u64,
        /// Where the stream ends.
        found: u64,
    },
    /// The database is there but cannot write: a full disk, a standby. Try again later.
    #[error("the database cannot write: {0}")]
    Unavailable(String),
    /// The append is not acceptable as it is; trying again does not help.
    #[error("the journal refuses the append: {0}")]
    Rejected(String),
}
