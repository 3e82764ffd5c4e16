//! Requests that a service has and of which the hub that should know them says something else, or nothing. Pure.

use jiff::{SignedDuration, Timestamp};

use super::region_hub::AtHub;
use crate::domain::ids::RequestId;
use crate::domain::service::Asked;

/// A wave that has not gone out within this is given up.
pub(super) const LONGEST_WAVE: SignedDuration = SignedDuration::from_secs(30);

/// What becomes of a request of a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// It is as the hub has it, or may still be on its way there.
    Stays,
    /// Its units are to go elsewhere by now.
    Moved,
    /// The hub has withdrawn it, or will never know of it: its units are free.
    Ends,
}

/// What becomes of a request, by what its hub has of it; of one asked before a moment the hub would know by now.
pub(super) fn fate(request: RequestId, asked: &Asked, at_hub: &AtHub, asked_before: Timestamp) -> Fate {
    match at_hub.standing.get(&request) {
        Some(scene) if *scene != asked.scene => Fate::Moved,
        Some(_) => Fate::Stays,
        None if at_hub.withdrawn.contains(&request) || asked.at < asked_before => Fate::Ends,
        None => Fate::Stays,
    }
}

/// Whatever a service was asked before this moment, and its hub knows nothing of, is on its way to no hub any more: the wave was
/// given up, or ended with the process that was before this one.
pub(super) fn none_under_way_from_before(now: Timestamp, process_since: Timestamp) -> Timestamp {
    process_since.max(now - LONGEST_WAVE * 2)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::IncidentId;
    use crate::domain::quantities::Point;
    use crate::domain::service::Scene;

    fn second(n: i64) -> Timestamp {
        Timestamp::from_second(n).expect("a time")
    }

    #[test]
    fn a_request_of_which_no_hub_knows_ends_after_a_minute_and_at_once_when_the_process_that_asked_is_gone() {
        let (request, other) = (RequestId(uuid::Uuid::from_u128(1)), RequestId(uuid::Uuid::from_u128(2)));
        let scene = |lat| Some(Scene::around(Point::new(lat, 76.9).expect("a point"), None));
        let known = |is| AtHub { standing: [(request, is)].into(), ..AtHub::default() };
        let withdrawn = AtHub { withdrawn: [request].into(), ..AtHub::default() };
        let unknown = AtHub { standing: [(other, None)].into(), withdrawn: [other].into() };
        // The request was asked at 1,000 s. Name, now, since when the process lives, what its hub has, what becomes of it.
        let cases = [
            ("on its way still", 1_001, 0, &unknown, Fate::Stays),
            ("a minute old to the second", 1_060, 0, &unknown, Fate::Stays),
            ("older", 1_061, 0, &unknown, Fate::Ends),
            ("asked by this process", 1_059, 1_000, &unknown, Fate::Stays),
            ("asked by the one before", 1_002, 1_001, &unknown, Fate::Ends),
            ("withdrawn", 1_001, 0, &withdrawn, Fate::Ends),
            ("it stands, however old", 9_000, 8_000, &known(scene(43.2)), Fate::Stays),
            ("it stands elsewhere", 9_000, 8_000, &known(scene(43.3)), Fate::Moved),
            ("its place is not known any more", 1_001, 0, &known(None), Fate::Moved),
        ];
        let asked = Asked {
            incident: IncidentId(uuid::Uuid::from_u128(3)),
            of: None,
            at: second(1_000),
            held: vec![],
            sent: vec![],
            decided: false,
            scene: scene(43.2),
            there: vec![],
            exercise: false,
        };
        for (name, now, since, at_hub, expected) in cases {
            let before = none_under_way_from_before(second(now), second(since));
            assert_eq!(fate(request, &asked, at_hub, before), expected, "{name}");
        }
    }
}
