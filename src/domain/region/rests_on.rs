//! What of a card a change rests on. Whoever changes a card names the version that was seen ([`Expected`]). A card about
//! which people go on calling and whose crews report moves on all the time: a change is refused only when a part on
//! which it rests is another by now, and not because one more caller has said the same.

use super::{RegionState, Versioned};
use crate::domain::command::RegionCommand as C;
use crate::domain::decision::{Expected, Refusal};
use crate::domain::event::RegionEvent as E;
use crate::domain::forces::Stage;
use crate::domain::ids::IncidentId;

/// A part of a card, changed apart from the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    /// Open, closed, merged.
    Status,
    Subject,
    Category,
    Place,
    Legal,
    Consequences,
    Scale,
    Resonance,
    /// What callers and agencies have said of it.
    Words,
    /// What was asked for and what was answered.
    Forces,
    Links,
}

const PARTS: usize = Part::Links as usize + 1;

/// At which version of its card each part changed last. Of a card that was read from the store only its version is
/// known: each part counts as changed then.
#[derive(Debug, Clone, Copy)]
pub(super) struct LastChanged([u64; PARTS]);

impl LastChanged {
    pub(super) fn all_at(version: u64) -> Self {
        Self([version; PARTS])
    }

    fn of(&self, part: Part) -> u64 {
        self.0[part as usize]
    }
}

/// The parts on which a change of a card rests; none: the whole card.
fn rests_on(command: &C) -> Option<&'static [Part]> {
    use Part as P;
    let parts: &'static [Part] = match command {
        C::SetCategory { .. } => &[P::Status, P::Category],
        C::SetSubject { .. } => &[P::Status, P::Subject],
        C::SetLocation { .. } => &[P::Status, P::Place],
        C::SetPublicResonance { .. } => &[P::Status, P::Resonance],
        C::Identify { .. } => &[P::Status, P::Legal],
        C::SetConsequences { .. } => &[P::Status, P::Consequences],
        C::SetScale { .. } => &[P::Status, P::Scale],
        C::Link { .. } | C::Unlink { .. } => &[P::Status, P::Links],
        // What is added, or names what it is about, rests on no more than that the card goes on.
        C::AddAnswers { .. }
        | C::Note { .. }
        | C::Inform { .. }
        | C::TellAgain { .. }
        | C::CancelRequest { .. }
        | C::DeclineJoin { .. }
        | C::Merge { .. }
        | C::Split { .. }
        | C::Reopen { .. } => &[P::Status],
        // Somebody else has asked, it is another event or elsewhere: then another wave is needed, or none.
        C::RequestForces { .. } => &[P::Status, P::Category, P::Place, P::Forces],
        // A message cannot end in "noted" without a decision (c.2(3)): whoever ends it has heard it.
        C::Close { .. } => &[P::Status, P::Words, P::Legal],
        _ => return None,
    };
    Some(parts)
}

impl RegionState {
    /// Passes when what a command changes is as the one who asks saw it, as far as the command rests on it.
    ///
    /// # Errors
    /// [`Refusal::Stale`].
    pub fn is_as_seen(&self, command: &C, what: &Versioned, seen: Expected) -> Result<(), Refusal> {
        let actual = self.version(what);
        // Of what only a command makes and then changes, the decision says that it is not here.
        if actual.is_none() && !what.is_entered() || self.is_repeated(command) {
            return Ok(());
        }
        if let (Versioned::Card(card), Expected::Version(seen), Some(actual)) = (what, seen, actual)
            && seen < actual
            && let (Some(parts), Some(changed)) = (rests_on(command), self.parts.get(card))
            && parts.iter().all(|part| changed.of(*part) <= seen)
        {
            return Ok(());
        }
        seen.met_by(actual)
    }

    /// Whether it is a wave that went out before and whose answer was lost.
    fn is_repeated(&self, command: &C) -> bool {
        let C::RequestForces { requests, .. } = command else { return false };
        !requests.is_empty() && requests.iter().all(|request| self.requests.contains_key(&request.id))
    }

    /// Keeps in mind which parts of which cards an event has changed, once it is applied.
    pub(super) fn note_parts(&mut self, event: &E) {
        use Part as P;
        match event {
            E::IncidentOpened { incident, .. } => {
                self.parts.insert(*incident, LastChanged::all_at(1));
            }
            E::MessageJoined { incident, .. } | E::AnswersGiven { incident, .. } => {
                self.changed(*incident, P::Words);
            }
            E::MessageSplit { from, .. } => {
                self.changed(*from, P::Words);
                self.changed(*from, P::Links);
            }
            E::IncidentsMerged { into, from, .. } => {
                self.changed(*into, P::Words);
                self.changed(*into, P::Links);
                self.changed(*from, P::Links);
                self.changed(*from, P::Status);
            }
            E::IncidentsLinked { one, other, .. } | E::IncidentsUnlinked { one, other, .. } => {
                self.changed(*one, P::Links);
                self.changed(*other, P::Links);
            }
            E::CategorySet { incident, .. } => self.changed(*incident, P::Category),
            E::SubjectSet { incident, .. } => self.changed(*incident, P::Subject),
            E::LocationSet { incident, .. } => self.changed(*incident, P::Place),
            E::LegalStatusSet { incident, .. } => self.changed(*incident, P::Legal),
            E::ConsequencesSet { incident, .. } => self.changed(*incident, P::Consequences),
            E::ScaleSet { incident, .. } => self.changed(*incident, P::Scale),
            E::PublicResonanceSet { incident, .. } => self.changed(*incident, P::Resonance),
            E::IncidentClosed { incident, .. } | E::IncidentReopened { incident, .. } => {
                self.changed(*incident, P::Status);
            }
            E::ForcesRequested { request } => self.changed(request.incident, P::Forces),
            // Who goes is a part of it; how far each has come is not, for that needs nobody else.
            E::ForcesAnswered { incident, .. }
            | E::RequestCancelled { incident, .. }
            | E::EngagementReached { incident, stage: Stage::Accepted, .. } => {
                self.changed(*incident, P::Forces);
            }
            _ => {}
        }
    }

    fn changed(&mut self, card: IncidentId, part: Part) {
        if let Some(version) = self.incidents.get(&card).map(|card| card.version) {
            let changed = self.parts.entry(card).or_insert(LastChanged::all_at(version));
            changed.0[part as usize] = version;
        }
    }
}
