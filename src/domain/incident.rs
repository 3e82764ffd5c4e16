//! The incident card: what happened or may happen, where, to whom, and everything done about it.
//!
//! What is known changes and every version is kept: categories, places, consequences, scale and legal status are
//! lists whose last entry is in force.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use self::card_messages::{CardMessages, FIRST_ON_CARD, MessageBetween, NEWEST_ON_CARD, NotWhole};
use super::decision::By;
use super::forces::ForcesRequest;
use super::ids::{CategoryCode, DistributionId, IncidentId, MessageId, RegionCode, RequestId, ServiceKey};
use super::location::Location;
use super::message::{Contact, Message, PhoneNumber, Subject};
use super::names::Language;
use super::quantities::Point;
use super::severity::Severity;

mod card_messages;

/// Most characters of what callers have said that agencies are told at once. The contract allows a text five times as many.
pub const TOLD_CHARS: usize = 4_000;
/// Longest excerpt of a message kept on the card, characters; the whole stands in the message itself.
pub const EXCERPT_CHARS: usize = 300;

/// Where the card stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum IncidentStatus {
    /// Nobody is under way yet.
    Open,
    /// Forces are requested or under way.
    Responding,
    /// Ended, with an outcome.
    Closed,
    /// Its messages went to another card.
    Merged,
}

/// How a card ended. A message cannot end in "noted" without a decision (c.2(3)).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "outcome", rename_all = "snake_case", deny_unknown_fields)]
pub enum Outcome {
    /// Help was given or the danger is over.
    Resolved {
        /// In words.
        #[serde(default)]
        note: String,
    },
    /// Nothing was found on the spot.
    NotConfirmed {
        /// In words.
        #[serde(default)]
        note: String,
    },
    /// Knowingly false.
    False {
        /// On what ground.
        reason: String,
    },
    /// Not a matter of the hub.
    NotOurs {
        /// Where it went (109, a polyclinic…).
        passed_to: String,
    },
    /// Set aside: a test, a mistake, an accidental call.
    SetAside {
        /// Why.
        reason: String,
    },
}

/// A category given to the card, and what it rests on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CategoryVersion {
    /// The category.
    pub code: CategoryCode,
    /// Gravity that goes with it.
    pub severity: Severity,
    /// The rule or the person; a person's word is never overruled by a rule.
    pub by: By,
    /// When.
    pub at: Timestamp,
    /// The words that decided it.
    pub words: Vec<String>,
    /// What else it could be, best first, with the share of the score (0 to 1).
    pub ranked: Vec<(CategoryCode, f32)>,
    /// Whether the hub was sure enough to tell services at once.
    pub clear: bool,
}

/// A place given to the card.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct LocationVersion {
    /// The place.
    pub location: Location,
    /// Who recorded it.
    pub by: By,
    /// When.
    pub at: Timestamp,
    /// The district that it lies in, KATO code.
    pub district: Option<super::ids::DistrictCode>,
}

/// Links between cards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Relation {
    /// The other is a part of this major incident.
    ParentOf,
    /// This is a part of the other, a major incident.
    ChildOf,
    /// They have to do with one another.
    Related,
    /// The other's messages came here.
    MergedFrom,
    /// This card's messages went there.
    MergedInto,
    /// Messages split off from here opened the other.
    SplitInto,
    /// Opened from messages of the other.
    SplitFrom,
}

impl Relation {
    /// The same link seen from the other card.
    #[must_use]
    pub fn inverse(self) -> Self {
        match self {
            Self::ParentOf => Self::ChildOf,
            Self::ChildOf => Self::ParentOf,
            Self::Related => Self::Related,
            Self::MergedFrom => Self::MergedInto,
            Self::MergedInto => Self::MergedFrom,
            Self::SplitInto => Self::SplitFrom,
            Self::SplitFrom => Self::SplitInto,
        }
    }

    /// The key of serialised forms.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ParentOf => "parent_of",
            Self::ChildOf => "child_of",
            Self::Related => "related",
            Self::MergedFrom => "merged_from",
            Self::MergedInto => "merged_into",
            Self::SplitInto => "split_into",
            Self::SplitFrom => "split_from",
        }
    }
}

/// What the hub has told one service about the card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Told {
    /// Of which region.
    pub region: RegionCode,
    /// Which.
    pub service: ServiceKey,
    /// The last sequence number used towards that service: gapless per incident and agency.
    pub sequence: u64,
    /// When first told.
    pub since: Timestamp,
    /// The message that told last how the card stands: the next one, or its end, names it. Absent of a time before it was
    /// kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notice: Option<DistributionId>,
}

