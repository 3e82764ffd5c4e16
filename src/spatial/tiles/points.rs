//! Tiles of points that live: units and incidents.
//!
//! Below [`ALL_FROM`] points of a kind that would share a pixel are one, with their count: a country of units is seen,
//! and its tile stays small.

use smol_str::SmolStr;

use super::ALL_FROM;
use super::mvt::Layer;
use super::pixels::Pixels;
use super::square::Square;
use crate::domain::ids::{RegionCode, ServiceKey};
use crate::domain::quantities::Point;
use crate::domain::unit::UnitKind;
use crate::spatial::unit_index::{Drawn, Profile, UnitIndex};

/// From this zoom on units carry their call signs: above it there is no room for them.
pub const CALL_SIGNS_FROM: u8 = 11;

/// What units say. Where several are one, it is their service, kind and state with `count`, the number of them; else
/// `id`, and `at`, the second of 1970 when the unit was there; `doubtful` where a later report is not believed, with why.
pub const UNIT: [&str; 8] = ["service", "kind", "state", "count", "id", "at", "call_sign", "doubtful"];

/// What a unit is doing, as its JSON says it.
const STATES: [&str; 5] = ["available", "reserved", "engaged", "returning", "out_of_service"];

/// Tags of a class of units in a region: its service and kind, and for each state the number of what a pixel of it says.
/// None while it is not asked for; hidden when the tile is of another service.
#[derive(Clone, Copy)]
enum Class {
    Unknown,
    Hidden,
    Shown { tags: [u32; 4], said: [Option<u32>; STATES.len()] },
}

/// The tags of the classes of a region, found once for all units of each.
struct Classes<'a> {
    of_service: Option<&'a ServiceKey>,
    known: Vec<Class>,
}

impl Classes<'_> {
    fn class(&mut self, layer: &mut Layer, unit: &Drawn<'_>) -> &mut Class {
        let class = unit.class();
        if self.known.len() <= class {
            self.known.resize(class + 1, Class::Unknown);
        }
        if let Class::Unknown = self.known[class] {
            let Profile { service, kind, .. } = unit.profile();
            let shown = self.of_service.is_none_or(|own| own == service);
            self.known[class] = if shown {
                let tags = [0, layer.text(service.as_str()), 1, layer.text(word(*kind))];
                Class::Shown { tags, said: [None; STATES.len()] }
            } else {
                Class::Hidden
            };
        }
        &mut self.known[class]
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
    let way = square.way();
    let thin = square.z() < ALL_FROM;
    let (mut states, mut pixels) = ([None; STATES.len()], Pixels::default());
    for region in regions {
        let mut classes = Classes { of_service: service, known: Vec::new() };
        index.drawn(region, square.bounds(), thin, |unit| {
            let Some(at) = way.step(unit.point()) else { return };
            let Class::Shown { tags: [a, b, c, d], said } = classes.class(&mut layer, &unit) else { return };
            let number = unit.state();
            let state = *states[number].get_or_insert_with(|| layer.text(STATES[number]));
            if thin {
                let said = *said[number].get_or_insert_with(|| pixels.say([*a, *b, *c, *d, 2, state]));
                pixels.add(at, said);
                return;
            }
            let Some((id, call_sign)) = unit.names() else { return };
            let id = layer.own_text(id.as_str());
            let seen = layer.number(unit.seen_at().as_second().unsigned_abs());
            let sign = (square.z() >= CALL_SIGNS_FROM).then(|| layer.own_text(call_sign.as_str()));
            let doubt = unit.doubt().map(|doubt| layer.text(doubt.reason()));
            match (sign, doubt) {
                (None, None) => layer.point(at, &[*a, *b, *c, *d, 2, state, 4, id, 5, seen]),
                (Some(sign), None) => layer.point(at, &[*a, *b, *c, *d, 2, state, 4, id, 5, seen, 6, sign]),
                (None, Some(why)) => layer.point(at, &[*a, *b, *c, *d, 2, state, 4, id, 5, seen, 7, why]),
                (Some(sign), Some(why)) => {
                    layer.point(at, &[*a, *b, *c, *d, 2, state, 4, id, 5, seen, 6, sign, 7, why]);
                }
            }
        });
    }
    pixels.draw(&mut layer, 3);
    layer.finish()
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
    let mut pixels = Pixels::default();
    for incident in incidents {
        let Some(at) = way.step(incident.point) else { continue };
        let severity = layer.text(incident.severity.as_deref().unwrap_or(""));
        let exercise = flags[usize::from(incident.exercise)];
        if thin {
            let said = pixels.say([0, severity, 1, exercise]);
            pixels.add(at, said);
            continue;
        }
        let (id, number) = (layer.own_text(&incident.id), layer.own_text(&incident.number));
        let category = layer.text(incident.category.as_deref().unwrap_or(""));
        layer.point(at, &[0, severity, 1, exercise, 3, id, 4, number, 5, category]);
    }
    pixels.draw(&mut layer, 2);
    layer.finish()
}

#[cfg(test)]
mod tests;
