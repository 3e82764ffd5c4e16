//! Further desks of one kind of service (112-R c.3).
//!
//! Clause 3 names several services under one sub-clause: the police have a control centre and duty units (c.3(2)), the
//! akimat's emergency repair is gas, heat, water, power and lifts (c.3(7)), telecom operators are many (c.3(8)). The
//! bare key of a kind is its main desk, which every region has; what a region has besides it registers here. What a
//! desk owes follows from its kind; who is asked for an incident follows from its competence.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::classification;
use super::decision::{By, Expected, Refusal};
use super::ids::{AccountName, CategoryCode, DistrictCode, RegionCode, ServiceKey};
use super::names::Names;
use super::recommendation::Need;
use super::response_plan::ResponsePlan;
use super::said::said;
use super::service_kind;
use crate::domain::missing::Missing;

/// Longest name or reason, characters.
const LONGEST: usize = 200;
/// Most desks of one region, those that were closed among them.
const MOST_DESKS: usize = 200;

/// For which incidents a desk is asked where its kind is asked.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Competence {
    /// Of these categories; of any when empty.
    #[serde(default)]
    #[schema(value_type = Vec<CategoryCode>)]
    pub categories: BTreeSet<CategoryCode>,
    /// In these districts; anywhere in the region when empty.
    #[serde(default)]
    #[schema(value_type = Vec<DistrictCode>)]
    pub districts: BTreeSet<DistrictCode>,
}

impl Competence {
    /// Whether it holds an incident. A desk of which neither categories nor districts are named is asked by name alone.
    #[must_use]
    pub fn holds(&self, category: &CategoryCode, district: Option<&DistrictCode>) -> bool {
        let of_category = self.categories.is_empty() || self.categories.contains(category);
        let in_district = self.districts.is_empty() || district.is_some_and(|d| self.districts.contains(d));
        let named = !(self.categories.is_empty() && self.districts.is_empty());
        named && of_category && in_district
    }
}

/// A further desk of a kind of service in one region.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ServiceDesk {
    /// Its key: the kind's, a hyphen and a word of its own.
    pub key: ServiceKey,
    /// Its names.
    pub names: Names,
    /// For what it is asked.
    pub competence: Competence,
    /// Grows by one with every change: its ETag.
    pub version: u64,
    /// When it was closed; it is asked for nothing since.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed_at: Option<Timestamp>,
}

impl ServiceDesk {
    /// Whether it is in service.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.closed_at.is_none()
    }
}

/// What is asked of the register, by a named person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ServiceDeskCommand {
    /// Open a desk, open a closed one again, or change what is known of it.
    Keep {
        /// Which.
        desk: ServiceKey,
        /// Its names.
        names: Names,
        /// For what it is asked.
        competence: Competence,
        /// For which version.
        expected: Expected,
    },
    /// Close it: it is asked for nothing any more.
    Close {
        /// Which.
        desk: ServiceKey,
        /// Why.
        reason: String,
        /// For which version.
        expected: Expected,
    },
}

/// What happens to the register.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ServiceDeskEvent {
    /// A desk was opened or changed: the whole of it as it is now.
    Kept {
        /// The desk.
        desk: Box<ServiceDesk>,
        /// Who.
        by: AccountName,
        /// When.
        at: Timestamp,
    },
    /// A desk was closed.
    Closed {
        /// Which.
        desk: ServiceKey,
        /// Why.
        reason: String,
        /// Who.
        by: AccountName,
        /// When.
        at: Timestamp,
    },
}

impl ServiceDeskEvent {
    /// The desk that it is about.
    #[must_use]
    pub fn desk(&self) -> &ServiceKey {
        match self {
            Self::Kept { desk, .. } => &desk.key,
            Self::Closed { desk, .. } => desk,
        }
    }
}

/// The further desks of one region, those that were closed among them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ServiceDesks(BTreeMap<ServiceKey, ServiceDesk>);

impl ServiceDesks {
    /// A desk by its key, open or closed.
    #[must_use]
    pub fn get(&self, key: &ServiceKey) -> Option<&ServiceDesk> {
        self.0.get(key)
    }

    /// All desks, the closed ones among them.
    pub fn iter(&self) -> impl Iterator<Item = &ServiceDesk> {
        self.0.values()
    }

    /// Whether the region has this service: the main desk of every kind, and the further desks that are open.
    #[must_use]
    pub fn has(&self, key: &ServiceKey) -> bool {
        match key.desk() {
            None => service_kind::find(key).is_some(),
            Some(_) => self.get(key).is_some_and(ServiceDesk::is_open),
        }
    }

