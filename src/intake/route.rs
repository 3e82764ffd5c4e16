//! Whose message it is: the hub of the region in which it happened.

use crate::actors::switchboard::Switchboard;
use crate::api::Problem;
use crate::domain::command::Territory;
use crate::domain::ids::RegionCode;
use crate::domain::location::Location;
use crate::domain::message::Message;
use crate::domain::quantities::{Metres, Point};
use crate::domain::said::said;

/// The region whose hub takes a message, and where its point lies. A point decides, where that region's hub runs
/// here; a message about a place elsewhere is not turned away: the hub that it reached takes it and tells the
/// neighbour (112-R c.3(1)), and one from off the coast or from just over the border is the nearest region's. Without a point the caller says the region.
///
/// # Errors
/// A problem when the point lies far outside the country, or when nothing says the region.
pub fn locate(
    board: &Switchboard,
    message: &Message,
    named: Option<RegionCode>,
    own: Option<RegionCode>,
) -> Result<(RegionCode, Territory), Problem> {
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
            let lies_in = answered_for(board, point, radius).map_err(|p| p.at("location.fix.point"))?;
            let region = Some(lies_in).filter(runs).or(reached.filter(runs)).ok_or_else(|| {
                let here: Vec<String> = board.regions().map(|r| r.to_string()).collect();
                let detail = said!(
                    "the place lies in region {region}; name the region whose hub takes the message: {here}",
                    region = lies_in,
                    here = here.join(", ")
                );
                Problem::new("invalid", detail).at("region")
            })?;
            Ok((region, board.place(region, point, radius)))
        }
        None => {
            let region = reached.ok_or_else(|| {
                Problem::new("invalid", said!("the message has no point; name the region")).at("region")
            })?;
            if !runs(&region) {
                return Err(Problem::new(
                    "not-found",
                    said!(
                        "the hub of region {region} does not run here; name one that does",
                        region = region
                    ),
                ));
            }
            Ok((region, Territory::default()))
        }
    }
}

/// The region whose hub answers for a place that may lie so far from its point.
///
/// # Errors
/// A problem when the place lies far outside the country; one whose latitude and longitude are exchanged is told so.
pub fn answered_for(
    board: &Switchboard,
    point: Point,
    radius: Option<Metres>,
) -> Result<RegionCode, Problem> {
    let territory = board.territories();
    territory.answers_for_around(point, radius).ok_or_else(|| {
        let said = if territory.is_swapped(point) {
            said!("latitude and longitude of the place are exchanged; give each its own")
        } else {
            said!("the place lies outside the country; check the coordinates")
        };
        Problem::new("invalid", said)
    })
}
