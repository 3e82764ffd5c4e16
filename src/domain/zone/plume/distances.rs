//! How far people are kept away from a release, by substance: the tables of the *Emergency Response Guidebook* 2024
//! (U.S. DOT PHMSA, Transport Canada, SICT, CIQUIME), as far as they name what is made, kept or carried in the country.
//!
//! Table 1 has two distances for a substance, by the size of the spill and day or night; for six gases in large spills
//! Table 3 stands in its place, which also asks what it comes out of and how strong the wind is. Rows of which two
//! independent transcriptions of the guidebook agree, in metres and in miles, are `verified`; the others rest on one. The
//! officer corrects what the book at hand says otherwise. A substance that nobody has named yet is taken for the most
//! poisonous of its class (hazard zone A), as the guidebook has it.

use std::sync::LazyLock;

use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

use crate::domain::names::Names;
use crate::domain::object_passport::UnNumber;
use crate::domain::quantities::Metres;

/// How much comes out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Spill {
    /// Up to 208 litres: a drum, a small cylinder, a small leak from a large vessel.
    Small,
    /// More than 208 litres, or many small vessels at once.
    Large,
}

/// What a large spill comes out of (Table 3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Vessel {
    /// A rail tank car.
    RailTankCar,
    /// A road tanker or tank trailer.
    RoadTank,
    /// A tank that feeds fertiliser to a field.
    FarmTank,
    /// Several cylinders of about a tonne.
    TonCylinders,
    /// Several small cylinders, or one of about a tonne.
    SmallCylinders,
}

/// How strong the wind is (Table 3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum WindForce {
    /// Under 10 km/h (2.8 m/s).
    Low,
    /// From 10 to 20 km/h.
    Moderate,
    /// Over 20 km/h (5.6 m/s).
    High,
}

/// On what it is spilled, for what answers to water.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SpilledOn {
    /// Dry land.
    Land,
    /// Water, with which it makes a poisonous gas.
    Water,
}

/// A protective action distance.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, ToSchema)]
pub struct ProtectiveDistance {
    /// Metres.
    pub metres: Metres,
    /// It may be farther in some weather: the tables end at 11 km, with a plus sign.
    pub or_more: bool,
}

/// A row of Table 1 or 3.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct TableRow {
    /// For what size of spill.
    pub spill: Spill,
    /// Out of what; absent where it makes no difference.
    pub vessel: Option<Vessel>,
    /// In what wind; absent where it makes no difference.
    pub wind: Option<WindForce>,
    /// The initial isolation distance, metres.
    pub isolation: Metres,
    /// The protective action distance between sunrise and sunset.
    pub day: ProtectiveDistance,
    /// The protective action distance between sunset and sunrise.
    pub night: ProtectiveDistance,
    /// Where it was read.
    pub source: String,
    /// Whether two independent transcriptions agree; false where there is one.
    pub verified: bool,
}

/// A substance that is poisonous to breathe, or a class of such whose substance nobody has named yet.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ReleasedSubstance {
    /// The project's own word for it.
    pub key: String,
    /// Its UN number; of a class, that of the collective entry.
    pub un: UnNumber,
    /// On what it is spilled, where that makes a difference.
    pub spilled_on: Option<SpilledOn>,
    /// Whether it is one substance: false for a class.
    pub known: bool,
    /// Its name.
    pub names: Names,
    /// Its distances.
    pub rows: Vec<TableRow>,
}

#[derive(Deserialize)]
struct SubstanceLine {
    substance: String,
    un: UnNumber,
    spilled_on: Option<SpilledOn>,
    known: bool,
    kk: String,
    ru: String,
    en: String,
}

#[derive(Deserialize)]
struct DistanceLine {
    substance: String,
    spill: Spill,
    vessel: Option<Vessel>,
    wind: Option<WindForce>,
    isolation_m: Metres,
    #[serde(deserialize_with = "kilometres")]
    day_km: ProtectiveDistance,
    #[serde(deserialize_with = "kilometres")]
    night_km: ProtectiveDistance,
    source: String,
    verified: bool,
}

/// As the guidebook prints them: `0.3`, `11+`.
fn kilometres<'de, D: Deserializer<'de>>(from: D) -> Result<ProtectiveDistance, D::Error> {
    let printed = String::deserialize(from)?;
    let (number, or_more) = match printed.strip_suffix('+') {
        Some(number) => (number, true),
        None => (printed.as_str(), false),
    };
    let kilometres: f64 = number.parse().map_err(serde::de::Error::custom)?;
    let metres = Metres::new((kilometres * 1_000.0).round()).map_err(serde::de::Error::custom)?;
    Ok(ProtectiveDistance { metres, or_more })
}

/// A row that does not read is a fault of the build, found by a test.
fn rows<Line: for<'de> Deserialize<'de>>(table: &str) -> Vec<Line> {
    csv::Reader::from_reader(table.as_bytes()).deserialize().filter_map(Result::ok).collect()
}

