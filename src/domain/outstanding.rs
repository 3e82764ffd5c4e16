//! What of a plan's needs nobody was asked for yet: a need is asked for once, so that nobody is sent twice.

use std::collections::BTreeSet;

use super::forces::{Engagement, ForcesRequest, RequestState, Stage};
use super::ids::{ServiceKey, UnitId};
use super::recommendation::Need;
use super::unit::Capabilities;

/// The needs that remain when what was already asked for is taken off. A request that was refused or withdrawn
/// serves nothing; one that waits for its answer serves all it asks; one that was answered serves what was sent.
#[must_use]
pub fn outstanding<'a>(needs: Vec<Need>, requests: impl Iterator<Item = &'a ForcesRequest>) -> Vec<Need> {
    let mut serving: Vec<(&ForcesRequest, Capabilities, u16)> = requests
        .map(|r| (r, Capabilities::from(r.capabilities.clone()), served(r)))
        .filter(|(_, _, served)| *served > 0)
        .collect();
    let mut needs = needs;
    // What another desk of the kind was asked for, before the desk that is meant now opened or after it was closed,
    // serves what no request of its own serves.
    let named: BTreeSet<ServiceKey> = needs.iter().map(|need| need.service.clone()).collect();
    for own in [true, false] {
        let serves = |request: &ForcesRequest, need: &Need| match own {
            true => request.service == need.service,
            false => request.service.kind() == need.service.kind() && !named.contains(&request.service),
        };
        for need in &mut needs {
            for (request, capabilities, left) in &mut serving {
                if serves(request, need) && *capabilities == need.capabilities {
                    let taken = need.count.min(*left);
                    need.count -= taken;
                    *left -= taken;
                }
            }
        }
    }
    needs.retain(|need| need.count > 0);
    needs
}

fn served(request: &ForcesRequest) -> u16 {
    match request.state {
        RequestState::Open => request.count,
        RequestState::Answered | RequestState::Done => {
            let sent = request.engagements.values().filter(|e| serves(e)).count();
            u16::try_from(sent).unwrap_or(u16::MAX)
        }
        RequestState::Refused | RequestState::Cancelled => 0,
    }
}

/// Under way or there, or was there; not one that was taken off on the way.
fn serves(engagement: &Engagement) -> bool {
    match engagement.stage {
        Stage::Requested => false,
        Stage::Accepted | Stage::Departed | Stage::Arrived => true,
        Stage::Released => engagement.has_arrived(),
    }
}

