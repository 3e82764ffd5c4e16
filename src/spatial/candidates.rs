//! The candidates of a recommendation, taken from the live index.

use jiff::Timestamp;

use super::nearest::{Found, Search};
use super::territory::Territory;
use super::unit_index::UnitIndex;
use crate::domain::ids::RegionCode;
use crate::domain::quantities::{Metres, Point, Seconds};
use crate::domain::recommendation::{Candidate, Need};

/// Units looked at beyond those needed, so that a stale or slower one can be passed over.
const SPARE: usize = 10;

/// For whom and from where units are sought.
#[derive(Debug, Clone, Copy)]
pub struct Call {
    /// The region whose incident it is.
    pub region: RegionCode,
    /// Where forces are needed.
    pub place: Point,
    /// Regions whose border is within this of the place are asked for units too.
    pub neighbour_reach: Metres,
    /// When.
    pub at: Timestamp,
}

/// For every need the nearest fitting units of one's own region and, apart from them, of the neighbours; free ones
/// and, apart from them, such as are about to be free: what [`crate::domain::recommendation::recommend`] asks for.
#[must_use]
pub fn candidates(
    index: &UnitIndex,
    territory: &Territory,
    call: Call,
    needs: Vec<Need>,
) -> Vec<(Need, Vec<Candidate>)> {
    let near = territory.regions_within(call.place, call.neighbour_reach).into_iter();
    let neighbours: Vec<RegionCode> = near.map(|(region, _)| region).filter(|r| *r != call.region).collect();
    let counts: Vec<usize> = needs
        .iter()
        // Needs of one service draw on the same units: each must be able to lose its nearest to the others.
        .map(|need| {
            needs.iter().filter(|other| other.service == need.service).map(|n| usize::from(n.count)).sum()
        })
        .collect();
    let of_need = |(need, count): (Need, usize)| {
        let mut candidates: Vec<Candidate> = Vec::new();
        for (regions, soon_free_too) in
            [(&[call.region][..], false), (&[call.region], true), (&neighbours, true)]
        {
            let found = index.nearest(&Search {
                from: call.place,
                service: &need.service,
                regions,
                capabilities: &need.capabilities,
                soon_free_too,
                count: count + SPARE,
                within: None,
            });
            for found in found {
                if !candidates.iter().any(|known| known.unit == found.unit) {
                    candidates.push(candidate(found, call.at));
                }
            }
        }
        (need, candidates)
    };
    needs.into_iter().zip(counts).map(of_need).collect()
}

fn candidate(found: Found, now: Timestamp) -> Candidate {
    let until_free = |at: Timestamp| at.duration_since(now).as_secs().max(0);
    Candidate {
        unit: found.unit,
        region: found.region,
        service: None,
        kind: found.profile.kind,
        // Decimetres: what is stored reads back as the very same number.
        distance: Metres::saturating((found.distance.get() * 10.0).round() / 10.0),
        position_age: found.position.age(now),
        free_in: found.free_at.map(|at| Seconds(u32::try_from(until_free(at)).unwrap_or(u32::MAX))),
        by_road: None,
        cut_off: false,
        in_exercise: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::forces::Act;
    use crate::domain::ids::{RequestId, ServiceKey, UnitId};
    use crate::domain::recommendation::{Bounds, Reason, recommend};
    use crate::domain::unit::{
        CallSign, Capabilities, Position, PositionSource, StatusRefusal, Unit, UnitChange, UnitKind,
        UnitStatus,
    };
    use crate::spatial::territory::{Fields, Layer};

    fn ambulance(id: &str, region: u8, lat: f64, lon: f64, now: Timestamp) -> Unit {
        let home = Point::new(lat, lon).unwrap();
        Unit {
            version: 0,
            id: UnitId::new(id).unwrap(),
            service: ServiceKey::new("ambulance").unwrap(),
            region: RegionCode::new(region).unwrap(),
            call_sign: CallSign::new(id).unwrap(),
            kind: UnitKind::Ambulance,
            capabilities: Capabilities::default(),
            station: "1".into(),
            home,
            status: UnitStatus::Available,
            position: Position { point: home, at: now, source: PositionSource::Avl, accuracy: None },
        }
    }

    /// Two incidents at one place: the unit held for the first is not recommended to the second, which gets the
    /// neighbour's, for one's own are spent.
    #[test]
    fn a_held_unit_is_recommended_to_nobody_else_and_the_neighbour_is_asked() -> Result<(), StatusRefusal> {
        let now = Timestamp::from_second(1_790_000_000).unwrap();
        let regions = include_str!("../../gis/regions.geojson");
        let territory = Territory::new(Layer::from_geojson(regions, Fields::OWN).unwrap(), None);
        let mut own = ambulance("75-a-1", 75, 43.30, 77.00, now);
        let neighbour = ambulance("19-a-1", 19, 43.303, 77.24, now);
        let index = UnitIndex::loaded([&own, &neighbour]);
        let need = Need {
            service: ServiceKey::new("ambulance").unwrap(),
            act: Act::FirstWave,
            profile: None,
            capabilities: Capabilities::default(),
            count: 1,
        };
        let call = Call {
            region: RegionCode::new(75).unwrap(),
            place: Point::new(43.30, 77.05).unwrap(),
            neighbour_reach: Metres::new(50_000.0).unwrap(),
            at: now,
        };
        let ask = || {
            let candidates = candidates(&index, &territory, call, vec![need.clone()]);
            recommend(candidates, call.place, call.region, Bounds::default(), now)
        };
        let first = ask();
        assert_eq!(first.needs[0].picks[0].unit, own.id);

        let until = now + Seconds(60).span();
        own.change(&UnitChange::Reserve { request: RequestId(uuid::Uuid::nil()), until }, now)?;
        index.status_changed(index.seat(own.region, &own.id).unwrap(), &own.status);
        let second = &ask().needs[0];
        assert_eq!(second.picks[0].unit, neighbour.id);
        assert!(second.picks[0].reasons.contains(&Reason::NeighbourRegion { region: neighbour.region }));
        assert_eq!(second.shortfall, 0);
        assert!(first.recomputes());
        Ok(())
    }
}