/// What one message brought to the card.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct MessageBrief {
    /// Which message.
    pub id: MessageId,
    /// When it came.
    pub at: Timestamp,
    /// How the contact went.
    pub contact: Contact,
    /// Number to call back; absent for a caller without one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<PhoneNumber>,
    /// The language spoken.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<Language>,
    /// The first [`EXCERPT_CHARS`] characters.
    pub excerpt: String,
    /// Its own place, where given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub point: Option<Point>,
    /// Answers to structured questions that came with it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub answers: BTreeMap<String, serde_json::Value>,
}

impl MessageBrief {
    /// The brief of a message.
    #[must_use]
    pub fn of(message: &Message) -> Self {
        Self {
            id: message.id,
            at: message.received_at,
            contact: message.contact,
            number: message.sender.number().cloned(),
            language: message.language,
            excerpt: message.text.chars().take(EXCERPT_CHARS).collect(),
            point: message.location.as_ref().and_then(Location::point),
            answers: message.answers.clone(),
        }
    }
}

/// A guess that a card speaks of the same event as another, waiting for a person.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct JoinGuess {
    /// The other card.
    pub incident: IncidentId,
    /// 0 to 1.
    pub score: f32,
    /// Why, as typed reasons.
    pub reasons: Vec<super::joining::JoinReason>,
}

/// The card.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Incident {
    /// Identity.
    pub id: IncidentId,
    /// Owner: the hub of this region.
    pub region: RegionCode,
    /// Number for people: region, year, running number.
    pub number: String,
    /// Grows by one with every change: the card's ETag.
    pub version: u64,
    /// State.
    pub status: IncidentStatus,
    /// Part of an exercise.
    pub exercise: bool,
    /// The edition of the 112 rules under which it is handled: the number of its order (112-O c.1). Absent on cards of
    /// a time before the first edition.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edition: Option<String>,
    /// What c.2(3) calls it.
    pub subject: Subject,
    /// A person stated the subject by itself: a category given later leaves it as it is.
    #[serde(default)]
    pub subject_stated: bool,
    /// Opened.
    pub opened_at: Timestamp,
    /// Latest message.
    pub last_message_at: Timestamp,
    /// Ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub closed_at: Option<Timestamp>,
    /// How.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Outcome>,
    /// Messages that speak of it: all, or the first ten and the newest twenty of them.
    #[schema(value_type = Vec<MessageBrief>, max_items = 30)]
    pub messages: CardMessages,
    /// How many messages lie between those first and newest ones: `GET /incidents/{id}/messages-between`.
    #[serde(default, skip_serializing_if = "is_none")]
    pub messages_between: u64,
    /// Stems of its words, to find repeated reports.
    pub words: super::joining::WordSet,
    /// Categories, the last in force.
    pub categories: Vec<CategoryVersion>,
    /// Graver than the category in force, which a person gave: what a further message says, for a person to take.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proposed_category: Option<CategoryVersion>,
    /// Places, the last in force; empty while unlocated.
    pub locations: Vec<LocationVersion>,
    /// Event or emergency (c.5(3)¶1), the last in force.
    pub legal: Vec<super::classification::legal::LegalStatus>,
    /// Consequences known, the last in force.
    pub consequences: Vec<super::classification::order240::ConsequencesVersion>,
    /// Scale by Order 240, the last in force.
    pub scales: Vec<super::classification::order240::ScaleVersion>,
    /// What the thresholds say of newer figures, beside a scale that a person stated, for a person to take.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proposed_scale: Option<super::classification::order240::ScaleVersion>,
    /// Reported although no emergency, because the public is stirred (R175 c.10).
    pub public_resonance: bool,
    /// Links to other cards.
    pub links: BTreeSet<(Relation, IncidentId)>,
    /// Cards that may speak of the same.
    pub guesses: Vec<JoinGuess>,
    /// Services told, each with its gapless sequence.
    pub told: Vec<Told>,
    /// Neighbouring regions told.
    pub neighbours: BTreeSet<RegionCode>,
    /// The message that told each of them last; of some of a time before it was kept there is none.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub neighbour_notices: BTreeMap<RegionCode, DistributionId>,
    /// Requests for forces.
    pub requests: BTreeMap<RequestId, ForcesRequest>,
    /// What services said they do (c.5(1)¶5) and officers' notes.
    pub notes: Vec<Note>,
    /// What was answered after its messages came, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub answers: Vec<AnswersVersion>,
}