/// Units that their service did not want to send to this card: it is asked for others.
#[must_use]
pub fn refused_units<'a>(requests: impl Iterator<Item = &'a ForcesRequest>) -> BTreeSet<UnitId> {
    requests
        .filter(|r| r.state == RequestState::Refused)
        .flat_map(|r| r.recommended.iter().map(|u| &u.unit).chain(r.engagements.keys()).cloned())
        .collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use jiff::Timestamp;
    use uuid::Uuid;

    use super::*;
    use crate::domain::decision::By;
    use crate::domain::forces::{Act, RecommendedUnit, StageSource};
    use crate::domain::ids::{DistributionId, IncidentId, RequestId};

    fn need(service: &str, capability: &str, count: u16) -> Need {
        Need {
            service: service.parse().unwrap(),
            act: Act::FirstWave,
            profile: None,
            capabilities: vec![capability.parse().unwrap()].into(),
            count,
        }
    }

    fn request(
        service: &str,
        capability: &str,
        count: u16,
        state: RequestState,
        sent: &[&str],
    ) -> ForcesRequest {
        let engagement = |unit: &UnitId| Engagement {
            unit: unit.clone(),
            stage: Stage::Departed,
            reached: Vec::new(),
            arrival_proposed_at: None,
        };
        let units: Vec<UnitId> = sent.iter().map(|u| u.parse().unwrap()).collect();
        ForcesRequest {
            id: RequestId(Uuid::nil()),
            distribution: DistributionId(Uuid::nil()),
            incident: IncidentId(Uuid::nil()),
            act: Act::FirstWave,
            order: false,
            service: service.parse().unwrap(),
            service_region: "75".parse().unwrap(),
            profile: None,
            capabilities: vec![capability.parse().unwrap()],
            count,
            recommended: units
                .iter()
                .map(|u| RecommendedUnit { unit: u.clone(), distance: None, eta: None })
                .collect(),
            requested_at: Timestamp::UNIX_EPOCH,
            by: By::rule("test"),
            state,
            decision: None,
            answered_at: None,
            composition: None,
            departure_at: None,
            arrival_at: None,
            answers: Vec::new(),
            declined: Vec::new(),
            engagements: units.iter().map(|u| (u.clone(), engagement(u))).collect::<BTreeMap<_, _>>(),
        }
    }

    fn left(needs: Vec<Need>, requests: &[ForcesRequest]) -> Vec<(String, u16)> {
        outstanding(needs, requests.iter()).iter().map(|n| (n.service.to_string(), n.count)).collect()
    }

    #[test]
    fn what_waits_for_its_answer_is_not_asked_for_again() {
        let asked = [request("ambulance", "als", 2, RequestState::Open, &[])];
        assert_eq!(left(vec![need("ambulance", "als", 2)], &asked), []);
    }

    #[test]
    fn a_refusal_and_a_withdrawal_leave_the_need_as_it_was() {
        for state in [RequestState::Refused, RequestState::Cancelled] {
            let asked = [request("ambulance", "als", 2, state, &["a1"])];
            assert_eq!(left(vec![need("ambulance", "als", 2)], &asked), [("ambulance".to_owned(), 2)]);
        }
    }

    #[test]
    fn an_answer_with_fewer_units_leaves_the_rest() {
        let asked = [request("ambulance", "als", 3, RequestState::Answered, &["a1", "a2"])];
        assert_eq!(left(vec![need("ambulance", "als", 3)], &asked), [("ambulance".to_owned(), 1)]);
    }

    #[test]
    fn a_unit_taken_off_on_the_way_has_not_served_and_one_that_was_there_has() {
        let mut back = request("ambulance", "als", 1, RequestState::Done, &["a1"]);
        let unit: UnitId = "a1".parse().unwrap();
        back.engagements.get_mut(&unit).unwrap().stage = Stage::Released;
        assert_eq!(left(vec![need("ambulance", "als", 1)], &[back.clone()]), [("ambulance".to_owned(), 1)]);
        let arrived = (Stage::Arrived, Timestamp::UNIX_EPOCH, StageSource::Service);
        back.engagements.get_mut(&unit).unwrap().reached.push(arrived);
        assert_eq!(left(vec![need("ambulance", "als", 1)], &[back]), []);
    }

    #[test]
    fn a_request_serves_one_need_once_and_only_what_it_asked_for() {
        let asked = [request("fire_rescue", "pump", 2, RequestState::Open, &[])];
        let needs =
            vec![need("fire_rescue", "pump", 1), need("fire_rescue", "pump", 2), need("police", "patrol", 1)];
        assert_eq!(left(needs, &asked), [("fire_rescue".to_owned(), 1), ("police".to_owned(), 1)]);
        assert_eq!(left(vec![need("fire_rescue", "ladder", 1)], &asked), [("fire_rescue".to_owned(), 1)]);
    }

    #[test]
    fn what_another_desk_of_the_kind_was_asked_for_before_is_not_asked_for_again() {
        let main = [request("utilities", "gas", 1, RequestState::Open, &[])];
        assert_eq!(left(vec![need("utilities-gas", "gas", 1)], &main), []);
        let closed = [request("utilities-gas", "gas", 1, RequestState::Answered, &["g1"])];
        assert_eq!(left(vec![need("utilities", "gas", 1)], &closed), []);
        let two = vec![need("utilities-gas", "gas", 1), need("utilities-power", "gas", 1)];
        assert_eq!(left(two, &closed), [("utilities-power".to_owned(), 1)], "each desk is asked for its own");
    }

    #[test]
    fn only_refused_requests_name_units_not_to_be_asked_again() {
        let asked = [
            request("ambulance", "als", 1, RequestState::Refused, &["a1"]),
            request("ambulance", "als", 1, RequestState::Cancelled, &["a2"]),
        ];
        assert_eq!(refused_units(asked.iter()), ["a1".parse().unwrap()].into());
    }
}
