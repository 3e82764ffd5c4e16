//! The cases of warning of one region: decided and applied.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::authority::{OrderBasis, ToTell};
use super::event::{
    Activation, Change, Confirmation, Decline, End, WarningAbout, WarningCase, WarningCommand, WarningEvent,
    WarningStatus,
};
use super::text::{Audience, WarningText};
use crate::domain::classification::order240::Scale;
use crate::domain::decision::{By, Refusal};
use crate::domain::ids::AccountName;
use crate::domain::missing::Missing;
use crate::domain::obligation::{Claim, Consequence, ObligationKind};
use crate::domain::quantities::Seconds;
use crate::domain::said::said;

/// Longest reason or reference, characters.
const LONGEST_TEXT: usize = 2_000;

/// The cases of one region: those that go on and those lately over. The rest have rows of their own, and only their
/// count is kept, from which the next number follows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Warnings {
    cases: BTreeMap<u32, WarningCase>,
    /// The number of the newest case.
    last: u32,
}

impl Warnings {
    /// A case by its number.
    #[must_use]
    pub fn get(&self, number: u32) -> Option<&WarningCase> {
        self.cases.get(&number)
    }

    /// How many cases there were: the number of the newest.
    #[must_use]
    pub fn last(&self) -> u32 {
        self.last
    }

    /// Goes on from the number of the newest case, as the store kept it.
    pub fn go_on_from(&mut self, last: u32) {
        self.last = self.last.max(last);
    }

    /// Takes a case as the store kept it.
    pub fn adopt(&mut self, case: WarningCase) {
        self.last = self.last.max(case.number);
        self.cases.insert(case.number, case);
    }

    /// Lets go from memory of cases that were over before a moment; the journal and the read table keep them.
    pub fn retire(&mut self, before: Timestamp) {
        self.cases.retain(|_, case| case.over_since().is_none_or(|at| at >= before));
    }

    /// All cases in memory, by number.
    pub fn iter(&self) -> impl Iterator<Item = &WarningCase> {
        self.cases.values()
    }

    /// Whether it is still to be decided whether to warn of something.
    #[must_use]
    pub fn is_undecided(&self, about: &WarningAbout) -> bool {
        self.iter().any(|case| case.about == *about && case.status() == WarningStatus::Undecided)
    }

    /// The cases about something that are not over.
    pub fn running_about(&self, about: WarningAbout) -> impl Iterator<Item = &WarningCase> {
        self.iter().filter(move |case| case.about == about && case.over_since().is_none())
    }

    /// The scale of what is warned of is another now: so is that of its cases, for it says who may order.
    #[must_use]
    pub fn follow_scale(
        &self,
        about: WarningAbout,
        scale: Scale,
        by: &AccountName,
        now: Timestamp,
    ) -> Vec<WarningEvent> {
        let others = self.running_about(about).filter(|case| case.scale != Some(scale));
        let stated =
            |c: &WarningCase| WarningEvent::ScaleStated { warning: c.number, scale, by: by.clone(), at: now };
        others.map(stated).collect()
    }

    /// One card went into another: its cases go on there. What nobody has decided yet ends where the other card has a
    /// case already, for one event is decided about once.
    #[must_use]
    pub fn merge(
        &self,
        (from, into): (WarningAbout, WarningAbout),
        reason: &str,
        by: &AccountName,
        now: Timestamp,
    ) -> Vec<WarningEvent> {
        let decided_there = self.iter().any(|c| c.about == into && c.status() != WarningStatus::Ended);
        let of_one = |case: &WarningCase| {
            let (warning, by, at) = (case.number, by.clone(), now);
            if decided_there && case.status() == WarningStatus::Undecided {
                return WarningEvent::Ended {
                    warning,
                    reason: reason.to_owned(),
                    disapproved: false,
                    by,
                    at,
                };
            }
            WarningEvent::Moved { warning, about: into, by, at }
        };
        self.running_about(from).map(of_one).collect()
    }

    /// It turned out to be no emergency: the question whether to warn of one, which the rule had put, is no longer asked.
    /// A threat that a person found is the person's matter.
    #[must_use]
    pub fn no_emergency(
        &self,
        about: WarningAbout,
        reason: &str,
        by: &AccountName,
        now: Timestamp,
    ) -> Vec<WarningEvent> {
        let asked = self
            .running_about(about)
            .filter(|case| case.status() == WarningStatus::Undecided && case.found_by.person().is_none());
        let ended = |case: &WarningCase| WarningEvent::Ended {
            warning: case.number,
            reason: reason.to_owned(),
            disapproved: false,
            by: by.clone(),
            at: now,
        };
        asked.map(ended).collect()
    }

