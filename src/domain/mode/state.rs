//! The mode of a region as a state machine: who declared what, on which basis, from when to when.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Mode;
use super::event::ModeEvent;
use super::order::{ModeCommand, ModeOrder, Part, text};
use super::period::{Amendment, ModePeriod};
use super::proposal::{ModeProposal, ProposalOutcome, Sign};
use crate::domain::decision::Refusal;
use crate::domain::ids::{AccountName, DistrictCode};
use crate::domain::missing::Missing;
use crate::domain::said::said;

/// The mode of a region with its whole history. The whole region and each named part have a mode of their own.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct ModeState {
    periods: Vec<ModePeriod>,
    proposals: Vec<ModeProposal>,
    /// Modes that are or were rehearsed. They stand apart, so that whoever knows nothing of exercises takes none of them
    /// for real. Numbers go through both lists.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    exercises: Vec<ModePeriod>,
}

impl ModeState {
    /// The mode of the whole region.
    #[must_use]
    pub fn current(&self) -> Mode {
        self.of_part(None)
    }

    /// The gravest mode in force in the region or any part of it: what it obliges to is owed.
    #[must_use]
    pub fn gravest(&self) -> Mode {
        self.in_force().map(|p| p.mode).max().unwrap_or_default()
    }

    /// The gravest mode that was in force in the region or any part of it at a moment.
    #[must_use]
    pub fn gravest_at(&self, at: Timestamp) -> Mode {
        let then = |p: &&ModePeriod| p.began <= at && p.ended.is_none_or(|ended| ended > at);
        self.periods.iter().filter(then).map(|p| p.mode).max().unwrap_or_default()
    }

    /// The mode in a district: the graver of the region's and of its parts' that hold the district.
    #[must_use]
    pub fn in_district(&self, district: &DistrictCode) -> Mode {
        let holds =
            |p: &&ModePeriod| p.order.part.as_ref().is_none_or(|part| part.districts.contains(district));
        self.in_force().filter(holds).map(|p| p.mode).max().unwrap_or_default()
    }

    /// Every period, from the first.
    #[must_use]
    pub fn periods(&self) -> &[ModePeriod] {
        &self.periods
    }

    /// The periods in force.
    pub fn in_force(&self) -> impl Iterator<Item = &ModePeriod> {
        self.periods.iter().filter(|p| p.ended.is_none())
    }

    /// The gravest mode that is being rehearsed in the region or any part of it; everyday when none is.
    #[must_use]
    pub fn rehearsed(&self) -> Mode {
        self.rehearsals().map(|p| p.mode).max().unwrap_or_default()
    }

    /// The gravest mode in force for what is real, or for what is part of an exercise.
    #[must_use]
    pub fn gravest_for(&self, exercise: bool) -> Mode {
        if exercise { self.gravest().max(self.rehearsed()) } else { self.gravest() }
    }

    /// The periods of exercises that have not ended.
    pub fn rehearsals(&self) -> impl Iterator<Item = &ModePeriod> {
        self.exercises.iter().filter(|p| p.ended.is_none())
    }

    /// Every period of an exercise, from the first.
    #[must_use]
    pub fn exercises(&self) -> &[ModePeriod] {
        &self.exercises
    }

    /// A period by its number, also one of an exercise.
    #[must_use]
    pub fn period(&self, number: u32) -> Option<&ModePeriod> {
        self.periods.iter().chain(&self.exercises).find(|p| p.number == number)
    }

    /// Whether a period is one of an exercise.
    #[must_use]
    pub fn is_exercise(&self, period: u32) -> bool {
        self.exercises.iter().any(|p| p.number == period)
    }

    /// Every proposal of the hub, from the first.
    #[must_use]
    pub fn proposals(&self) -> &[ModeProposal] {
        &self.proposals
    }

    /// Proposals that wait for a person.
    pub fn open_proposals(&self) -> impl Iterator<Item = &ModeProposal> {
        self.proposals.iter().filter(|p| p.outcome.is_none())
    }

    pub(super) fn next_proposal(&self) -> u32 {
        number_after(self.proposals.len())
    }

    fn of_part(&self, part: Option<&Part>) -> Mode {
        self.running(part).map(|p| p.mode).unwrap_or_default()
    }

    fn running(&self, part: Option<&Part>) -> Option<&ModePeriod> {
        self.in_force().find(|p| p.order.part.as_ref() == part)
    }

