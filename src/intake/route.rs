//! Whose message it is: the hub of the region in which it happened.

use crate::actors::switchboard::Switchboard;
use crate::api::Problem;
use crate::domain::command::Territory;
use crate::domain::ids::RegionCode;
use crate::domain::message::Message;

/// The region that owns a message and where its point lies. A point decides; without one the caller says the region.
///
/// # Errors
/// A problem when the point lies outside the country, in a region whose hub does not run here, or when nothing says
/// the region.
pub fn locate(
    board: &Switchboard,
    message: &Message,
    named: Option<RegionCode>,
    own: Option<RegionCode>,
) -> Result<(RegionCode, Territory), Problem> {
    let here = |region: RegionCode| {
        if board.regions().any(|r| r == region) {
            Ok(region)
        } else {
            Err(Problem::new("not-found", format!("the hub of region {region} does not run here")))
        }
    };
    match message.location.as_ref().and_then(|l| l.point()) {
        Some(point) => {
            let (region, _) = board.territories().locate(point).ok_or_else(|| {
                Problem::new("invalid", "the place lies outside the country").at("location.fix.point")
            })?;
            let region = here(region)?;
            Ok((region, board.place(region, point)))
        }
        None => {
            let mut running = board.regions();
            let only = match (running.next(), running.next()) {
                (Some(region), None) => Some(region),
                _ => None,
            };
            let region = named.or(own).or(only).ok_or_else(|| {
                Problem::new("invalid", "the message has no point: name the region").at("region")
            })?;
            Ok((here(region)?, Territory::default()))
        }
    }
}
