//! What intake does not understand, as problems.

use super::Problem;
use crate::domain::said::said;
use crate::intake::http::Unreadable;
use crate::intake::route::NoHub;

impl From<Unreadable> for Problem {
    fn from(unreadable: Unreadable) -> Self {
        match unreadable {
            Unreadable::Kind => Self::new(
                "unsupported-media",
                said!("the body is of another kind; send {kind}", kind = "application/json"),
            ),
            Unreadable::NotUtf8 { byte } => Self::new(
                "malformed",
                said!("the body is not UTF-8 at byte {byte}; send it as UTF-8", byte = byte),
            ),
            Unreadable::Json(error) => Self::of_json(&error),
        }
    }
}

impl From<NoHub> for Problem {
    fn from(no_hub: NoHub) -> Self {
        match no_hub {
            NoHub::Abroad => {
                Self::new("invalid", said!("the place lies outside the country; check the coordinates"))
            }
            NoHub::Exchanged => Self::new(
                "invalid",
                said!("latitude and longitude of the place are exchanged; give each its own"),
            ),
            NoHub::NotHere { region, here } => {
                let here: Vec<String> = here.iter().map(ToString::to_string).collect();
                let said = said!(
                    "the place lies in region {region}; name the region whose hub takes the message: {here}",
                    region = region,
                    here = here.join(", ")
                );
                Self::new("invalid", said).at("region")
            }
            NoHub::NoRegion => {
                Self::new("invalid", said!("the message has no point; name the region")).at("region")
            }
            NoHub::Named { region } => {
                let said = said!(
                    "the hub of region {region} does not run here; name one that does",
                    region = region
                );
                Self::new("not-found", said)
            }
        }
    }
}