    /// Every service of the region in the order of clause 3: of each kind the main desk, then the further ones.
    #[must_use]
    pub fn services(&self) -> Vec<ServiceKey> {
        let kinds = service_kind::all().iter().map(|kind| &kind.key);
        kinds
            .flat_map(|kind| std::iter::once(kind).chain(self.open_of(kind).map(|d| &d.key)))
            .cloned()
            .collect()
    }

    /// The names of a service: a desk's own, otherwise its kind's.
    #[must_use]
    pub fn names(&self, key: &ServiceKey) -> Option<&Names> {
        let own = self.get(key).map(|desk| &desk.names);
        own.or_else(|| service_kind::find(key).map(|kind| &kind.names))
    }

    /// Who is asked or told of an incident where `service` is named. A further desk that is named is it itself; where a
    /// kind is named, or a desk that was closed, it is every desk of the kind whose competence holds the incident, and
    /// the main desk where there is none.
    #[must_use]
    pub fn asked_for(
        &self,
        service: &ServiceKey,
        category: &CategoryCode,
        district: Option<&DistrictCode>,
    ) -> Vec<ServiceKey> {
        if self.0.is_empty() || (service.desk().is_some() && self.has(service)) {
            return vec![if self.has(service) { service.clone() } else { service.main() }];
        }
        let main = service.main();
        let competent = self.open_of(&main).filter(|d| d.competence.holds(category, district));
        let found: Vec<ServiceKey> = competent.map(|d| d.key.clone()).collect();
        if found.is_empty() { vec![main] } else { found }
    }

    /// Who is asked here where a neighbouring region asks its desk `service`: the words of its desks are its own, so it is
    /// the kind that is asked. A desk that is competent in some districts alone is not asked for a neighbour's incident.
    #[must_use]
    pub fn asked_of_neighbour(
        &self,
        service: &ServiceKey,
        category: Option<&CategoryCode>,
    ) -> Vec<ServiceKey> {
        let main = service.main();
        match category {
            Some(category) => self.asked_for(&main, category, None),
            None => vec![main],
        }
    }

    /// The same for several that are named, each once.
    #[must_use]
    pub fn all_asked_for(
        &self,
        services: &[ServiceKey],
        category: &CategoryCode,
        district: Option<&DistrictCode>,
    ) -> Vec<ServiceKey> {
        let mut all: Vec<ServiceKey> = Vec::with_capacity(services.len());
        for one in services.iter().flat_map(|s| self.asked_for(s, category, district)) {
            if !all.contains(&one) {
                all.push(one);
            }
        }
        all
    }

    /// A response plan with the desks that it means for an incident: each is asked for all that the plan says.
    #[must_use]
    pub fn meant_by(
        &self,
        plan: ResponsePlan,
        category: &CategoryCode,
        district: Option<&DistrictCode>,
    ) -> ResponsePlan {
        let desks = |need: Need| {
            let asked = self.asked_for(&need.service, category, district);
            asked.into_iter().map(move |service| Need { service, ..need.clone() })
        };
        let needs: Vec<Need> = plan.needs.into_iter().flat_map(desks).collect();
        let mut inform = self.all_asked_for(&plan.inform, category, district);
        inform.retain(|service| !needs.iter().any(|need| need.service == *service));
        ResponsePlan { needs, inform }
    }

    fn open_of<'a>(&'a self, kind: &'a ServiceKey) -> impl Iterator<Item = &'a ServiceDesk> {
        self.0.values().filter(move |desk| desk.is_open() && desk.key.kind() == kind.as_str())
    }

