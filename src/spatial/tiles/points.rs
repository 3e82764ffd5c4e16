//! Tiles of points that live: units and incidents.
//!
//! Below [`ALL_FROM`] points of a kind that would share a pixel are one, with their count: a country of units is seen,
//! and its tile stays small.

use std::collections::HashMap;

use smol_str::SmolStr;

use super::mvt::Layer;
use super::square::Square;
use super::{ALL_FROM, PIXEL};
use crate::domain::ids::{RegionCode, ServiceKey};
use crate::domain::quantities::Point;
use crate::domain::unit::UnitKind;
use crate::spatial::unit_index::{Drawn, UnitIndex};

/// From this zoom on units carry their call signs: above it there is no room for them.
pub const CALL_SIGNS_FROM: u8 = 11;

/// What units say. Where several are one, it is their service, kind and state with `count`, the number of them; else
/// `id`, and `at`, the second of 1970 when the unit was there.
pub const UNIT: [&str; 7] = ["service", "kind", "state", "count", "id", "at", "call_sign"];

/// What a unit is doing, as its JSON says it.
const STATES: [&str; 5] = ["available", "reserved", "engaged", "returning", "out_of_service"];

/// Numbers of values that stand in few places.
#[derive(Default)]
struct Known {
    services: Vec<(ServiceKey, u32)>,
    kinds: Vec<(UnitKind, u32)>,
    states: [Option<u32>; STATES.len()],
}

impl Known {
    /// The tags of a unit's class and state.
    fn tags(&mut self, layer: &mut Layer, unit: &Drawn<'_>) -> [u32; 6] {
        let service = match self.services.iter().find(|(service, _)| service == &unit.profile.service) {
            Some((_, place)) => *place,
            None => {
                let place = layer.text(unit.profile.service.as_str());
                self.services.push((unit.profile.service.clone(), place));
                place
            }
        };
        let kind = match self.kinds.iter().find(|(kind, _)| *kind == unit.profile.kind) {
            Some((_, place)) => *place,
            None => {
                let place = layer.text(word(unit.profile.kind));
                self.kinds.push((unit.profile.kind, place));
                place
            }
        };
        let number = usize::from(unit.state);
        let state = *self.states[number].get_or_insert_with(|| layer.text(STATES[number]));
        [0, service, 1, kind, 2, state]
    }
}

/// A tile of the units of these regions; of one service alone, if one is named.
#[must_use]
pub fn units(
    square: Square,
    index: &UnitIndex,
    regions: impl IntoIterator<Item = RegionCode>,
    service: Option<&ServiceKey>,
) -> Vec<u8> {
    let mut layer = Layer::new("units", &UNIT);
    let (way, mut known) = (square.way(), Known::default());
    let thin = square.z() < ALL_FROM;
    let mut pixels: HashMap<([i32; 2], [u32; 6]), u32> = HashMap::new();
    for region in regions {
        index.drawn(region, square.bounds(), thin, |unit| {
            let Some(at) = way.step(unit.position.point) else { return };
            if service.is_some_and(|own| *own != unit.profile.service) {
                return;
            }
            let class = known.tags(&mut layer, &unit);
            if thin {
                *pixels.entry((pixel(at), class)).or_default() += 1;
                return;
            }
            let [a, b, c, d, e, f] = class;
            let id = layer.own_text(unit.id.as_str());
            let seen = layer.number(unit.position.at.as_second().unsigned_abs());
            if square.z() < CALL_SIGNS_FROM {
                layer.point(at, &[a, b, c, d, e, f, 4, id, 5, seen]);
            } else {
                let sign = layer.own_text(unit.call_sign.as_str());
                layer.point(at, &[a, b, c, d, e, f, 4, id, 5, seen, 6, sign]);
            }
        });
    }
    draw_pixels(&mut layer, pixels, 3);
    layer.finish()
}

fn pixel(at: [i32; 2]) -> [i32; 2] {
    at.map(|step| step.div_euclid(PIXEL) * PIXEL + PIXEL / 2)
}

/// Points that are one, in the order of the map and not of a hash.
fn draw_pixels<const N: usize>(
    layer: &mut Layer,
    pixels: HashMap<([i32; 2], [u32; N]), u32>,
    count_key: u32,
) {
    let mut pixels: Vec<_> = pixels.into_iter().collect();
    pixels.sort_unstable();
    let mut counts: HashMap<u32, u32> = HashMap::new();
    let mut tags = Vec::with_capacity(N + 2);
    for ((at, class), count) in pixels {
        let count = *counts.entry(count).or_insert_with(|| layer.number(u64::from(count)));
        tags.clear();
        tags.extend_from_slice(&class);
        tags.extend_from_slice(&[count_key, count]);
        layer.point(at, &tags);
    }
}

/// A kind of unit, as its JSON says it.
const fn word(kind: UnitKind) -> &'static str {
    match kind {
        UnitKind::FireEngine => "fire_engine",
        UnitKind::Ladder => "ladder",
        UnitKind::RescueVehicle => "rescue_vehicle",
        UnitKind::HeavyVehicle => "heavy_vehicle",
        UnitKind::CommandVehicle => "command_vehicle",
        UnitKind::Ambulance => "ambulance",
        UnitKind::IntensiveCareAmbulance => "intensive_care_ambulance",
        UnitKind::PatrolCar => "patrol_car",
        UnitKind::TeamVan => "team_van",
        UnitKind::RepairVehicle => "repair_vehicle",
        UnitKind::Helicopter => "helicopter",
        UnitKind::Aeroplane => "aeroplane",
        UnitKind::Boat => "boat",
        UnitKind::OnFoot => "on_foot",
    }
}

/// What incidents say. Where several are one, it is their severity with `count`.
pub const INCIDENT: [&str; 6] = ["severity", "exercise", "count", "id", "number", "category"];

/// An incident to be drawn.
#[derive(Debug, Clone, PartialEq)]
pub struct IncidentPoint {
    /// Its identity.
    pub id: String,
    /// Its number for people.
    pub number: String,
    /// The region whose hub owns it.
    pub region: RegionCode,
    /// Its category.
    pub category: Option<SmolStr>,
    /// Its gravity.
    pub severity: Option<SmolStr>,
    /// Part of an exercise, which the map has to say.
    pub exercise: bool,
    /// Where it is.
    pub point: Point,
}

/// A tile of incidents.
#[must_use]
pub fn incidents<'a>(square: Square, incidents: impl IntoIterator<Item = &'a IncidentPoint>) -> Vec<u8> {
    let mut layer = Layer::new("incidents", &INCIDENT);
    let (way, thin) = (square.way(), square.z() < ALL_FROM);
    let flags = [layer.flag(false), layer.flag(true)];
    let mut pixels: HashMap<([i32; 2], [u32; 4]), u32> = HashMap::new();
    for incident in incidents {
        let Some(at) = way.step(incident.point) else { continue };
        let severity = layer.text(incident.severity.as_deref().unwrap_or(""));
        let exercise = flags[usize::from(incident.exercise)];
        if thin {
            *pixels.entry((pixel(at), [0, severity, 1, exercise])).or_default() += 1;
            continue;
        }
        let (id, number) = (layer.own_text(&incident.id), layer.own_text(&incident.number));
        let category = layer.text(incident.category.as_deref().unwrap_or(""));
        layer.point(at, &[0, severity, 1, exercise, 3, id, 4, number, 5, category]);
    }
    draw_pixels(&mut layer, pixels, 2);
    layer.finish()
}

#[cfg(test)]
mod tests;
