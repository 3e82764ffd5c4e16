//! Which kind of situation concerns which of the four profiles (c.5(2)¶2). The rules say "of the fitting profile"
//! and no more: the table `routing.csv` is the project's reading, and data.

use std::sync::LazyLock;

use serde::Deserialize;

use crate::domain::envelope::Nature;
use crate::domain::ids::ServiceKey;
use crate::domain::service_kind::{self, Profile};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
struct Route {
    nature: Nature,
    profile: Profile,
}

/// A row that does not read is a fault of the build, found by a test.
static ROUTES: LazyLock<Vec<Route>> = LazyLock::new(|| {
    csv::Reader::from_reader(include_str!("routing.csv").as_bytes())
        .deserialize()
        .filter_map(Result::ok)
        .collect()
});

/// The services of the fitting profiles, without the one that told it.
#[must_use]
pub fn receivers(nature: Nature, services: &[ServiceKey], told_by: Option<&ServiceKey>) -> Vec<ServiceKey> {
    services
        .iter()
        .filter(|service| Some(*service) != told_by)
        .filter(|service| {
            let profile = service_kind::find(service).and_then(|k| k.profile);
            profile.is_some_and(|p| ROUTES.contains(&Route { nature, profile: p }))
        })
        .cloned()
        .collect()
}

/// The services that have a profile at all: a change of the zone concerns them whatever its kind.
pub(super) fn of_any_profile(services: &[ServiceKey]) -> Vec<ServiceKey> {
    let has = |s: &&ServiceKey| service_kind::find(s).is_some_and(|k| k.profile.is_some());
    services.iter().filter(has).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_situation_concerns_somebody_and_every_row_reads() {
        let rows = include_str!("routing.csv").trim().lines().count() - 1;
        assert_eq!(ROUTES.len(), rows);
        let services: Vec<_> = service_kind::all().iter().map(|k| k.key.clone()).collect();
        use Nature as N;
        for (nature, expected) in [
            (N::Radiation, "police ambulance air_ambulance utilities fire_rescue"),
            (N::Chemical, "police ambulance air_ambulance utilities fire_rescue"),
            (N::Biological, "police ambulance air_ambulance"),
            (N::Ecological, "police ambulance air_ambulance utilities"),
            (N::Fire, "police ambulance air_ambulance utilities fire_rescue"),
            (N::Other, "police ambulance air_ambulance utilities fire_rescue"),
        ] {
            let told: Vec<_> = receivers(nature, &services, None).iter().map(ToString::to_string).collect();
            assert_eq!(told.join(" "), expected, "{nature:?}");
        }
    }

    #[test]
    fn who_told_it_is_not_told_it() {
        let services: Vec<_> = service_kind::all().iter().map(|k| k.key.clone()).collect();
        let ambulance = ServiceKey::new("ambulance").unwrap();
        assert!(!receivers(Nature::Biological, &services, Some(&ambulance)).contains(&ambulance));
    }
}
