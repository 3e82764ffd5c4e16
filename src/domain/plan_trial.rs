//! What other response plans would have sent to the incidents of a past time: a dry run before they are put in force.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::ids::{CategoryCode, IncidentId, ServiceKey};
use super::mode::Mode;
use super::recommendation::Need;
use super::response_plan::Plans;
use super::severity::Severity;

/// Most incidents that a trial names one by one.
const MOST_CASES: usize = 200;

/// An incident of a past time, as far as plans care.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastIncident {
    /// Identity.
    pub id: IncidentId,
    /// Number for people.
    pub number: String,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// Its category and gravity; none when it never had one.
    pub category: Option<(CategoryCode, Severity)>,
    /// Units asked of each service, withdrawn requests left out.
    pub asked: BTreeMap<ServiceKey, u64>,
}

/// What the plans in force and the plans on trial count on one service for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ServiceTrial {
    /// The service.
    pub service: ServiceKey,
    /// Units that were asked of it in fact.
    pub asked: u64,
    /// Units by the plans in force.
    pub in_force: u64,
    /// Units by the plans on trial.
    pub proposed: u64,
    /// Incidents for which it is counted on, by the plans in force.
    pub incidents_in_force: u64,
    /// The same by the plans on trial.
    pub incidents_proposed: u64,
}

/// How many incidents of a category the trial would change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CategoryTrial {
    /// The category.
    pub category: CategoryCode,
    /// Its incidents.
    pub incidents: u64,
    /// Those for which other forces would have been sent.
    pub changed: u64,
}

/// One incident for which other forces would have been sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ChangedCase {
    /// Identity.
    pub id: IncidentId,
    /// Number for people.
    pub number: String,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// Its category.
    pub category: CategoryCode,
    /// Its gravity.
    pub severity: Severity,
    /// The gravest mode in the region when it was opened.
    pub mode: Mode,
    /// Forces by the plans in force.
    pub in_force: Vec<Need>,
    /// Forces by the plans on trial.
    pub proposed: Vec<Need>,
}

/// What came out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PlanTrial {
    /// Incidents that were tried.
    pub incidents: u64,
    /// Incidents that never had a category: no plan says anything of them.
    pub without_category: u64,
    /// Incidents for which other forces would have been sent.
    pub changed: u64,
    /// By service.
    pub services: Vec<ServiceTrial>,
    /// By category, those that change most first.
    pub categories: Vec<CategoryTrial>,
    /// The first of those that would change, at most 200.
    pub cases: Vec<ChangedCase>,
}

/// A trial under way: incidents are given one after another, so that a month of them takes no memory.
#[derive(Debug)]
pub struct Trial<'a> {
    in_force: &'a Plans,
    proposed: &'a Plans,
    so_far: PlanTrial,
    services: BTreeMap<ServiceKey, ServiceTrial>,
    categories: BTreeMap<CategoryCode, CategoryTrial>,
}

impl<'a> Trial<'a> {
    /// Of these plans against those in force.
    #[must_use]
    pub fn new(in_force: &'a Plans, proposed: &'a Plans) -> Self {
        let so_far = PlanTrial {
            incidents: 0,
            without_category: 0,
            changed: 0,
            services: Vec::new(),
            categories: Vec::new(),
            cases: Vec::new(),
        };
        Self { in_force, proposed, so_far, services: BTreeMap::new(), categories: BTreeMap::new() }
    }

    /// Tries one incident, in the mode that was in force when it was opened.
    pub fn take(&mut self, past: PastIncident, mode: Mode) {
        self.so_far.incidents += 1;
        for (service, units) in &past.asked {
            self.service(service).asked += units;
        }
        let Some((category, severity)) = past.category else {
            self.so_far.without_category += 1;
            return;
        };
        let now = self.in_force.plan_for(&category, severity, mode).needs;
        let then = self.proposed.plan_for(&category, severity, mode).needs;
        for (service, units) in units(&now) {
            let counted = self.service(&service);
            counted.in_force += units;
            counted.incidents_in_force += 1;
        }
        for (service, units) in units(&then) {
            let counted = self.service(&service);
            counted.proposed += units;
            counted.incidents_proposed += 1;
        }
        let of_category = self.categories.entry(category.clone()).or_insert_with(|| CategoryTrial {
            category: category.clone(),
            incidents: 0,
            changed: 0,
        });
        of_category.incidents += 1;
        if now == then {
            return;
        }
        of_category.changed += 1;
        self.so_far.changed += 1;
        if self.so_far.cases.len() < MOST_CASES {
            self.so_far.cases.push(ChangedCase {
                id: past.id,
                number: past.number,
                opened_at: past.opened_at,
                category,
                severity,
                mode,
                in_force: now,
                proposed: then,
            });
        }
    }

