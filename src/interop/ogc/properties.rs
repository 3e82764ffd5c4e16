//! What features say. The names are those of [`Collection::properties`](super::collection::Collection::properties).

use jiff::Timestamp;
use serde::Serialize;

use crate::domain::doubt::Doubt;
use crate::domain::geography::{Direction, LocalNames, Object, ObjectKind, Road, RoadClass};
use crate::domain::ids::{IncidentId, RegionCode, ServiceKey};
use crate::domain::mode::Mode;
use crate::domain::names::Names;
use crate::domain::region::ZoneRecord;
use crate::domain::unit::{Position, PositionSource, Unit, UnitKind, UnitStatus};

/// Of an incident.
#[derive(Debug, Clone, Serialize)]
#[allow(missing_docs)]
pub struct OfIncident<'a> {
    pub number: &'a str,
    pub region: &'a str,
    pub district: Option<&'a str>,
    pub status: &'a str,
    pub open: bool,
    pub category: Option<&'a str>,
    pub severity: Option<&'a str>,
    pub exercise: bool,
    pub opened_at: Timestamp,
    pub closed_at: Option<Timestamp>,
    pub updated_at: Timestamp,
}

/// Of a unit.
#[derive(Debug, Clone, Serialize)]
pub struct OfUnit<'a> {
    call_sign: &'a str,
    service: &'a ServiceKey,
    region: RegionCode,
    kind: UnitKind,
    status: &'static str,
    incident: Option<IncidentId>,
    station: &'a str,
    position_at: Timestamp,
    position_source: PositionSource,
    position_doubt: Option<&'static str>,
}

impl<'a> OfUnit<'a> {
    /// Of this unit, seen there; and why a later report of it is not believed.
    #[must_use]
    pub fn new(unit: &'a Unit, seen: &Position, doubt: Option<Doubt>) -> Self {
        Self {
            call_sign: unit.call_sign.as_str(),
            service: &unit.service,
            region: unit.region,
            kind: unit.kind,
            status: state(&unit.status),
            incident: unit.status.incident(),
            station: &unit.station,
            position_at: seen.at,
            position_source: seen.source,
            position_doubt: doubt.map(|doubt| doubt.reason()),
        }
    }
}

/// The word for what a unit is doing, as JSON has it.
#[must_use]
pub const fn state(status: &UnitStatus) -> &'static str {
    match status {
        UnitStatus::Available => "available",
        UnitStatus::Reserved { .. } => "reserved",
        UnitStatus::Engaged { .. } => "engaged",
        UnitStatus::Returning { .. } => "returning",
        UnitStatus::OutOfService { .. } => "out_of_service",
    }
}

/// Of a zone.
#[derive(Debug, Clone, Serialize)]
pub struct OfZone<'a> {
    name: &'a str,
    region: RegionCode,
    mode: Mode,
    incident: Option<IncidentId>,
    open: bool,
    drawn_at: Option<Timestamp>,
    ended_at: Option<Timestamp>,
}

impl<'a> OfZone<'a> {
    /// Of this zone of a region.
    #[must_use]
    pub fn new(zone: &'a ZoneRecord, region: RegionCode) -> Self {
        Self {
            name: &zone.name,
            region,
            mode: zone.mode,
            incident: zone.incident,
            open: zone.ended_at.is_none(),
            drawn_at: zone.versions.first().map(|first| first.at),
            ended_at: zone.ended_at,
        }
    }
}

/// Of an area of a layer of perimeters.
#[derive(Debug, Clone, Serialize)]
#[allow(missing_docs)]
pub struct OfHazard<'a> {
    pub layer: &'a str,
    pub region: Option<&'a str>,
    pub kind: &'a str,
    pub name: &'a str,
    pub source: &'a str,
    pub area: Option<&'a str>,
    pub observed_at: Timestamp,
    pub valid_until: Timestamp,
    pub outdated: bool,
}

/// Of a region or a district.
#[derive(Debug, Clone, Serialize)]
pub struct OfTerritory<'a> {
    kato: &'a str,
    region: RegionCode,
    name_kk: &'a str,
    name_ru: &'a str,
    name_en: &'a str,
}

impl<'a> OfTerritory<'a> {
    /// Of the territory with this code.
    #[must_use]
    pub fn new(kato: &'a str, region: RegionCode, names: &'a Names) -> Self {
        Self { kato, region, name_kk: &names.kk, name_ru: &names.ru, name_en: &names.en }
    }
}

/// Of a piece of road.
#[derive(Debug, Clone, Serialize)]
pub struct OfRoad<'a> {
    element: String,
    class: RoadClass,
    oneway: bool,
    limit_kmh: Option<u16>,
    rough: bool,
    r#ref: Option<&'a str>,
    #[serde(flatten)]
    names: OfNames<'a>,
}

/// Names of what was imported.
#[derive(Debug, Clone, Serialize)]
struct OfNames<'a> {
    name: Option<&'a str>,
    name_kk: Option<&'a str>,
    name_ru: Option<&'a str>,
    name_en: Option<&'a str>,
}