    /// Decides a command. All but the finding of a threat needs a named person.
    ///
    /// # Errors
    /// [`Refusal::PersonNeeded`]; [`Refusal::NotFound`]; [`Refusal::Conflict`] when the case is not at that stage;
    /// [`Refusal::Forbidden`] when the office may not order at that scale; [`Refusal::Invalid`] without a reason, a
    /// language or an audience.
    pub fn decide(
        &self,
        command: WarningCommand,
        now: Timestamp,
        by: &By,
    ) -> Result<Vec<WarningEvent>, Refusal> {
        if let WarningCommand::FindThreat { about, danger, basis, scale } = command {
            if let Some(open) =
                self.iter().find(|c| c.about == about && c.status() == WarningStatus::Undecided)
            {
                return Err(Refusal::conflict(said!(
                    "the warning {number} about it waits for a decision; decide on that one",
                    number = open.number
                )));
            }
            let warning = self.last.saturating_add(1);
            let basis = text("basis", &basis)?;
            return Ok(vec![WarningEvent::ThreatFound {
                warning,
                about,
                danger,
                basis,
                scale,
                exercise: false,
                by: by.clone(),
                at: now,
            }]);
        }
        if let WarningCommand::Report { service, report, exercise } = command {
            let case = self.find(report.warning)?;
            return case.report(service, report, exercise, now, by);
        }
        let by = by.person().ok_or(Refusal::PersonNeeded)?.clone();
        let event = match command {
            WarningCommand::StateScale { warning, scale } => {
                self.running(warning)?;
                WarningEvent::ScaleStated { warning, scale, by, at: now }
            }
            WarningCommand::Order { warning, order, text: words, audience, until } => {
                let case = self.at_stage(warning, WarningStatus::Undecided)?;
                whole(&words, &audience, until, now)?;
                let order = fit(order, case.scale)?;
                let text = Box::new(words);
                WarningEvent::Ordered { warning, order, text, audience, until, by, at: now }
            }
            WarningCommand::Activate { warning, reason, text: words, audience, until } => {
                self.at_stage(warning, WarningStatus::Undecided)?;
                whole(&words, &audience, until, now)?;
                let reason = text("reason", &reason)?;
                let text = Box::new(words);
                WarningEvent::Activated { warning, reason, text, audience, until, by, at: now }
            }
            WarningCommand::Change { warning, reason, text: words, audience, until } => {
                let case = self.running(warning)?;
                if case.status() == WarningStatus::Undecided {
                    return Err(Refusal::conflict(said!("nobody was warned; decide to warn or against it")));
                }
                whole(&words, &audience, until, now)?;
                let reason = text("reason", &reason)?;
                let text = Box::new(words);
                WarningEvent::Changed { warning, reason, text, audience, until, by, at: now }
            }
            WarningCommand::Confirm { warning, order } => {
                let case = self.at_stage(warning, WarningStatus::AwaitsConfirmation)?;
                let order = fit(order, case.scale)?;
                WarningEvent::Confirmed { warning, order, by, at: now }
            }
            WarningCommand::Disapprove { warning, reason } => {
                self.at_stage(warning, WarningStatus::AwaitsConfirmation)?;
                let reason = text("reason", &reason)?;
                WarningEvent::Ended { warning, reason, disapproved: true, by, at: now }
            }
            WarningCommand::Decline { warning, reason } => {
                self.at_stage(warning, WarningStatus::Undecided)?;
                let reason = text("reason", &reason)?;
                WarningEvent::Declined { warning, reason, by, at: now }
            }
            WarningCommand::RecordTold { warning, whom } => {
                let case = self.running(warning)?;
                if case.told.contains_key(&whom) {
                    return Ok(Vec::new());
                }
                if !ToTell::of(case.scale).contains(&whom) {
                    return Err(Refusal::conflict(said!(
                        "at this scale nobody of this office is to be told; leave it out"
                    )));
                }
                WarningEvent::Told { warning, whom, by, at: now }
            }
            WarningCommand::End { warning, reason } => {
                let case = self.running(warning)?;
                if case.status() == WarningStatus::Undecided {
                    return Err(Refusal::conflict(said!("nobody was warned; decide to warn or against it")));
                }
                let reason = text("reason", &reason)?;
                WarningEvent::Ended { warning, reason, disapproved: false, by, at: now }
            }
            WarningCommand::FindThreat { .. } | WarningCommand::Report { .. } => return Ok(Vec::new()),
        };
        Ok(vec![event])
    }