    /// Decides a command.
    ///
    /// # Errors
    /// [`Refusal::PersonNeeded`], [`Refusal::NotFound`] for a kind, a category or a desk that is none,
    /// [`Refusal::Invalid`], [`Refusal::Stale`].
    pub fn decide(
        &self,
        region: RegionCode,
        command: ServiceDeskCommand,
        now: Timestamp,
        by: &By,
    ) -> Result<Option<ServiceDeskEvent>, Refusal> {
        let by = by.person().ok_or(Refusal::PersonNeeded)?.clone();
        match command {
            ServiceDeskCommand::Keep { desk: key, names, competence, expected } => {
                let known = self.get(&key);
                expected.met_by(known.map(|d| d.version))?;
                if key.desk().is_none() {
                    let word =
                        said!("a further desk has the key of its kind, a hyphen and a word of its own");
                    return Err(Refusal::invalid("desk", word));
                }
                if service_kind::find(&key).is_none() || service_kind::is_hub(&key) {
                    return Err(Refusal::not_found(Missing::Service, key.kind()));
                }
                if known.is_none() && self.0.len() >= MOST_DESKS {
                    return Err(Refusal::conflict(said!(
                        "a region has at most {most} further desks; change one of them",
                        most = MOST_DESKS
                    )));
                }
                let names = self.fit(&key, names)?;
                fit(region, &competence)?;
                if known.is_some_and(|d| d.is_open() && d.names == names && d.competence == competence) {
                    return Ok(None);
                }
                let version = known.map_or(0, |d| d.version) + 1;
                let desk = Box::new(ServiceDesk { key, names, competence, version, closed_at: None });
                Ok(Some(ServiceDeskEvent::Kept { desk, by, at: now }))
            }
            ServiceDeskCommand::Close { desk, reason, expected } => {
                let known = self.get(&desk).ok_or_else(|| Refusal::not_found(Missing::Service, &desk))?;
                expected.met_by(Some(known.version))?;
                let reason = text("reason", &reason)?;
                let closed = ServiceDeskEvent::Closed { desk, reason, by, at: now };
                Ok(known.is_open().then_some(closed))
            }
        }
    }

    fn fit(&self, key: &ServiceKey, names: Names) -> Result<Names, Refusal> {
        let names = Names {
            kk: text("names.kk", &names.kk)?,
            ru: text("names.ru", &names.ru)?,
            en: text("names.en", &names.en)?,
        };
        let main = service_kind::find(key).map(|kind| &kind.names);
        let others = self.0.values().filter(|d| d.is_open() && d.key != *key).map(|d| &d.names);
        let taken = |other: &Names| other.kk == names.kk || other.ru == names.ru || other.en == names.en;
        if others.chain(main).any(taken) {
            let word = said!("another desk has this name already; give it one by which it is known");
            return Err(Refusal::invalid("names", word));
        }
        Ok(names)
    }

    /// Applies what happened.
    pub fn apply(&mut self, event: &ServiceDeskEvent) {
        match event {
            ServiceDeskEvent::Kept { desk, .. } => {
                self.0.insert(desk.key.clone(), desk.as_ref().clone());
            }
            ServiceDeskEvent::Closed { desk, at, .. } => {
                if let Some(desk) = self.0.get_mut(desk) {
                    desk.closed_at = Some(*at);
                    desk.version += 1;
                }
            }
        }
    }
}

fn fit(region: RegionCode, competence: &Competence) -> Result<(), Refusal> {
    if let Some(code) = competence.categories.iter().find(|code| classification::find(code).is_none()) {
        return Err(Refusal::invalid(
            "competence.categories",
            said!("there is no category {category}; choose one of the list", category = code),
        ));
    }
    let region = region.to_string();
    let foreign = |code: &&DistrictCode| code.as_str().len() != 9 || !code.as_str().starts_with(&region);
    if let Some(code) = competence.districts.iter().find(foreign) {
        return Err(Refusal::invalid(
            "competence.districts",
            said!("{district} is no district of the region; choose one of the list", district = code),
        ));
    }
    Ok(())
}

