//! Who should go: the soonest fitting units for each need, with the reasons, and what is missing.
//!
//! Pure and recomputable: a recommendation keeps the candidates that it was made from, so that the same answer can
//! be worked out again years later. A person confirms it, or a rule that a person switched on.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::forces::Act;
use super::ids::{RegionCode, ServiceKey, UnitId};
use super::quantities::{Metres, Point, Seconds};
use super::service_kind::Profile;
use super::unit::{Capabilities, StaleAfter, UnitKind};

/// The rule set by which units are ranked; it changes when the ranking does.
pub const EDITION: &str = "soonest/1";

/// Roads are longer than the straight line by about this factor in towns.
const DETOUR: f64 = 1.3;
/// From order to wheels rolling: a planning figure of this project, not of the law.
const TURNOUT: Seconds = Seconds(60);
/// Most that a stale position can add.
const MOST_DOUBT: Seconds = Seconds(900);

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
    /// What it goes by: decides its speed.
    pub kind: UnitKind,
    /// Straight-line distance to the place, metres.
    pub distance: Metres,
    /// Age of its position, seconds.
    pub position_age: Seconds,
    /// For a unit on its way back: seconds until it is free.
    pub free_in: Option<Seconds>,
}

/// Where a time to the place comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Estimate {
    /// Straight line, a detour factor and a speed per kind: no road was looked at.
    StraightLine,
}

/// Why a unit stands where it stands. Rendered in the user's language by the screens.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "reason", rename_all = "snake_case")]
pub enum Reason {
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
    /// An answer for each need, in the order of the needs.
    pub needs: Vec<Answered>,
}

impl Recommendation {
    /// Units missing in all.
    #[must_use]
    pub fn shortfall(&self) -> u32 {
        self.needs.iter().map(|n| u32::from(n.shortfall)).sum()
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

fn flies(kind: UnitKind) -> bool {
    matches!(kind, UnitKind::Helicopter | UnitKind::Aeroplane)
}

/// A straight-line estimate of the time from order to arrival, seconds.
#[must_use]
pub fn straight_line_time(kind: UnitKind, distance: Metres) -> Seconds {
    let metres = distance.get() * if flies(kind) { 1.0 } else { DETOUR };
    Seconds(TURNOUT.0.saturating_add(whole(metres / speed(kind))))
}

fn whole(seconds: f64) -> u32 {
    // Clamped first, so that the cast keeps the number.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let n = seconds.clamp(0.0, f64::from(u32::MAX)).round() as u32;
    n
}

/// A candidate with its time; the order is the order of choice.
struct Ranked<'a> {
    candidate: &'a Candidate,
    eta: Seconds,
    doubt: Seconds,
    /// 0: own and free. 1: about to be free, or a neighbour's: only when the first do not suffice.
    tier: u8,
}

fn rank(c: &Candidate, own: RegionCode, limit: StaleAfter) -> Ranked<'_> {
    let travel = straight_line_time(c.kind, c.distance);
    let wait = c.free_in.unwrap_or(Seconds(0));
    let stale = c.position_age > limit.0;
    // A unit may have driven on for as long as nothing was heard of it.
    let doubt = if stale { Seconds(c.position_age.0.min(MOST_DOUBT.0)) } else { Seconds(0) };
    Ranked {
        candidate: c,
        eta: Seconds(travel.0.saturating_add(wait.0)),
        doubt,
        tier: u8::from(c.region != own || c.free_in.is_some()),
    }
}

/// Recommends units for all needs at once: no unit twice, needs with the fewest candidates first, so that a unit
/// that several needs could use is left to the one that has no other.
#[must_use]
pub fn recommend(
    needs: Vec<(Need, Vec<Candidate>)>,
    place: Point,
    region: RegionCode,
    stale_after: StaleAfter,
    at: Timestamp,
) -> Recommendation {
    let mut order: Vec<usize> = (0..needs.len()).collect();
    order.sort_by_key(|&k| needs[k].1.len());
    let mut taken: BTreeSet<UnitId> = BTreeSet::new();
    let mut answers: Vec<Option<Answered>> = needs.iter().map(|_| None).collect();
    for k in order {
        let (need, considered) = &needs[k];
        let picks = pick(need, considered, &mut taken, region, stale_after);
        let found = u16::try_from(picks.len()).unwrap_or(u16::MAX);
        answers[k] = Some(Answered {
            need: need.clone(),
            shortfall: need.count.saturating_sub(found),
            picks,
            considered: considered.clone(),
        });
    }
    Recommendation {
        edition: EDITION.to_owned(),
        at,
        place,
        region,
        stale_after,
        needs: answers.into_iter().flatten().collect(),
    }
}

fn pick(
    need: &Need,
    considered: &[Candidate],
    taken: &mut BTreeSet<UnitId>,
    own: RegionCode,
    limit: StaleAfter,
) -> Vec<Pick> {
    let mut ranked: Vec<Ranked<'_>> = considered.iter().map(|c| rank(c, own, limit)).collect();
    ranked.sort_by(|a, b| {
        (a.tier, a.eta.0.saturating_add(a.doubt.0), &a.candidate.unit).cmp(&(
            b.tier,
            b.eta.0.saturating_add(b.doubt.0),
            &b.candidate.unit,
        ))
    });
    let mut picks = Vec::new();
    for (place, r) in ranked.iter().enumerate() {
        if picks.len() >= usize::from(need.count) {
            break;
        }
        if !taken.insert(r.candidate.unit.clone()) {
            continue;
        }
        let mut reasons = vec![match u16::try_from(place) {
            Ok(0) => Reason::Soonest,
            Ok(sooner) => Reason::AfterSooner { sooner },
            Err(_) => Reason::AfterSooner { sooner: u16::MAX },
        }];
        if r.doubt.0 > 0 {
            reasons.push(Reason::StalePosition { age: r.candidate.position_age, added: r.doubt });
        }
        if let Some(free_in) = r.candidate.free_in {
            reasons.push(Reason::SoonFree { free_in });
        }
        if r.candidate.region != own {
            reasons.push(Reason::NeighbourRegion { region: r.candidate.region });
        }
        picks.push(Pick {
            unit: r.candidate.unit.clone(),
            region: r.candidate.region,
            distance: r.candidate.distance,
            eta: r.eta,
            estimate: Estimate::StraightLine,
            reasons,
        });
    }
    picks
}

#[cfg(test)]
mod tests;