    fn find(&self, number: u32) -> Result<&WarningCase, Refusal> {
        self.get(number).ok_or_else(|| Refusal::not_found(Missing::Warning, number))
    }

    fn running(&self, number: u32) -> Result<&WarningCase, Refusal> {
        let case = self.find(number)?;
        match case.status() {
            WarningStatus::Ended => {
                Err(Refusal::conflict(said!("this warning has ended; begin a new one where it is needed")))
            }
            WarningStatus::Declined => Err(Refusal::conflict(said!(
                "it was decided not to warn; begin a new warning where it is needed"
            ))),
            _ => Ok(case),
        }
    }

    fn at_stage(&self, number: u32, stage: WarningStatus) -> Result<&WarningCase, Refusal> {
        let case = self.running(number)?;
        if case.status() == stage {
            return Ok(case);
        }
        Err(Refusal::conflict(match case.status() {
            WarningStatus::Undecided => said!("nobody was warned; decide to warn or against it"),
            WarningStatus::AwaitsConfirmation => {
                said!("the duty officer has warned already; confirm or disapprove it")
            }
            _ => said!("the warning is ordered already; read it again"),
        }))
    }

    /// Warnings that nobody has given out within the time for it; each version once.
    #[must_use]
    pub fn not_given_out(&self, wait: Seconds, now: Timestamp) -> Vec<WarningEvent> {
        let late = self.iter().filter_map(|case| Some((case.number, case.late(wait, now)?)));
        late.map(|(warning, (version, since, due))| WarningEvent::NotGivenOut {
            warning,
            version,
            since,
            due,
            at: now,
        })
        .collect()
    }

    /// Warnings whose `until` has passed while they run; each `until` once. By CAP 1.2 an alert is void once its `expires`
    /// has passed, and no cancel need follow: so operators stop by themselves. Whether the threat is over with it only a
    /// named person can say (c.6(4)), so the case goes on, and the officer is reminded.
    #[must_use]
    pub fn expired(&self, now: Timestamp) -> Vec<WarningEvent> {
        let running = self.iter().filter(|case| case.is_running());
        let over = running.filter_map(|case| Some((case, case.until.filter(|until| *until <= now)?)));
        over.filter(|(case, until)| case.expired != Some(*until))
            .map(|(case, until)| WarningEvent::Expired { warning: case.number, until, at: now })
            .collect()
    }

    /// What follows for the obligations (O-12) from the events of one decision, while `self` stands before them: a
    /// warning given meets it, and so does a decision against it.
    #[must_use]
    pub fn consequences(&self, events: &[WarningEvent]) -> Vec<Consequence> {
        events.iter().filter_map(|event| self.of_one(event)).collect()
    }

    fn of_one(&self, event: &WarningEvent) -> Option<Consequence> {
        let (warning, at, evidence) = match event {
            WarningEvent::ThreatFound { about, at, .. } => {
                let claim = Claim::officer(ObligationKind::O12, about.subject());
                return Some(Consequence::Raise { claim, since: *at });
            }
            WarningEvent::Ordered { warning, at, .. } => (warning, at, "warned on an order"),
            WarningEvent::Activated { warning, at, .. } => (warning, at, "warned by the duty officer"),
            WarningEvent::Declined { warning, at, .. } => (warning, at, "decided against"),
            // What nobody has decided ends only because it became pointless.
            WarningEvent::Ended { warning, reason, by, at, .. } => {
                let case = self.get(*warning).filter(|case| case.status() == WarningStatus::Undecided)?;
                let claim = Claim::officer(ObligationKind::O12, case.about.subject());
                let (reason, by) = (reason.clone(), by.clone());
                return Some(Consequence::Cancel { claim, reason, by, at: *at });
            }
            _ => return None,
        };
        let claim = Claim::officer(ObligationKind::O12, self.get(*warning)?.about.subject());
        Some(Consequence::Meet { claim, evidence: evidence.to_owned(), at: *at })
    }

