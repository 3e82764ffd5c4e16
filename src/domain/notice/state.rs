//! The notices of one region: decided and applied.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::event::{About, Notice, NoticeCommand, NoticeEvent, NoticeTo, TakenNote};
use crate::domain::decision::{By, Refusal};
use crate::domain::ids::{DirectiveId, DistributionId, NoticeId, ObligationId};
use crate::domain::missing::Missing;
use crate::domain::said::said;

/// Longest name of a person, characters.
const LONGEST_NAME: usize = 200;

/// The notices of one region that are in memory.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Notices(BTreeMap<NoticeId, Notice>);

impl Notices {
    /// A notice in memory.
    #[must_use]
    pub fn get(&self, id: NoticeId) -> Option<&Notice> {
        self.0.get(&id)
    }

    /// All in memory, in the order of their identities.
    pub fn iter(&self) -> impl Iterator<Item = &Notice> {
        self.0.values()
    }

    /// Takes a notice as the store kept it.
    pub fn adopt(&mut self, notice: Notice) {
        self.0.insert(notice.id, notice);
    }

    /// Lets go from memory of notices that were over before a moment; the journal and the read table keep them.
    pub fn retire(&mut self, before: Timestamp) {
        self.0.retain(|_, notice| notice.over_since().is_none_or(|at| at >= before));
    }

    /// Decides a command.
    ///
    /// # Errors
    /// [`Refusal::PersonNeeded`]; [`Refusal::NotFound`]; [`Refusal::Invalid`] when nobody is named who was told;
    /// [`Refusal::Conflict`] when somebody has taken note already, or what it is about is settled.
    pub fn decide(
        &self,
        command: NoticeCommand,
        now: Timestamp,
        by: &By,
    ) -> Result<Vec<NoticeEvent>, Refusal> {
        let NoticeCommand::TakeNote { notice, said_by } = command;
        let account = by.person().ok_or(Refusal::PersonNeeded)?;
        let found = self.get(notice).ok_or_else(|| Refusal::not_found(Missing::Notice, notice))?;
        if !found.is_open() {
            return Err(Refusal::conflict(said!(
                "somebody has taken note of it already, or it is settled; read the list again"
            )));
        }
        let taken = match (&found.to, said_by) {
            (NoticeTo::Office { .. }, _) => TakenNote { by: account.to_string(), recorded_by: None, at: now },
            (_, Some(name)) if (1..=LONGEST_NAME).contains(&name.trim().chars().count()) => {
                TakenNote { by: name.trim().to_owned(), recorded_by: Some(account.clone()), at: now }
            }
            _ => {
                let reason =
                    said!("name the person who was told, in 1 to {most} characters", most = LONGEST_NAME);
                return Err(Refusal::invalid("said_by", reason));
            }
        };
        Ok(vec![NoticeEvent::Taken { notice, taken }])
    }

    /// A person has read the message that carried a notice.
    #[must_use]
    pub fn read(&self, message: DistributionId, person: &str, at: Timestamp) -> Option<NoticeEvent> {
        let found = self.0.values().find(|n| n.is_open() && n.distribution == Some(message))?;
        let taken = TakenNote { by: person.to_owned(), recorded_by: None, at };
        Some(NoticeEvent::Taken { notice: found.id, taken })
    }

    /// What an obligation was late with is settled: nobody need take note any more.
    #[must_use]
    pub fn settled(&self, obligation: ObligationId, at: Timestamp) -> Vec<NoticeEvent> {
        self.end(at, |notice| notice.obligation() == Some(obligation))
    }

    /// A directive that somebody refused no longer stands.
    #[must_use]
    pub fn directive_withdrawn(&self, directive: DirectiveId, at: Timestamp) -> Vec<NoticeEvent> {
        self.end(at, |notice| notice.refused_directive() == Some(directive))
    }

    /// A warning was given out: nobody need take note any more that it was not.
    #[must_use]
    pub fn warning_given_out(&self, warning: u32, at: Timestamp) -> Vec<NoticeEvent> {
        self.end_of_warning(warning, at, |about| matches!(about, About::WarningNotGivenOut { .. }))
    }

    /// A warning is over, or goes out anew: nobody need take note any more of what stood before.
    #[must_use]
    pub fn warning_settled(&self, warning: u32, at: Timestamp) -> Vec<NoticeEvent> {
        self.end_of_warning(warning, at, |_| true)
    }

    fn end_of_warning(
        &self,
        warning: u32,
        at: Timestamp,
        which: impl Fn(&About) -> bool,
    ) -> Vec<NoticeEvent> {
        self.end(at, |notice| notice.warning() == Some(warning) && which(&notice.about))
    }

    fn end(&self, at: Timestamp, which: impl Fn(&Notice) -> bool) -> Vec<NoticeEvent> {
        let open = self.0.values().filter(|notice| notice.is_open() && which(notice));
        open.map(|notice| NoticeEvent::Ended { notice: notice.id, at }).collect()
    }

    /// Applies one event.
    pub fn apply(&mut self, event: &NoticeEvent) {
        match event {
            NoticeEvent::Raised { notice } => self.adopt(notice.as_ref().clone()),
            NoticeEvent::Taken { notice, taken } => {
                if let Some(found) = self.0.get_mut(notice) {
                    found.taken.get_or_insert_with(|| taken.clone());
                }
            }
            NoticeEvent::Ended { notice, at } => {
                if let Some(found) = self.0.get_mut(notice) {
                    found.ended_at.get_or_insert(*at);
                }
            }
        }
    }
}
