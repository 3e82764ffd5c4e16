//! When many call about one thing, what they say is told together every few seconds: each alone would be the whole picture
//! once more for every service, and the queue of an agency would fill with the same card.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use crate::domain::ids::IncidentId;
use crate::domain::incident::Incident;

/// From so many messages on a card on, what further ones say is told together.
const MANY_MESSAGES: usize = 20;
/// So long after what was told last.
const TOGETHER: SignedDuration = SignedDuration::from_secs(3);

/// What those who know of a card have heard of it.
#[derive(Debug, Clone, Copy, Default)]
struct Heard {
    last: Option<Timestamp>,
    /// A message came of which they have not heard.
    waits: bool,
}

/// The cards about which many call. It is not kept: after a start each of them is told once more.
#[derive(Debug, Clone, Default)]
pub(super) struct Telling(BTreeMap<IncidentId, Heard>);

impl Telling {
    /// A card came into memory.
    pub fn adopted(&mut self, card: &Incident) {
        if card.is_open() {
            self.joined(card);
        }
    }

    /// A message joined a card.
    pub fn joined(&mut self, card: &Incident) {
        if card.messages.len() >= MANY_MESSAGES {
            self.0.entry(card.id).or_default().waits = true;
        }
    }

    /// All who know of a card were told how it stands.
    pub fn told(&mut self, card: IncidentId, at: Timestamp) {
        if let Some(heard) = self.0.get_mut(&card) {
            *heard = Heard { last: Some(at), waits: false };
        }
    }

    /// A card left memory.
    pub fn let_go(&mut self, card: IncidentId) {
        self.0.remove(&card);
    }

    /// Whether they have just heard, so that the next message may wait for those after it.
    pub fn heard_lately(&self, card: IncidentId, now: Timestamp) -> bool {
        self.0.get(&card).and_then(|heard| heard.last).is_some_and(|at| now.duration_since(at) < TOGETHER)
    }

    /// The cards of which there is something to tell by now.
    pub fn due(&self, now: Timestamp) -> impl Iterator<Item = IncidentId> {
        let due = self.0.iter().filter(move |(card, heard)| heard.waits && !self.heard_lately(**card, now));
        due.map(|(card, _)| *card)
    }
}
