//! Who should go: the soonest fitting units for each need, with the reasons, and what is missing.
//!
//! Pure and recomputable: a recommendation keeps the candidates that it was made from, so that the same answer can
//! be worked out again years later. A person confirms it, or a rule that a person switched on.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::forces::Act;
use super::ids::{RegionCode, ServiceKey, UnitId};
use super::quantities::{Metres, Point, Seconds};
use super::service_kind::Profile;
use super::unit::{Capabilities, StaleAfter, UnitKind};

mod assignment;

/// The rule set by which units are ranked; it changes when the ranking does.
pub const EDITION: &str = "soonest/6";

/// Roads are longer than the straight line by about this factor in towns.
const DETOUR: f64 = 1.3;
/// From order to wheels rolling: a planning figure of this project, not of the law.
pub const TURNOUT: Seconds = Seconds(60);
/// Most that a stale position can add.
const MOST_DOUBT: Seconds = Seconds(900);
/// What a stranger (a neighbour's unit, or one about to be free) costs beside its time: more seconds than any own
/// unit may take, so that own free units are taken first however far they are.
const STRANGER: i64 = 1 << 33;
/// What a unit costs to which closures leave no way: more than any that can come, a stranger too.
const CUT_OFF: i64 = 1 << 35;
/// What a unit costs that is in an exercise: it is never taken, and is named after those that can be.
const IN_EXERCISE: i64 = 1 << 36;
/// What a unit costs that is too far: it is never taken, and is named after all others.
const TOO_FAR: i64 = 1 << 37;
/// How many of the next best are shown with each need.
const OTHERS: usize = 5;

/// How far a unit is sent that nobody named: beyond it the service is short of one, and says so. Figures of this project:
/// in the steppe the next engine stands 100 km away, and still is the one that comes.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Reach {
    /// What drives, where its way is known: the longest time by road from its position to the place, seconds.
    #[schema(example = 10_800)]
    pub by_road: Seconds,
    /// What does not fly, where no way by road is known: the longest straight line, metres.
    #[schema(example = 150_000)]
    pub straight: Metres,
    /// What flies: the longest straight line, metres.
    #[schema(example = 600_000)]
    pub by_air: Metres,
}

impl Default for Reach {
    fn default() -> Self {
        Self { by_road: Seconds(3 * 3_600), straight: Metres::whole(150_000), by_air: Metres::whole(600_000) }
    }
}

impl Reach {
    fn holds(&self, c: &Candidate, travel: Seconds, estimate: Estimate) -> bool {
        match estimate {
            Estimate::Road => travel <= self.by_road,
            _ if flies(c.kind) => c.distance.get() <= self.by_air.get(),
            _ => c.distance.get() <= self.straight.get(),
        }
    }
}

/// What a region sets for who is recommended.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Bounds {
    /// The limit above which a position is stale.
    pub stale_after: StaleAfter,
    /// How far a unit is sent that nobody named.
    pub reach: Reach,
}

/// What is needed of one service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Need {
    /// Of which service.
    pub service: ServiceKey,
    /// First wave or additional.
    pub act: Act,
    /// The profile sent for, if one of the four.
    pub profile: Option<Profile>,
    /// Each unit must be able to do all of this.
    pub capabilities: Capabilities,
    /// How many units.
    pub count: u16,
}

/// A unit that fits a need, as it was known at the time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Candidate {
    /// Which.
    pub unit: UnitId,
    /// Whose service owns it.
    pub region: RegionCode,
    /// The desk that owns it, where that is another than the need names: a neighbouring region has its own desks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<ServiceKey>,
    /// What it goes by: decides its speed.
    pub kind: UnitKind,
    /// Straight-line distance to the place, metres.
    pub distance: Metres,
    /// Age of its position, seconds.
    pub position_age: Seconds,
    /// For a unit on its way back: seconds until it is free.
    pub free_in: Option<Seconds>,
    /// What a light emergency vehicle takes by road from its position to the place, seconds; absent where no road is
    /// known, and for what does not drive.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by_road: Option<Seconds>,
    /// Whether there is a way by road, but none over the roads that are open now.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub cut_off: bool,
    /// Whether an exercise has it: considered only where the free ones do not suffice for what is real.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub in_exercise: bool,
}

/// Where a time to the place comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Estimate {
    /// Straight line, a detour factor and a speed per kind: no road is known.
    StraightLine,
    /// The soonest way over the roads that are open.
    Road,
    /// Closures leave no way. The time is that of the straight line, which cannot be driven: no promise.
    CutOff,
}

