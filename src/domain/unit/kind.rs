//! What a unit goes by.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a unit goes by. It decides the speed of the straight-line estimate and the symbol on the map; what a
/// unit can do is said by its [`Capabilities`], never by its kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum UnitKind {
    /// Fire engine with pump and tank.
    FireEngine,
    /// Aerial ladder or platform.
    Ladder,
    /// Rescue vehicle with tools for wrecks and heights.
    RescueVehicle,
    /// Heavy or special vehicle: crane, tracked carrier, tanker.
    HeavyVehicle,
    /// Duty officer's or command vehicle.
    CommandVehicle,
    /// Ambulance with a feldsher or a doctor.
    Ambulance,
    /// Ambulance with an intensive-care crew.
    IntensiveCareAmbulance,
    /// Patrol car.
    PatrolCar,
    /// Van with an investigating or special team.
    TeamVan,
    /// Repair gang with its vehicle.
    RepairVehicle,
    /// Helicopter.
    Helicopter,
    /// Aeroplane.
    Aeroplane,
    /// Boat.
    Boat,
    /// Crew on foot.
    OnFoot,
}

impl UnitKind {
    /// Every kind.
    pub const ALL: [Self; 14] = [
        Self::FireEngine,
        Self::Ladder,
        Self::RescueVehicle,
        Self::HeavyVehicle,
        Self::CommandVehicle,
        Self::Ambulance,
        Self::IntensiveCareAmbulance,
        Self::PatrolCar,
        Self::TeamVan,
        Self::RepairVehicle,
        Self::Helicopter,
        Self::Aeroplane,
        Self::Boat,
        Self::OnFoot,
    ];
}