impl<'a> OfNames<'a> {
    fn new(names: &'a LocalNames) -> Self {
        Self {
            name: names.name.as_deref(),
            name_kk: names.kk.as_deref(),
            name_ru: names.ru.as_deref(),
            name_en: names.en.as_deref(),
        }
    }
}

impl<'a> OfRoad<'a> {
    /// Of this piece of road.
    #[must_use]
    pub fn new(road: &'a Road) -> Self {
        Self {
            element: format!("way/{}", road.way),
            class: road.class,
            oneway: road.direction != Direction::Both,
            limit_kmh: road.limit_kmh,
            rough: road.rough,
            r#ref: road.reference.as_deref(),
            names: OfNames::new(&road.names),
        }
    }
}

/// Of an object.
#[derive(Debug, Clone, Serialize)]
pub struct OfObject<'a> {
    element: String,
    kind: ObjectKind,
    #[serde(flatten)]
    names: OfNames<'a>,
    phone: Option<&'a str>,
}

impl<'a> OfObject<'a> {
    /// Of this object.
    #[must_use]
    pub fn new(object: &'a Object) -> Self {
        Self {
            element: format!("{}/{}", object.element.kind.as_str(), object.element.id),
            kind: object.kind,
            names: OfNames::new(&object.names),
            phone: object.phone.as_deref(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::geography::{Element, ElementKind};
    use crate::domain::quantities::Point;
    use crate::interop::ogc::collection::Collection;
    use serde_json::json;
    use std::collections::BTreeMap;

    fn says(collection: Collection, properties: impl Serialize) {
        let text = serde_json::to_string(&properties).unwrap();
        let at = |name: &str| text.find(&format!("\"{name}\":"));
        let mut last = None;
        for property in collection.properties() {
            assert!(at(property.name) >= last && at(property.name).is_some(), "{} in {text}", property.name);
            last = at(property.name);
        }
        let said = serde_json::to_value(&properties).unwrap();
        assert_eq!(said.as_object().unwrap().len(), collection.properties().len(), "{text}");
    }

    #[test]
    fn features_say_what_their_collection_promises_and_nothing_else() {
        let (at, region) = (Timestamp::UNIX_EPOCH, RegionCode::new(75).unwrap());
        says(
            Collection::Incidents,
            OfIncident {
                number: "75-1",
                region: "75",
                district: None,
                status: "open",
                open: true,
                category: None,
                severity: None,
                exercise: false,
                opened_at: at,
                closed_at: None,
                updated_at: at,
            },
        );
        let unit: Unit = serde_json::from_value(json!({
            "id": "75-amb-1", "service": "ambulance", "region": "75", "call_sign": "Жедел-12", "kind": "ambulance",
            "station": "1", "home": {"lat": 43.2, "lon": 76.9}, "status": {"state": "available"},
            "position": {"point": {"lat": 43.2, "lon": 76.9}, "at": at, "source": "avl", "accuracy": null},
        }))
        .unwrap();
        says(Collection::Units, OfUnit::new(&unit, &unit.position, None));
        let names = Names { kk: "А".into(), ru: "Б".into(), en: "C".into() };
        says(Collection::Districts, OfTerritory::new("751110000", region, &names));
        let line = vec![Point::new(43.2, 76.9).unwrap(), Point::new(43.3, 76.9).unwrap()];
        let road = Road {
            way: 1,
            from: 1,
            to: 2,
            class: RoadClass::Primary,
            direction: Direction::Backward,
            limit_kmh: Some(60),
            rough: false,
            names: LocalNames::default(),
            reference: None,
            line,
        };
        says(Collection::Roads, OfRoad::new(&road));
        let object = Object {
            element: Element { kind: ElementKind::Node, id: 7 },
            kind: ObjectKind::Hydrant,
            names: LocalNames::default(),
            phone: None,
            tags: BTreeMap::new(),
            point: Point::new(43.2, 76.9).unwrap(),
        };
        says(Collection::Objects, OfObject::new(&object));
        let zone: ZoneRecord = serde_json::from_value(json!({
            "id": "0190c0de-0000-7000-8000-000000000000", "name": "z", "mode": "emergency", "incident": null,
            "versions": [], "ended_at": null, "ended_because": null,
        }))
        .unwrap();
        says(Collection::Zones, OfZone::new(&zone, region));
        says(
            Collection::Hazards,
            OfHazard {
                layer: "flood",
                region: None,
                kind: "flood",
                name: "n",
                source: "s",
                area: None,
                observed_at: at,
                valid_until: at,
                outdated: false,
            },
        );
    }

    #[test]
    fn a_units_state_is_the_word_of_its_json() {
        let status = UnitStatus::OutOfService { reason: "tyre".into(), until: None };
        for status in
            [UnitStatus::Available, status, UnitStatus::Returning { free_at: Timestamp::UNIX_EPOCH }]
        {
            assert_eq!(serde_json::to_value(&status).unwrap()["state"], state(&status));
        }
    }
}
