//! Whose message it is: the hub of the region in which it happened.

use crate::actors::switchboard::Switchboard;
use crate::domain::command::Territory;
use crate::domain::ids::RegionCode;
use crate::domain::location::Location;
use crate::domain::message::Message;
use crate::domain::quantities::{Metres, Point};

/// Why no hub takes a message.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoHub {
    /// Its place lies far outside the country.
    #[error("the place lies outside the country")]
    Abroad,
    /// It would lie in the country with latitude and longitude exchanged.
    #[error("latitude and longitude of the place are exchanged")]
    Exchanged,
    /// Its place lies in a region whose hub does not run here, and nothing says another.
    #[error("the place lies in region {region}, whose hub does not run here")]
    NotHere {
        /// Where it lies.
        region: RegionCode,
        /// Whose hubs run here.
        here: Vec<RegionCode>,
    },
    /// It has no point, and nothing says the region.
    #[error("the message has no point and no region")]
    NoRegion,
    /// It has no point, and the hub of its region does not run here.
    #[error("the hub of region {region} does not run here")]
    Named {
        /// As it was named.
        region: RegionCode,
    },
}

/// The region whose hub takes a message, and where its point lies. A point decides, where that region's hub runs
/// here; a message about a place elsewhere is not turned away: the hub that it reached takes it and tells the
/// neighbour (112-R c.3(1)), and one from off the coast or from just over the border is the nearest region's. Without a point the caller says the region.
///
/// # Errors
/// [`NoHub`]: the point lies far outside the country, or nothing says the region.
pub fn locate(
    board: &Switchboard,
    message: &Message,
    named: Option<RegionCode>,
    own: Option<RegionCode>,
) -> Result<(RegionCode, Territory), NoHub> {
    let runs = |region: &RegionCode| board.regions().any(|r| r == *region);
    let mut running = board.regions();
    let only = match (running.next(), running.next()) {
        (Some(region), None) => Some(region),
        _ => None,
    };
    let reached = named.or(own).or(only);
    match message.location.as_ref().and_then(|l| l.point()) {
        Some(point) => {
            let radius = message.location.as_ref().and_then(Location::radius);
            let lies_in = answered_for(board, point, radius)?;
            let region = Some(lies_in).filter(runs).or(reached.filter(runs));
            let region =
                region.ok_or_else(|| NoHub::NotHere { region: lies_in, here: board.regions().collect() })?;
            Ok((region, board.place(region, point, radius)))
        }
        None => {
            let region = reached.ok_or(NoHub::NoRegion)?;
            if !runs(&region) {
                return Err(NoHub::Named { region });
            }
            Ok((region, Territory::default()))
        }
    }
}

/// The region whose hub answers for a place that may lie so far from its point.
///
/// # Errors
/// [`NoHub::Abroad`] when the place lies far outside the country; [`NoHub::Exchanged`] where latitude and longitude are.
pub fn answered_for(board: &Switchboard, point: Point, radius: Option<Metres>) -> Result<RegionCode, NoHub> {
    let territory = board.territories();
    territory
        .answers_for_around(point, radius)
        .ok_or_else(|| if territory.is_swapped(point) { NoHub::Exchanged } else { NoHub::Abroad })
}