/// Why a unit stands where it stands. Rendered in the user's language by the screens.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "reason", rename_all = "snake_case")]
pub enum Reason {
    /// It can do all that is needed.
    Capable {
        /// What was needed.
        capabilities: Capabilities,
    },
    /// The soonest of those that fit.
    Soonest,
    /// This many fitting units are sooner and were taken before it, or for another need.
    AfterSooner {
        /// How many.
        sooner: u16,
    },
    /// Its position is older than the region's limit: it may be elsewhere, and was ranked lower for it.
    StalePosition {
        /// How old, seconds.
        age: Seconds,
        /// How much was added, seconds.
        added: Seconds,
    },
    /// It is on its way back and free in so long.
    SoonFree {
        /// Seconds.
        free_in: Seconds,
    },
    /// Closures leave no way from where it is: it comes after all that can come.
    CutOff,
    /// It is farther than the region sends a unit unasked: it goes only when an officer names it.
    TooFar,
    /// An exercise has it: it goes, and leaves the exercise, when an officer names it.
    InExercise,
    /// It belongs to a neighbouring region: one's own do not suffice.
    NeighbourRegion {
        /// Which.
        region: RegionCode,
    },
}

/// A unit recommended for a need.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Pick {
    /// Which.
    pub unit: UnitId,
    /// Whose service owns it.
    pub region: RegionCode,
    /// The desk that owns it, where that is another than the need names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<ServiceKey>,
    /// Straight-line distance, metres.
    pub distance: Metres,
    /// Expected time to the place from now, seconds.
    pub eta: Seconds,
    /// What the time rests on.
    pub estimate: Estimate,
    /// Why it, and what speaks against it.
    pub reasons: Vec<Reason>,
}

/// The answer to one need.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Answered {
    /// What was needed.
    pub need: Need,
    /// Who should go, the soonest first.
    pub picks: Vec<Pick>,
    /// How many are missing: said, never hidden.
    pub shortfall: u16,
    /// For so many of the missing there is a unit that fits, but it is too far to be sent unasked: the next best name it.
    #[serde(default, skip_serializing_if = "is_none")]
    pub too_far: u16,
    /// For so many of the missing there is a unit that fits, but an exercise has it: the next best name it.
    #[serde(default, skip_serializing_if = "is_none")]
    pub in_exercise: u16,
    /// The next best, recommended for no need: for the officer who knows better.
    pub others: Vec<Pick>,
    /// Everyone who was considered: with the need and the edition it is the receipt.
    pub considered: Vec<Candidate>,
}

/// Who should go.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Recommendation {
    /// The rule set.
    pub edition: String,
    /// When.
    pub at: Timestamp,
    /// Where to.
    pub place: Point,
    /// The region whose incident it is: its own units come first.
    pub region: RegionCode,
    /// The limit above which a position was stale.
    pub stale_after: StaleAfter,
    /// How far a unit was sent unasked.
    #[serde(default)]
    pub reach: Reach,
    /// An answer for each need, in the order of the needs.
    pub needs: Vec<Answered>,
}

impl Recommendation {
    /// Units missing in all.
    #[must_use]
    pub fn shortfall(&self) -> u32 {
        self.needs.iter().map(|n| u32::from(n.shortfall)).sum()
    }

    /// Whether the same answer comes out again from what it keeps: `false` tells that it was changed afterwards, or
    /// made by another edition of the rules.
    #[must_use]
    pub fn recomputes(&self) -> bool {
        let needs = self.needs.iter().map(|n| (n.need.clone(), n.considered.clone())).collect();
        let bounds = Bounds { stale_after: self.stale_after, reach: self.reach };
        recommend(needs, self.place, self.region, bounds, self.at) == *self
    }
}

/// Travel speed as the crow flies after the detour, metres per second: planning figures of this project.
fn speed(kind: UnitKind) -> f64 {
    let kmh = match kind {
        UnitKind::FireEngine | UnitKind::RescueVehicle | UnitKind::Ladder => 45.0,
        UnitKind::HeavyVehicle | UnitKind::RepairVehicle => 35.0,
        UnitKind::CommandVehicle | UnitKind::TeamVan => 45.0,
        UnitKind::Ambulance | UnitKind::IntensiveCareAmbulance | UnitKind::PatrolCar => 50.0,
        UnitKind::Helicopter => 200.0,
        UnitKind::Aeroplane => 350.0,
        UnitKind::Boat => 30.0,
        UnitKind::OnFoot => 5.0,
    };
    kmh / 3.6
}

// By reference, as serde calls it.
#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_none(units: &u16) -> bool {
    *units == 0
}

fn flies(kind: UnitKind) -> bool {
    matches!(kind, UnitKind::Helicopter | UnitKind::Aeroplane)
}