/// What the caller answered while the questions were still being asked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AnswersVersion {
    /// Who wrote it down.
    pub by: By,
    /// When.
    pub at: Timestamp,
    /// What the caller said besides, in the caller's words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
    /// Answers to structured questions; a later one replaces an earlier one of the same name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub answers: BTreeMap<String, serde_json::Value>,
}

/// A remark on the card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Note {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub by: By,
    /// What.
    pub text: String,
}

/// A card that shows all of its messages says nothing of others.
fn is_none(between: &u64) -> bool {
    *between == 0
}

/// Whether a text and the end of its line still fit, and if so takes their room.
fn take(room: &mut usize, text: &str) -> bool {
    let rest = room.checked_sub(text.chars().count() + 1);
    *room = rest.unwrap_or(*room);
    rest.is_some()
}

impl Incident {
    /// The category in force.
    #[must_use]
    pub fn category(&self) -> Option<&CategoryVersion> {
        self.categories.last()
    }

    /// Gravity in force; P3 until somebody or something says otherwise.
    #[must_use]
    pub fn severity(&self) -> Severity {
        self.category().map(|c| c.severity).unwrap_or_default()
    }

    /// The place in force.
    #[must_use]
    pub fn location(&self) -> Option<&Location> {
        self.locations.last().map(|v| &v.location)
    }

    /// The point in force.
    #[must_use]
    pub fn point(&self) -> Option<Point> {
        self.location().and_then(Location::point)
    }

    /// The last sequence number used towards a service; 0 when it was told nothing yet.
    #[must_use]
    pub fn sequence(&self, region: RegionCode, service: &ServiceKey) -> u64 {
        self.told.iter().find(|t| t.region == region && t.service == *service).map_or(0, |t| t.sequence)
    }

    /// Whether work goes on.
    #[must_use]
    pub fn is_open(&self) -> bool {
        matches!(self.status, IncidentStatus::Open | IncidentStatus::Responding)
    }

    /// Whether it is identified as an emergency (c.5(3)¶1); an event until somebody says otherwise.
    #[must_use]
    pub fn is_emergency(&self) -> bool {
        self.legal.last().is_some_and(super::classification::legal::LegalStatus::is_emergency)
    }

    /// People known to be affected.
    #[must_use]
    pub fn affected(&self) -> Option<u32> {
        self.consequences.last().and_then(|c| c.figures.known_affected())
    }

    /// Whether those are only the dead and the injured who are known: so many are affected at least.
    #[must_use]
    pub fn affected_at_least(&self) -> bool {
        self.consequences.last().is_some_and(|c| c.figures.affected.is_none() && c.figures.hurt() > 0)
    }

    /// What callers have said, each message's beginning and what was added to it: all of it while it fits into
    /// [`TOLD_CHARS`], then the first and the newest, with a line `[… +N …]` for the N texts left out between them. However
    /// many call about one thing, a message to an agency stays one that it can read.
    #[must_use]
    pub fn told_words(&self) -> String {
        let said = self.messages.iter().map(|m| m.excerpt.as_str());
        let added = self.answers.iter().map(|a| a.text.as_str());
        let texts: Vec<&str> = said.chain(added).filter(|text| !text.is_empty()).collect();
        let fitting = |texts: &mut dyn Iterator<Item = &&str>| {
            let mut room = TOLD_CHARS / 2;
            texts.take_while(|text| take(&mut room, text)).count()
        };
        let first = fitting(&mut texts.iter());
        let newest = fitting(&mut texts[first..].iter().rev());
        let left_out = texts.len() - first - newest;
        if left_out == 0 {
            return texts.join("\n");
        }
        let gap = format!("[… +{left_out} …]");
        let (begin, end) = (&texts[..first], &texts[texts.len() - newest..]);
        begin.iter().copied().chain([gap.as_str()]).chain(end.iter().copied()).collect::<Vec<_>>().join("\n")
    }

    /// All answers to structured questions; of several to one question the last.
    #[must_use]
    pub fn all_answers(&self) -> BTreeMap<String, serde_json::Value> {
        let came = self.messages.iter().map(|m| &m.answers);
        let given = self.answers.iter().map(|a| &a.answers);
        came.chain(given).flatten().map(|(name, answer)| (name.clone(), answer.clone())).collect()
    }

    /// Whether a category stands that a person gave: no rule may change it.
    #[must_use]
    pub fn category_is_a_persons(&self) -> bool {
        self.category().is_some_and(|c| c.by.person().is_some())
    }

    /// Whether a scale stands that a person stated: no rule may change it, and a rule's alone identifies nothing (c.5(3)¶1).
    #[must_use]
    pub fn scale_is_a_persons(&self) -> bool {
        self.scales.last().is_some_and(|scale| scale.by.person().is_some())
    }
}
