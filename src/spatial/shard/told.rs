//! Reports that are judged before they move a unit, and what is remarked on a unit besides its place.

use super::{Shard, Sitting};
use crate::domain::doubt::{Doubt, Doubtful};
use crate::domain::ids::ServiceKey;
use crate::domain::outside::Outside;
use crate::domain::unit::{Position, UnitKind};
use crate::spatial::fence::Lies;

/// What became of a report.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Told {
    /// It is where the unit is now.
    Believed(Lies),
    /// The unit stays where it was; why, is remarked on it.
    Doubted,
    /// It is older than what is known.
    Old,
    /// There is no such unit any more.
    Gone,
}

/// What is remarked on a unit.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Remark {
    /// The latest report, where it is not believed.
    pub doubtful: Option<Doubtful>,
    /// That it has left where it belongs.
    pub outside: Option<Outside>,
    /// That an exercise has it: what is real may take it from there.
    pub in_exercise: bool,
}

impl Shard {
    /// A report about a unit, as far as `judge` believes it after the position believed last and the doubtful one that
    /// waits to be borne out.
    pub(in crate::spatial) fn told(
        &mut self,
        seat: (u32, u32),
        position: &Position,
        judge: impl FnOnce(UnitKind, &Position, &dyn Fn() -> Option<Doubtful>) -> Result<Lies, Doubt>,
    ) -> Told {
        if !self.holds(seat) {
            return Told::Gone;
        }
        let (last, kind) = (self.position(seat.0), self.kind(seat.0));
        let waits = || if self.is_remarked(seat.0) { self.remark_on(seat.0).doubtful } else { None };
        match judge(kind, &last, &waits) {
            Err(doubt) => {
                self.remark(seat, |remark| remark.doubtful = Some(Doubtful { position: *position, doubt }));
                Told::Doubted
            }
            Ok(_) if position.at < last.at => Told::Old,
            Ok(lies) => {
                if self.is_remarked(seat.0) && self.remark_on(seat.0).doubtful.is_some() {
                    self.remark(seat, |remark| remark.doubtful = None);
                }
                self.seen(seat.0, position);
                Told::Believed(lies)
            }
        }
    }

    /// Changes what is remarked on the unit of a seat, if it still sits there.
    pub(in crate::spatial) fn remark(&mut self, seat: (u32, u32), change: impl FnOnce(&mut Remark)) {
        if !self.holds(seat) {
            return;
        }
        let number = seat.0;
        let remark = self.remarks.entry(number).or_default();
        change(remark);
        let nothing = *remark == Remark::default();
        if nothing {
            self.remarks.remove(&number);
        }
        self.note_remarked(number, !nothing);
        self.revision += 1;
    }

    /// What is remarked on the unit of a seat.
    pub(in crate::spatial) fn remark_on(&self, number: u32) -> Remark {
        self.remarks.get(&number).copied().unwrap_or_default()
    }

    /// Why the latest report of the unit of a seat is not believed. Of the many on which nothing is remarked it asks nothing.
    pub(in crate::spatial) fn doubt(&self, number: u32) -> Option<Doubt> {
        if !self.is_remarked(number) {
            return None;
        }
        self.remarks.get(&number)?.doubtful.map(|doubtful| doubtful.doubt)
    }

    /// Every unit on which something is remarked, with its owning service.
    pub(in crate::spatial) fn remarked(&self) -> impl Iterator<Item = (&Sitting, &ServiceKey, Remark)> {
        self.remarks.iter().filter_map(|(&number, remark)| {
            let service = &self.profile(self.look(number).class()).service;
            Some((self.sitting(number)?, service, *remark))
        })
    }
}
