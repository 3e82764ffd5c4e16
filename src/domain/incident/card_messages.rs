//! The messages of a card, however many. In a disaster thousands speak of one event: the card is written with each of
//! them, so it shows the first and the newest, and each of those between has a row of its own, written once.

use std::collections::HashMap;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Incident, MessageBrief, Relation};
use crate::domain::ids::{IncidentId, MessageId};
use crate::domain::message::PhoneNumber;

/// So many of the first messages stand on the card itself.
pub const FIRST_ON_CARD: usize = 10;
/// And so many of the newest.
pub const NEWEST_ON_CARD: usize = 20;

/// Messages in the order in which they came to the card. A copy shares them until one of the two changes. In JSON only
/// those that stand on the card itself.
#[derive(Debug, Clone, Default)]
pub struct CardMessages(Arc<Held>);

#[derive(Debug, Clone, Default)]
struct Held {
    all: Vec<Arc<MessageBrief>>,
    /// How many came from each number.
    from: HashMap<PhoneNumber, usize>,
}

impl Held {
    fn of(all: Vec<Arc<MessageBrief>>) -> Self {
        let mut from: HashMap<PhoneNumber, usize> = HashMap::new();
        for number in all.iter().filter_map(|message| message.number.as_ref()) {
            *from.entry(number.clone()).or_default() += 1;
        }
        Self { all, from }
    }

    fn add(&mut self, message: Arc<MessageBrief>) {
        if let Some(number) = &message.number {
            *self.from.entry(number.clone()).or_default() += 1;
        }
        self.all.push(message);
    }

    fn take_off(&mut self, at: usize) -> Arc<MessageBrief> {
        let message = self.all.remove(at);
        if let Some(number) = &message.number
            && let Some(count) = self.from.get_mut(number)
        {
            *count -= 1;
            if *count == 0 {
                self.from.remove(number);
            }
        }
        message
    }
}

impl CardMessages {
    /// How many.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.all.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.all.is_empty()
    }

    /// In order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &MessageBrief> + ExactSizeIterator {
        self.0.all.iter().map(Arc::as_ref)
    }

    /// The first that came.
    #[must_use]
    pub fn first(&self) -> Option<&MessageBrief> {
        self.iter().next()
    }

    /// One of them.
    #[must_use]
    pub fn find(&self, id: MessageId) -> Option<&MessageBrief> {
        self.iter().find(|message| message.id == id)
    }

    /// Whether one came from this number.
    #[must_use]
    pub fn are_from(&self, number: &PhoneNumber) -> bool {
        self.0.from.contains_key(number)
    }

    /// Those that do not stand on the card itself.
    fn between(&self) -> &[Arc<MessageBrief>] {
        let all = &self.0.all;
        if all.len() <= FIRST_ON_CARD + NEWEST_ON_CARD {
            return &[];
        }
        &all[FIRST_ON_CARD..all.len() - NEWEST_ON_CARD]
    }

    fn on_card(&self) -> impl Iterator<Item = &MessageBrief> {
        let (all, between) = (&self.0.all, self.between().len());
        let (first, rest) = all.split_at(all.len().min(FIRST_ON_CARD));
        first.iter().chain(&rest[between..]).map(Arc::as_ref)
    }

    pub(in crate::domain) fn shared(&self) -> impl Iterator<Item = &Arc<MessageBrief>> {
        self.0.all.iter()
    }
}

impl FromIterator<Arc<MessageBrief>> for CardMessages {
    fn from_iter<I: IntoIterator<Item = Arc<MessageBrief>>>(messages: I) -> Self {
        Self(Arc::new(Held::of(messages.into_iter().collect())))
    }
}

impl PartialEq for CardMessages {
    fn eq(&self, other: &Self) -> bool {
        self.0.all == other.0.all
    }
}

impl Serialize for CardMessages {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(self.on_card())
    }
}

impl<'de> Deserialize<'de> for CardMessages {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Ok(Vec::<MessageBrief>::deserialize(from)?.into_iter().map(Arc::new).collect())
    }
}

/// A message of a card that does not stand on the card itself: its own row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MessageBetween {
    /// The card.
    pub incident: IncidentId,
    /// Grows from one to the next of a card, and stays.
    pub place: u64,
    /// What it brought.
    pub message: MessageBrief,
}

/// A card was read, and not with all of its messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{found} messages lie between the first and the newest of the card, {expected} should")]
pub struct NotWhole {
    /// How many the card has.
    pub expected: u64,
    /// How many there are.
    pub found: usize,
}

impl Incident {
    /// Puts messages on the card, after those that it has.
    pub(in crate::domain) fn add_messages(&mut self, messages: impl IntoIterator<Item = Arc<MessageBrief>>) {
        let held = Arc::make_mut(&mut self.messages.0);
        for message in messages {
            self.last_message_at = self.last_message_at.max(message.at);
            held.add(message);
        }
        self.messages_between = self.messages.between().len() as u64;
    }

    /// Takes a message off the card.
    pub(in crate::domain) fn take_off(&mut self, id: MessageId) -> Option<Arc<MessageBrief>> {
        let at = self.messages.iter().position(|message| message.id == id)?;
        let message = Arc::make_mut(&mut self.messages.0).take_off(at);
        self.messages_between = self.messages.between().len() as u64;
        Some(message)
    }

    /// The card as it is written, made whole by the rows of its other messages, in the order of their places.
    ///
    /// # Errors
    /// [`NotWhole`] when there are more or fewer than the card has.
    pub fn with_between(mut self, mut between: Vec<MessageBetween>) -> Result<Self, NotWhole> {
        let (expected, found) = (self.messages_between, between.len());
        if expected != found as u64 {
            return Err(NotWhole { expected, found });
        }
        if found > 0 {
            between.sort_unstable_by_key(|one| one.place);
            let mut all: Vec<_> = self.messages.shared().cloned().collect();
            let gap = all.len().min(FIRST_ON_CARD);
            all.splice(gap..gap, between.into_iter().map(|one| Arc::new(one.message)));
            self.messages = all.into_iter().collect();
        }
        Ok(self)
    }

    /// The rows of the last `most` messages between: those that the same number of further ones pushed there. The place
    /// of one is where it lies among all that were on the card then, those counted that had been taken off: so it grows
    /// from one to the next, whatever is taken off later.
    pub(in crate::domain) fn last_between(&self, most: usize) -> impl Iterator<Item = MessageBetween> {
        let between = self.messages.between();
        let taken_off = self.links.iter().filter(|(relation, _)| *relation == Relation::SplitInto).count();
        let after = between.len().saturating_sub(most);
        between[after..].iter().enumerate().map(move |(n, message)| MessageBetween {
            incident: self.id,
            place: (FIRST_ON_CARD + after + n + taken_off) as u64,
            message: MessageBrief::clone(message),
        })
    }

    /// After one was taken off: which of its messages stand on the card itself now and may have been between.
    pub(in crate::domain) fn no_longer_between(&self) -> impl Iterator<Item = MessageId> {
        let all = &self.messages.0.all;
        let full = all.len() >= FIRST_ON_CARD + NEWEST_ON_CARD;
        let edges = full.then(|| [FIRST_ON_CARD - 1, all.len() - NEWEST_ON_CARD]);
        edges.into_iter().flatten().map(|at| all[at].id)
    }
}