/// The time of travel to a place and what it rests on: by road where a way is known (`by_road`: what a light
/// vehicle takes) and the unit drives, else along the straight line of this length. `cut_off` says that closures leave
/// no way by road.
#[must_use]
pub fn travel(
    kind: UnitKind,
    straight: Metres,
    by_road: Option<Seconds>,
    cut_off: bool,
) -> (Seconds, Estimate) {
    match by_road.zip(pace(kind)) {
        Some((light, pace)) => (Seconds(whole(pace * f64::from(light.0))), Estimate::Road),
        None => {
            let metres = straight.get() * if flies(kind) { 1.0 } else { DETOUR };
            let estimate = if cut_off && drives(kind) { Estimate::CutOff } else { Estimate::StraightLine };
            (Seconds(whole(metres / speed(kind))), estimate)
        }
    }
}

/// How much longer a kind of unit takes on a road than a light vehicle; none for what does not drive.
fn pace(kind: UnitKind) -> Option<f64> {
    match kind {
        UnitKind::Ambulance
        | UnitKind::IntensiveCareAmbulance
        | UnitKind::PatrolCar
        | UnitKind::CommandVehicle
        | UnitKind::TeamVan => Some(1.0),
        UnitKind::FireEngine | UnitKind::RescueVehicle | UnitKind::Ladder => Some(1.15),
        UnitKind::HeavyVehicle | UnitKind::RepairVehicle => Some(1.4),
        UnitKind::Helicopter | UnitKind::Aeroplane | UnitKind::Boat | UnitKind::OnFoot => None,
    }
}

/// Whether a kind of unit goes by road.
#[must_use]
pub fn drives(kind: UnitKind) -> bool {
    pace(kind).is_some()
}

fn whole(seconds: f64) -> u32 {
    // Clamped first, so that the cast keeps the number.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let n = seconds.clamp(0.0, f64::from(u32::MAX)).round() as u32;
    n
}

/// A candidate with its time.
#[derive(Clone, Copy)]
struct Ranked<'a> {
    candidate: &'a Candidate,
    eta: Seconds,
    estimate: Estimate,
    doubt: Seconds,
    /// A neighbour's, or about to be free: only when one's own free units do not suffice.
    stranger: bool,
    in_exercise: bool,
    too_far: bool,
}

impl Ranked<'_> {
    fn cost(&self) -> i64 {
        let time = i64::from(self.eta.0) + i64::from(self.doubt.0);
        let stranger = if self.stranger { STRANGER } else { 0 };
        let cut_off = if self.estimate == Estimate::CutOff { CUT_OFF } else { 0 };
        let in_exercise = if self.in_exercise { IN_EXERCISE } else { 0 };
        let too_far = if self.too_far { TOO_FAR } else { 0 };
        time + stranger + cut_off + in_exercise + too_far
    }

    /// Whether it goes only when an officer names it.
    fn waits_for_an_officer(&self) -> bool {
        self.in_exercise || self.too_far
    }
}

fn rank(c: &Candidate, own: RegionCode, bounds: Bounds) -> Ranked<'_> {
    let (travel, estimate) = travel(c.kind, c.distance, c.by_road, c.cut_off);
    let wait = c.free_in.unwrap_or(Seconds(0));
    let stale = c.position_age > bounds.stale_after.0;
    // A unit may have driven on for as long as nothing was heard of it.
    let doubt = if stale { Seconds(c.position_age.0.min(MOST_DOUBT.0)) } else { Seconds(0) };
    Ranked {
        candidate: c,
        eta: Seconds(TURNOUT.0.saturating_add(travel.0).saturating_add(wait.0)),
        estimate,
        doubt,
        stranger: c.region != own || c.free_in.is_some(),
        in_exercise: c.in_exercise,
        too_far: !bounds.reach.holds(c, travel, estimate),
    }
}