    fn service(&mut self, service: &ServiceKey) -> &mut ServiceTrial {
        // Plans count on a kind; which of its desks is asked is for the incident to say.
        let service = service.main();
        self.services.entry(service.clone()).or_insert_with(|| ServiceTrial {
            service,
            asked: 0,
            in_force: 0,
            proposed: 0,
            incidents_in_force: 0,
            incidents_proposed: 0,
        })
    }

    /// What came out.
    #[must_use]
    pub fn end(mut self) -> PlanTrial {
        self.so_far.services = self.services.into_values().collect();
        self.so_far.categories = self.categories.into_values().collect();
        self.so_far.categories.sort_by(|a, b| b.changed.cmp(&a.changed).then(b.incidents.cmp(&a.incidents)));
        self.so_far
    }
}

/// Units needed of each kind of service, each kind once.
fn units(needs: &[Need]) -> BTreeMap<ServiceKey, u64> {
    needs.iter().fold(BTreeMap::new(), |mut sum, need| {
        *sum.entry(need.service.main()).or_default() += u64::from(need.count);
        sum
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::response_plan::{PlanRow, shipped};
    use uuid::Uuid;

    fn past(number: u128, category: Option<(&str, Severity)>) -> PastIncident {
        PastIncident {
            id: IncidentId(Uuid::from_u128(number)),
            number: number.to_string(),
            opened_at: Timestamp::UNIX_EPOCH,
            category: category.map(|(code, severity)| (CategoryCode::new(code).unwrap(), severity)),
            asked: [(ServiceKey::new("ambulance").unwrap(), 2)].into(),
        }
    }

    /// The shipped plans with every count of fire and rescue for a building fire raised by one.
    fn more_engines() -> Plans {
        let rows = shipped().rows().cloned().map(|row| match (row.category.as_str(), row.service.as_str()) {
            ("building_fire", "fire_rescue") => PlanRow { count: row.count + 1, ..row },
            _ => row,
        });
        Plans::of(rows.collect()).unwrap()
    }

    #[test]
    fn a_trial_says_what_would_have_been_sent_and_changes_nothing_else() {
        let proposed = more_engines();
        let mut trial = Trial::new(shipped(), &proposed);
        trial.take(past(1, Some(("building_fire", Severity::P1))), Mode::Everyday);
        trial.take(past(2, Some(("building_fire", Severity::P2))), Mode::Everyday);
        trial.take(past(3, Some(("gas_smell", Severity::P2))), Mode::Everyday);
        trial.take(past(4, None), Mode::Everyday);
        let out = trial.end();
        assert_eq!((out.incidents, out.without_category, out.changed), (4, 1, 2));
        let fire = out.services.iter().find(|s| s.service.as_str() == "fire_rescue").unwrap();
        // P1: two pumps and a ladder, P2: two pumps, gas: one pump; on trial one more of each kind at a fire.
        assert_eq!((fire.in_force, fire.proposed, fire.incidents_proposed), (3 + 2 + 1, 5 + 3 + 1, 3));
        let ambulance = out.services.iter().find(|s| s.service.as_str() == "ambulance").unwrap();
        assert_eq!((ambulance.asked, ambulance.in_force, ambulance.proposed), (8, 2, 2));
        assert_eq!(out.categories[0].category.as_str(), "building_fire");
        assert_eq!((out.categories[0].incidents, out.categories[0].changed), (2, 2));
        assert_eq!(out.cases.iter().map(|c| c.number.as_str()).collect::<Vec<_>>(), ["1", "2"]);
    }

    #[test]
    fn the_plans_in_force_on_trial_change_nothing() {
        let mut trial = Trial::new(shipped(), shipped());
        trial.take(past(1, Some(("building_fire", Severity::P1))), Mode::Emergency);
        let out = trial.end();
        assert_eq!((out.incidents, out.changed, out.cases.len()), (1, 0, 0));
    }
}