fn text(field: &'static str, given: &str) -> Result<String, Refusal> {
    let given = given.trim();
    if given.is_empty() || given.chars().count() > LONGEST || given.contains('\0') {
        return Err(Refusal::invalid(field, said!("write 1 to {most} characters here", most = LONGEST)));
    }
    Ok(given.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::mode::Mode;
    use crate::domain::obligation::{Claim, ObligationKind as K, Subject};
    use crate::domain::response_plan;
    use crate::domain::severity::Severity;

    fn key(service: &str) -> ServiceKey {
        service.parse().unwrap()
    }

    fn category(code: &str) -> CategoryCode {
        code.parse().unwrap()
    }

    fn names(word: &str) -> Names {
        Names { kk: format!("{word} kk"), ru: format!("{word} ru"), en: format!("{word} en") }
    }

    fn by() -> By {
        By::Person { account: "admin".parse().unwrap() }
    }

    fn keep(desk: &str, categories: &[&str], districts: &[&str], expected: Expected) -> ServiceDeskCommand {
        let competence = Competence {
            categories: categories.iter().map(|c| category(c)).collect(),
            districts: districts.iter().map(|d| d.parse().unwrap()).collect(),
        };
        ServiceDeskCommand::Keep { desk: key(desk), names: names(desk), competence, expected }
    }

    fn decide(
        desks: &ServiceDesks,
        command: ServiceDeskCommand,
    ) -> Result<Option<ServiceDeskEvent>, Refusal> {
        desks.decide("75".parse().unwrap(), command, Timestamp::UNIX_EPOCH, &by())
    }

    /// Gas and power of the utilities, a duty unit of the police in one district, an operator asked by name alone, and a
    /// desk for lifts that was closed.
    fn desks() -> ServiceDesks {
        let mut desks = ServiceDesks::default();
        for (desk, categories, districts) in [
            ("utilities-gas", &["gas_smell", "building_fire"][..], &[][..]),
            ("utilities-power", &["power_outage", "live_wire", "building_fire"], &[]),
            ("utilities-lifts", &["lift_trapped"], &[]),
            ("police-auezov", &[], &["751310000"]),
            ("telecom-kcell", &[], &[]),
        ] {
            let event = decide(&desks, keep(desk, categories, districts, Expected::Absent)).unwrap().unwrap();
            desks.apply(&event);
        }
        let close = ServiceDeskCommand::Close {
            desk: key("utilities-lifts"),
            reason: "the akimat's desk does it".into(),
            expected: Expected::Version(1),
        };
        desks.apply(&decide(&desks, close).unwrap().unwrap());
        desks
    }

    /// 112-R c.3(2), (7), (8): competence first; else the main desk; a desk that is named is asked itself.
    #[test]
    fn where_a_kind_is_named_its_competent_desks_are_asked_and_else_the_main_one() {
        let desks = desks();
        for (named, code, district, asked) in [
            ("utilities", "gas_smell", None, "utilities-gas"),
            ("utilities", "power_outage", None, "utilities-power"),
            ("utilities", "building_fire", None, "utilities-gas utilities-power"),
            ("utilities", "water_leak", None, "utilities"),
            ("utilities", "lift_trapped", None, "utilities"),
            ("utilities-lifts", "lift_trapped", None, "utilities"),
            ("utilities-lifts", "gas_smell", None, "utilities-gas"),
            ("utilities-gas", "water_leak", None, "utilities-gas"),
            ("police", "missing_person", Some("751310000"), "police-auezov"),
            ("police", "missing_person", Some("751110000"), "police"),
            ("police", "missing_person", None, "police"),
            ("telecom", "telecom_failure", None, "telecom"),
            ("telecom-kcell", "telecom_failure", None, "telecom-kcell"),
            ("ambulance", "gas_smell", Some("751310000"), "ambulance"),
        ] {
            let district = district.map(|d| d.parse().unwrap());
            let found = desks.asked_for(&key(named), &category(code), district.as_ref());
            let found: Vec<&str> = found.iter().map(ServiceKey::as_str).collect();
            assert_eq!(found.join(" "), asked, "{named} at {code}");
        }
        let none = ServiceDesks::default();
        assert_eq!(none.asked_for(&key("utilities-gas"), &category("gas_smell"), None), [key("utilities")]);
    }

    /// The region of these desks is the neighbour: what it is asked for is of a kind, under whatever word.
    #[test]
    fn a_neighbour_is_asked_by_the_kind_and_its_own_register_says_which_desk() {
        let desks = desks();
        for (asked, code, own) in [
            ("utilities", Some("gas_smell"), "utilities-gas"),
            ("utilities-heat", Some("gas_smell"), "utilities-gas"),
            ("utilities-power", Some("gas_smell"), "utilities-gas"),
            ("utilities-gas", Some("water_leak"), "utilities"),
            ("utilities-gas", None, "utilities"),
            ("police-talgar", Some("missing_person"), "police"),
        ] {
            let code = code.map(category);
            assert_eq!(desks.asked_of_neighbour(&key(asked), code.as_ref()), [key(own)], "{asked}");
        }
        let none = ServiceDesks::default();
        assert_eq!(none.asked_of_neighbour(&key("utilities-gas"), None), [key("utilities")]);
    }

    #[test]
    fn a_response_plan_means_the_competent_desks_and_informs_nobody_whom_it_asks() {
        let plan = |code: &str| {
            let plan = response_plan::shipped().plan_for(&category(code), Severity::P1, Mode::Everyday);
            desks().meant_by(plan, &category(code), None)
        };
        let asked = |code: &str| -> Vec<(String, u16)> {
            let needs = plan(code).needs;
            let of = needs.iter().filter(|n| n.service.kind() == "utilities");
            of.map(|n| (n.service.to_string(), n.count)).collect()
        };
        assert_eq!(asked("gas_smell"), [("utilities-gas".to_owned(), 1)]);
        assert_eq!(asked("water_leak"), [("utilities".to_owned(), 1)]);
        let both = [("utilities-gas".to_owned(), 1), ("utilities-power".to_owned(), 1)];
        assert_eq!(asked("building_fire"), both);
        assert!(plan("building_fire").inform.iter().all(|s| s.kind() != "utilities"));
    }

    /// 112-R c.5(2)¶4, c.5(3)¶4: every desk of telecom and of security is exempt, every desk of utilities is not; situation
    /// changes (c.5(2)¶3) all owe.
    #[test]
    fn a_desk_owes_what_its_kind_owes() {
        let owes = |service: &str, kind| {
            Claim::service(kind, key(service), Subject::ModePeriod { period: 1 }).is_owed()
        };
        for (service, forces) in [
            ("utilities-gas", true),
            ("police-auezov", true),
            ("air_ambulance-north", true),
            ("aviation_sar-west", true),
            ("telecom-kcell", false),
            ("security-second", false),
        ] {
            assert_eq!(owes(service, K::O07), forces, "{service}");
            assert_eq!(owes(service, K::O11a), forces, "{service}");
            assert!(owes(service, K::O06), "{service}");
            assert_eq!(service_kind::find(&key(service)), service_kind::find(&key(service).main()));
        }
        assert!(service_kind::find(&key("nonsense-gas")).is_none());
    }

    #[test]
    fn every_service_of_the_region_is_listed_in_the_order_of_clause_3_without_the_closed_ones() {
        let all = desks().services();
        assert_eq!(all.len(), service_kind::all().len() + 4);
        let after = |one: &str, other: &str| {
            let at = |s: &str| all.iter().position(|k| *k == key(s)).unwrap();
            at(one) + 1 == at(other)
        };
        assert!(after("police", "police-auezov") && after("utilities", "utilities-gas"), "{all:?}");
        assert!(!desks().has(&key("utilities-lifts")) && !desks().has(&key("utilities-heat")));
        assert!(desks().has(&key("telecom-kcell")) && desks().has(&key("telecom")));
    }

    #[test]
    fn a_desk_without_a_kind_a_name_or_a_category_that_exists_is_refused_and_nobody_overwrites_another() {
        let desks = desks();
        let nameless = ServiceDeskCommand::Keep {
            desk: key("utilities-heat"),
            names: Names { kk: " ".into(), ..names("heat") },
            competence: Competence::default(),
            expected: Expected::Absent,
        };
        let same_name = ServiceDeskCommand::Keep {
            desk: key("utilities-heat"),
            names: names("utilities-gas"),
            competence: Competence::default(),
            expected: Expected::Absent,
        };
        for (command, what) in [
            (keep("utilities", &[], &[], Expected::Absent), "desk: "),
            (keep("nonsense-gas", &[], &[], Expected::Absent), "there is no service nonsense"),
            (keep("hub-second", &[], &[], Expected::Absent), "there is no service hub"),
            (keep("utilities-heat", &["nonsense"], &[], Expected::Absent), "there is no category nonsense"),
            (keep("utilities-heat", &[], &["711310000"], Expected::Absent), "711310000 is no district"),
            (keep("utilities-gas", &[], &[], Expected::Absent), "it is there already, at version 1"),
            (keep("utilities-gas", &[], &[], Expected::Version(2)), "it is at version 1, not 2"),
            (keep("utilities-heat", &[], &[], Expected::Version(1)), "there is no such thing"),
            (nameless, "names.kk: "),
            (same_name, "another desk has this name"),
        ] {
            let refusal = decide(&desks, command.clone()).unwrap_err().to_string();
            assert!(refusal.contains(what), "{command:?}: {refusal}");
        }
        let rule = desks.decide(
            "75".parse().unwrap(),
            keep("utilities-heat", &[], &[], Expected::Absent),
            Timestamp::UNIX_EPOCH,
            &By::rule("demo"),
        );
        assert_eq!(rule, Err(Refusal::PersonNeeded));
    }

    #[test]
    fn a_closed_desk_can_be_opened_again_and_a_repetition_changes_nothing() {
        let mut desks = desks();
        let again = keep("utilities-lifts", &["lift_trapped"], &[], Expected::Version(2));
        desks.apply(&decide(&desks, again).unwrap().unwrap());
        assert!(desks.has(&key("utilities-lifts")));
        assert_eq!(desks.get(&key("utilities-lifts")).unwrap().version, 3);
        let same = keep("utilities-lifts", &["lift_trapped"], &[], Expected::Version(3));
        assert_eq!(decide(&desks, same), Ok(None));
    }
}
