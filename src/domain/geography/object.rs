//! What a dispatcher must know of at a place: who helps, who needs help, what is dangerous.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::place::kinds;
use super::{Element, LocalNames};
use crate::domain::quantities::Point;

kinds! {
    /// What an object is.
    ObjectKind {
        /// A hospital.
        Hospital = "hospital",
        /// A clinic, a surgery.
        Clinic = "clinic",
        /// A station of ambulances.
        AmbulanceStation = "ambulance_station",
        /// A fire station.
        FireStation = "fire_station",
        /// A police station.
        Police = "police",
        /// A place where a helicopter may land.
        Helipad = "helipad",
        /// An airfield.
        Airfield = "airfield",
        /// A school.
        School = "school",
        /// A kindergarten.
        Kindergarten = "kindergarten",
        /// A college or university.
        College = "college",
        /// A home or centre for people who need care, a shelter.
        SocialFacility = "social_facility",
        /// A prison.
        Prison = "prison",
        /// Where many people gather: theatre, cinema, stadium, market, mall.
        Assembly = "assembly",
        /// A railway or bus station.
        TransportStation = "transport_station",
        /// A fire hydrant.
        Hydrant = "hydrant",
        /// A pond, tank or point to draw water from.
        WaterSource = "water_source",
        /// A filling station.
        Fuel = "fuel",
        /// Works, an industrial site.
        Industrial = "industrial",
        /// A store or plant of dangerous substances.
        Hazardous = "hazardous",
        /// A post that says how far along its road it stands.
        KilometrePost = "kilometre_post",
        /// A power plant or a large substation.
        Power = "power",
    }
}

/// An object by kind.
#[derive(Debug, Clone, PartialEq)]
pub struct Object {
    /// Where it stands in the source.
    pub element: Element,
    /// What it is.
    pub kind: ObjectKind,
    /// Its names.
    pub names: LocalNames,
    /// Its telephone, as the source has it.
    pub phone: Option<String>,
    /// All that the source says of it.
    pub tags: BTreeMap<String, String>,
    /// Where: the point, or the middle of its outline.
    pub point: Point,
}