    /// The same after one event.
    #[must_use]
    pub fn after(&self, event: &ModeEvent) -> Self {
        let mut after = self.clone();
        after.apply(event);
        after
    }

    /// Decides a command of a named person.
    ///
    /// # Errors
    /// [`Refusal::Conflict`] when the mode is in force already or the proposal is settled;
    /// [`Refusal::Invalid`] without a reason or a legal reference, or with impossible times;
    /// [`Refusal::NotFound`] for an unknown period or proposal.
    pub fn decide(
        &self,
        command: ModeCommand,
        now: Timestamp,
        by: &AccountName,
    ) -> Result<Vec<ModeEvent>, Refusal> {
        match command {
            ModeCommand::Declare { mode, order } => self.declare(mode, order, None, now, by),
            ModeCommand::Confirm { proposal, order } => {
                let ModeProposal { mode, sign, .. } = self.open_proposal(proposal)?;
                let mut order = order;
                // What ends is what the term was of.
                if order.part.is_none() {
                    order.part = self.part_of(sign).cloned();
                }
                self.declare(*mode, order, Some(proposal), now, by)
            }
            ModeCommand::Decline { proposal, reason } => {
                self.open_proposal(proposal)?;
                let reason = text("reason", &reason)?;
                Ok(vec![ModeEvent::Declined { proposal, reason, by: by.clone(), at: now }])
            }
            ModeCommand::Amend { period, zone, until, reason } => {
                let found =
                    self.period(period).ok_or_else(|| Refusal::not_found(Missing::ModePeriod, period))?;
                if found.ended.is_some() {
                    return Err(Refusal::conflict(said!(
                        "this mode is no longer in force; amend the present one"
                    )));
                }
                if until.is_some_and(|until| until <= now) {
                    return Err(Refusal::invalid(
                        "until",
                        said!("the end must lie ahead; to end it now declare another mode"),
                    ));
                }
                let reason = text("reason", &reason)?;
                // What is not given stays as it is.
                let (zone, until) = (zone.or(found.zone), until.or(found.until));
                Ok(vec![ModeEvent::Amended { period, zone, until, reason, by: by.clone(), at: now }])
            }
        }
    }

    fn declare(
        &self,
        mode: Mode,
        mut order: ModeOrder,
        proposal: Option<u32>,
        now: Timestamp,
        by: &AccountName,
    ) -> Result<Vec<ModeEvent>, Refusal> {
        order.check(now)?;
        order.reason = text("reason", &order.reason)?;
        order.legal_reference = text("legal_reference", &order.legal_reference)?;
        order.ordered_by = order.ordered_by.map(|name| text("ordered_by", &name)).transpose()?;
        let previous = if order.exercise {
            self.may_rehearse(proposal)?;
            let running = self.rehearsals().find(|p| p.order.part == order.part);
            running.map(|p| p.mode).unwrap_or_default()
        } else {
            self.of_part(order.part.as_ref())
        };
        if mode == previous {
            return Err(Refusal::conflict(said!(
                "the mode is {mode} already; amend it to change its zone or its end",
                mode => &mode.names()
            )));
        }
        // A declaration answers every other question that the hub had put about the same: the whole region, or the part.
        // Whether a graver mode is called for it leaves open.
        let real = !order.exercise;
        let answered =
            |p: &&ModeProposal| real && p.mode <= mode && self.part_of(&p.sign) == order.part.as_ref();
        let others: Vec<u32> = self
            .open_proposals()
            .filter(|p| Some(p.number) != proposal)
            .filter(answered)
            .map(|p| p.number)
            .collect();
        let mut events = vec![ModeEvent::Declared {
            period: number_after(self.periods.len() + self.exercises.len()),
            mode,
            previous,
            order: Box::new(order),
            proposal,
            by: by.clone(),
            at: now,
        }];
        events.extend(others.into_iter().map(|proposal| ModeEvent::Lapsed { proposal, at: now }));
        Ok(events)
    }

    /// Exercises whose time is over by now. What is real ends by a named person alone.
    #[must_use]
    pub fn exercises_over(&self, now: Timestamp) -> Vec<ModeEvent> {
        let over = self.rehearsals().filter(|p| p.mode > Mode::Everyday);
        let over = over.filter_map(|p| Some((p, p.until.filter(|until| *until <= now)?)));
        over.map(|(p, until)| ModeEvent::ExerciseOver {
            period: p.number,
            until,
            by: p.amendments.last().map_or(&p.declared_by, |amended| &amended.by).clone(),
            at: now,
        })
        .collect()
    }