    /// Applies one event.
    pub fn apply(&mut self, event: &WarningEvent) {
        match event {
            WarningEvent::ThreatFound { warning, about, danger, basis, scale, exercise, by, at } => {
                self.adopt(WarningCase {
                    number: *warning,
                    about: *about,
                    danger: *danger,
                    basis: basis.clone(),
                    scale: *scale,
                    exercise: *exercise,
                    found_by: by.clone(),
                    found_at: *at,
                    text: None,
                    audience: None,
                    until: None,
                    expired: None,
                    changed: None,
                    sent: Vec::new(),
                    reports: Vec::new(),
                    late_version: None,
                    activation: None,
                    order: None,
                    declined: None,
                    ended: None,
                    told: BTreeMap::new(),
                });
            }
            WarningEvent::ScaleStated { warning, scale, .. } => {
                self.change(*warning, |c| c.scale = Some(*scale))
            }
            WarningEvent::Ordered { warning, order, text, audience, until, by, at } => {
                self.change(*warning, |c| {
                    tells(c, text, audience, *until);
                    c.order = Some(Confirmation { order: order.clone(), by: by.clone(), at: *at });
                })
            }
            WarningEvent::Activated { warning, reason, text, audience, until, by, at } => {
                self.change(*warning, |c| {
                    tells(c, text, audience, *until);
                    c.activation = Some(Activation { reason: reason.clone(), by: by.clone(), at: *at });
                })
            }
            WarningEvent::Changed { warning, reason, text, audience, until, by, at } => {
                self.change(*warning, |c| {
                    tells(c, text, audience, *until);
                    c.changed = Some(Change { reason: reason.clone(), by: by.clone(), at: *at });
                })
            }
            WarningEvent::Sent { warning, sent } => {
                self.change(*warning, |c| c.sent.push(sent.as_ref().clone()))
            }
            WarningEvent::Reported { warning, report } => {
                self.change(*warning, |c| c.reports.push(report.as_ref().clone()))
            }
            WarningEvent::NotGivenOut { warning, version, .. } => {
                self.change(*warning, |c| c.late_version = Some(*version))
            }
            WarningEvent::Expired { warning, until, .. } => {
                self.change(*warning, |c| c.expired = Some(*until))
            }
            WarningEvent::Confirmed { warning, order, by, at } => self.change(*warning, |c| {
                c.order = Some(Confirmation { order: order.clone(), by: by.clone(), at: *at });
            }),
            WarningEvent::Declined { warning, reason, by, at } => self.change(*warning, |c| {
                c.declined = Some(Decline { reason: reason.clone(), by: by.clone(), at: *at });
            }),
            WarningEvent::Told { warning, whom, at, .. } => self.change(*warning, |c| {
                c.told.entry(*whom).or_insert(*at);
            }),
            WarningEvent::Moved { warning, about, .. } => self.change(*warning, |c| c.about = *about),
            WarningEvent::Ended { warning, reason, disapproved, by, at } => self.change(*warning, |c| {
                let (reason, by) = (reason.clone(), by.clone());
                c.ended = Some(End { reason, disapproved: *disapproved, by, at: *at });
            }),
        }
    }

    fn change(&mut self, number: u32, with: impl FnOnce(&mut WarningCase)) {
        if let Some(case) = self.cases.get_mut(&number) {
            with(case);
        }
    }
}

fn tells(case: &mut WarningCase, text: &WarningText, audience: &Audience, until: Option<Timestamp>) {
    case.text = Some(text.clone());
    case.audience = Some(audience.clone());
    case.until = until;
}

/// What is told and whom, in full.
fn whole(
    words: &WarningText,
    audience: &Audience,
    until: Option<Timestamp>,
    now: Timestamp,
) -> Result<(), Refusal> {
    words.check()?;
    audience.check()?;
    if until.is_some_and(|until| until <= now) {
        return Err(Refusal::invalid("until", said!("the time must lie ahead; give a later one")));
    }
    Ok(())
}

/// The order in full, given by an office that may. The scale must be known: it says which office that is.
fn fit(mut order: OrderBasis, scale: Option<Scale>) -> Result<OrderBasis, Refusal> {
    order.ordered_by = text("order.ordered_by", &order.ordered_by)?;
    order.reference = text("order.reference", &order.reference)?;
    let scale = scale.ok_or_else(|| {
        Refusal::conflict(said!(
            "the scale says who may order; state it first, or, when it cannot wait, activate without an order"
        ))
    })?;
    order.suffices(scale)?;
    Ok(order)
}

fn text(field: &'static str, given: &str) -> Result<String, Refusal> {
    let given = given.trim();
    if given.is_empty() || given.chars().count() > LONGEST_TEXT {
        return Err(Refusal::invalid(field, said!("write 1 to {most} characters here", most = LONGEST_TEXT)));
    }
    Ok(given.to_owned())
}