/// Recommends units for all needs at once, no unit twice.
///
/// Of all ways to share out the units that one is taken with the fewest missing, of these the one with the fewest
/// units that are cut off, of these the one with the fewest strangers (neighbours' units and units about to be free), of
/// these the one with the least total time. So a unit
/// that can do much is not spent on a need that a simpler one meets while another need goes short. Who is too far or
/// in an exercise is not shared out at all.
#[must_use]
pub fn recommend(
    needs: Vec<(Need, Vec<Candidate>)>,
    place: Point,
    region: RegionCode,
    bounds: Bounds,
    at: Timestamp,
) -> Recommendation {
    let ranked: Vec<Vec<Ranked<'_>>> = needs
        .iter()
        .map(|(_, considered)| {
            let mut ranked: Vec<Ranked<'_>> = considered.iter().map(|c| rank(c, region, bounds)).collect();
            ranked.sort_by(|a, b| (a.cost(), &a.candidate.unit).cmp(&(b.cost(), &b.candidate.unit)));
            let mut seen = BTreeSet::new();
            ranked.retain(|r| seen.insert(&r.candidate.unit));
            ranked
        })
        .collect();
    let taken = share_out(&needs, &ranked);
    let spent: BTreeSet<&UnitId> = taken.iter().flatten().copied().collect();
    let answers = needs.iter().zip(&ranked).zip(&taken).map(|(((need, considered), ranked), taken)| {
        let pick = |(sooner, r): (usize, &Ranked<'_>)| picked(need, r, sooner, region);
        let of_need = ranked.iter().enumerate();
        let picks: Vec<Pick> =
            of_need.clone().filter(|(_, r)| taken.contains(&r.candidate.unit)).map(pick).collect();
        let left = of_need.filter(|(_, r)| !spent.contains(&r.candidate.unit));
        let mut others: Vec<Pick> = left.clone().take(OTHERS).map(pick).collect();
        // A stranger comes after all of one's own; that it would be there sooner is for the officer to know.
        let last = picks.iter().map(|pick| pick.eta).max();
        let can_come = |r: &Ranked<'_>| r.estimate != Estimate::CutOff && !r.in_exercise;
        let sooner = left.clone().skip(OTHERS).filter(|(_, r)| r.stranger && can_come(r));
        let sooner = sooner.filter(|(_, r)| last.is_some_and(|last| r.eta < last));
        others.extend(sooner.min_by_key(|(_, r)| r.eta).map(pick));
        let counted = |units: usize| u16::try_from(units).unwrap_or(u16::MAX);
        let shortfall = need.count.saturating_sub(counted(picks.len()));
        Answered {
            need: need.clone(),
            shortfall,
            too_far: counted(left.clone().filter(|(_, r)| r.too_far).count()).min(shortfall),
            in_exercise: counted(left.filter(|(_, r)| r.in_exercise && !r.too_far).count()).min(shortfall),
            picks,
            others,
            considered: considered.clone(),
        }
    });
    let answers = answers.collect();
    let Bounds { stale_after, reach } = bounds;
    Recommendation { edition: EDITION.to_owned(), at, place, region, stale_after, reach, needs: answers }
}

/// The units taken for each need.
fn share_out<'a>(needs: &[(Need, Vec<Candidate>)], ranked: &[Vec<Ranked<'a>>]) -> Vec<BTreeSet<&'a UnitId>> {
    let numbers: BTreeMap<&UnitId, usize> = {
        let units: BTreeSet<&UnitId> = ranked.iter().flatten().map(|r| &r.candidate.unit).collect();
        units.into_iter().zip(0..).collect()
    };
    let units: Vec<&UnitId> = numbers.keys().copied().collect();
    let costs: Vec<BTreeMap<usize, i64>> = ranked
        .iter()
        .map(|of| {
            of.iter()
                .filter(|r| !r.waits_for_an_officer())
                .map(|r| (numbers[&r.candidate.unit], r.cost()))
                .collect()
        })
        .collect();
    let places: Vec<usize> = needs
        .iter()
        .enumerate()
        .flat_map(|(k, (need, _))| std::iter::repeat_n(k, usize::from(need.count).min(ranked[k].len())))
        .collect();
    let filled = assignment::cheapest(places.len(), units.len(), |place, unit| {
        costs[places[place]].get(&unit).copied()
    });
    let mut taken = vec![BTreeSet::new(); needs.len()];
    for (need, unit) in places.iter().zip(filled) {
        taken[*need].extend(unit.map(|unit| units[unit]));
    }
    taken
}

fn picked(need: &Need, r: &Ranked<'_>, sooner: usize, own: RegionCode) -> Pick {
    let c = r.candidate;
    let mut reasons = vec![match u16::try_from(sooner) {
        Ok(0) => Reason::Soonest,
        Ok(sooner) => Reason::AfterSooner { sooner },
        Err(_) => Reason::AfterSooner { sooner: u16::MAX },
    }];
    if !need.capabilities.is_empty() {
        reasons.push(Reason::Capable { capabilities: need.capabilities.clone() });
    }
    if r.doubt.0 > 0 {
        reasons.push(Reason::StalePosition { age: c.position_age, added: r.doubt });
    }
    if r.estimate == Estimate::CutOff {
        reasons.push(Reason::CutOff);
    }
    if r.too_far {
        reasons.push(Reason::TooFar);
    }
    if r.in_exercise {
        reasons.push(Reason::InExercise);
    }
    if let Some(free_in) = c.free_in {
        reasons.push(Reason::SoonFree { free_in });
    }
    if c.region != own {
        reasons.push(Reason::NeighbourRegion { region: c.region });
    }
    Pick {
        unit: c.unit.clone(),
        region: c.region,
        service: c.service.clone(),
        distance: c.distance,
        eta: r.eta,
        estimate: r.estimate,
        reasons,
    }
}

#[cfg(test)]
mod tests;