    /// The part of the region that a proposal is about; none for the whole region.
    fn part_of(&self, sign: &Sign) -> Option<&Part> {
        match sign {
            Sign::TermOver { period, .. } => self.period(*period)?.order.part.as_ref(),
            _ => None,
        }
    }

    /// A mode is rehearsed apart from what is real.
    fn may_rehearse(&self, proposal: Option<u32>) -> Result<(), Refusal> {
        if proposal.is_some() {
            return Err(Refusal::conflict(said!(
                "the hub proposed a mode for what is real; declare the exercise apart from the proposal"
            )));
        }
        if self.gravest() > Mode::Everyday {
            return Err(Refusal::conflict(said!(
                "a mode is really in force; an exercise waits until it has ended"
            )));
        }
        Ok(())
    }

    fn open_proposal(&self, number: u32) -> Result<&ModeProposal, Refusal> {
        let found = self
            .proposals
            .iter()
            .find(|p| p.number == number)
            .ok_or_else(|| Refusal::not_found(Missing::ModeProposal, number))?;
        if found.outcome.is_some() {
            return Err(Refusal::conflict(said!(
                "the proposal is settled already; declare a mode where it is needed"
            )));
        }
        Ok(found)
    }

    /// Applies one event.
    pub fn apply(&mut self, event: &ModeEvent) {
        match event {
            ModeEvent::Declared { period, mode, order, proposal, by, at, .. } => {
                let began = order.from.unwrap_or(*at);
                if !order.exercise {
                    // What is real replaces every exercise.
                    for rehearsal in self.exercises.iter_mut().filter(|p| p.ended.is_none()) {
                        rehearsal.ended = Some((*at).max(rehearsal.began));
                    }
                }
                let kept = if order.exercise { &mut self.exercises } else { &mut self.periods };
                for other in kept.iter_mut() {
                    if other.ended.is_none() && other.order.part == order.part {
                        other.ended = Some(began.max(other.began));
                    }
                }
                kept.push(ModePeriod {
                    number: *period,
                    mode: *mode,
                    began,
                    ended: None,
                    zone: order.zone,
                    until: order.until,
                    order: order.as_ref().clone(),
                    proposal: *proposal,
                    declared_by: by.clone(),
                    declared_at: *at,
                    amendments: Vec::new(),
                });
                if let Some(number) = proposal {
                    let outcome = ProposalOutcome::Confirmed { period: *period, by: by.clone(), at: *at };
                    self.settle(*number, outcome);
                }
            }
            ModeEvent::Amended { period, zone, until, reason, by, at } => {
                let mut all = self.periods.iter_mut().chain(&mut self.exercises);
                if let Some(found) = all.find(|p| p.number == *period) {
                    found.zone = *zone;
                    found.until = *until;
                    found.amendments.push(Amendment {
                        zone: *zone,
                        until: *until,
                        reason: reason.clone(),
                        by: by.clone(),
                        at: *at,
                    });
                }
            }
            ModeEvent::Proposed { proposal, mode, sign, at } => self.proposals.push(ModeProposal {
                number: *proposal,
                mode: *mode,
                sign: sign.clone(),
                proposed_at: *at,
                outcome: None,
            }),
            ModeEvent::Declined { proposal, reason, by, at } => {
                let outcome = ProposalOutcome::Declined { reason: reason.clone(), by: by.clone(), at: *at };
                self.settle(*proposal, outcome);
            }
            ModeEvent::Lapsed { proposal, at } => self.settle(*proposal, ProposalOutcome::Lapsed { at: *at }),
            ModeEvent::ExerciseOver { period, at, .. } => {
                if let Some(found) = self.exercises.iter_mut().find(|p| p.number == *period) {
                    found.ended.get_or_insert(*at);
                }
            }
        }
    }

    fn settle(&mut self, number: u32, outcome: ProposalOutcome) {
        if let Some(found) = self.proposals.iter_mut().find(|p| p.number == number) {
            found.outcome.get_or_insert(outcome);
        }
    }
}

fn number_after(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX).saturating_add(1)
}