static SUBSTANCES: LazyLock<Vec<ReleasedSubstance>> = LazyLock::new(|| {
    let mut substances: Vec<ReleasedSubstance> = rows::<SubstanceLine>(include_str!("substances.csv"))
        .into_iter()
        .map(|line| ReleasedSubstance {
            key: line.substance,
            un: line.un,
            spilled_on: line.spilled_on,
            known: line.known,
            names: Names { kk: line.kk, ru: line.ru, en: line.en },
            rows: Vec::new(),
        })
        .collect();
    for line in rows::<DistanceLine>(include_str!("distances.csv")) {
        let Some(of) = substances.iter_mut().find(|s| s.key == line.substance) else { continue };
        of.rows.push(TableRow {
            spill: line.spill,
            vessel: line.vessel,
            wind: line.wind,
            isolation: line.isolation_m,
            day: line.day_km,
            night: line.night_km,
            source: line.source,
            verified: line.verified,
        });
    }
    substances
});

/// Every substance and class of the tables.
#[must_use]
pub fn substances() -> &'static [ReleasedSubstance] {
    &SUBSTANCES
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::zone::plume::check_distances;

    fn row(key: &str, spill: Spill, vessel: Option<Vessel>, wind: Option<WindForce>) -> &'static TableRow {
        let of = substances().iter().find(|s| s.key == key).unwrap();
        of.rows.iter().find(|r| (r.spill, r.vessel, r.wind) == (spill, vessel, wind)).unwrap()
    }

    #[test]
    fn every_row_of_both_tables_reads_and_belongs_to_a_substance() {
        let lines = |table: &str| table.trim().lines().count() - 1;
        assert_eq!(substances().len(), lines(include_str!("substances.csv")));
        let told: usize = substances().iter().map(|s| s.rows.len()).sum();
        assert_eq!(told, lines(include_str!("distances.csv")));
        for (at, one) in substances().iter().enumerate() {
            assert!(substances()[..at].iter().all(|other| other.key != one.key), "{} twice", one.key);
        }
    }

    #[test]
    fn every_pair_of_distances_draws_a_sector_and_a_night_is_never_nearer_than_a_day() {
        for one in substances() {
            for row in &one.rows {
                for protective in [row.day, row.night] {
                    assert_eq!(
                        check_distances(row.isolation, protective.metres),
                        Ok(()),
                        "{}: {row:?}",
                        one.key
                    );
                }
                assert!(row.day.metres <= row.night.metres, "{}: {row:?}", one.key);
            }
        }
    }

    /// A figure that is wrong by a slip of the pen breaks an order that the guidebook keeps.
    #[test]
    fn a_larger_spill_a_larger_vessel_and_a_weaker_wind_reach_no_less_far() {
        for one in substances() {
            let small = one.rows.iter().find(|r| r.spill == Spill::Small).unwrap();
            let large: Vec<_> = one.rows.iter().filter(|r| r.spill == Spill::Large).collect();
            assert!(!large.is_empty(), "{}", one.key);
            let farthest = large.iter().map(|r| r.night.metres.get()).fold(0.0, f64::max);
            assert!(small.night.metres.get() <= farthest, "{}", one.key);
            for pair in large.windows(2).filter(|pair| pair[0].vessel == pair[1].vessel) {
                assert!(pair[0].day.metres >= pair[1].day.metres, "{}: {pair:?}", one.key);
                assert!(pair[0].night.metres >= pair[1].night.metres, "{}: {pair:?}", one.key);
                assert_eq!(pair[0].isolation, pair[1].isolation, "{}: {pair:?}", one.key);
            }
            for pair in large.windows(2).filter(|pair| pair[0].vessel != pair[1].vessel) {
                assert!(pair[0].isolation >= pair[1].isolation, "{}: {pair:?}", one.key);
            }
        }
    }

    #[test]
    fn where_the_guidebook_asks_for_vessel_and_wind_every_wind_has_its_row() {
        for one in substances() {
            let asked = one.rows.iter().filter(|r| r.vessel.is_some());
            for vessel in asked.filter_map(|r| r.vessel) {
                for wind in [WindForce::Low, WindForce::Moderate, WindForce::High] {
                    let found = one.rows.iter().filter(|r| r.vessel == Some(vessel) && r.wind == Some(wind));
                    assert_eq!(found.count(), 1, "{} {vessel:?} {wind:?}", one.key);
                }
            }
            let plain = |spill| one.rows.iter().filter(|r| r.spill == spill && r.vessel.is_none()).count();
            assert_eq!(plain(Spill::Small), 1, "{}", one.key);
            assert_eq!(plain(Spill::Large) == 0, one.rows.iter().any(|r| r.vessel.is_some()), "{}", one.key);
        }
    }

    #[test]
    fn distances_are_those_of_the_guidebook() {
        let of = |row: &TableRow| {
            let said = |d: ProtectiveDistance| (d.metres.get(), d.or_more);
            (row.isolation.get(), said(row.day), said(row.night), row.verified)
        };
        let small = row("chlorine", Spill::Small, None, None);
        assert_eq!(of(small), (60.0, (300.0, false), (1_500.0, false), true));
        let car = row("chlorine", Spill::Large, Some(Vessel::RailTankCar), Some(WindForce::Low));
        assert_eq!(of(car), (1_000.0, (9_600.0, false), (11_000.0, true), true));
        let tank = row("ammonia", Spill::Large, Some(Vessel::RoadTank), Some(WindForce::High));
        assert_eq!(of(tank), (150.0, (400.0, false), (600.0, false), true));
        let one = row("bromine", Spill::Large, None, None);
        assert_eq!(of(one), (400.0, (4_200.0, false), (7_600.0, false), false));
    }
}
