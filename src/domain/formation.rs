//! Rescue formations (112-R c.2(1)) that the hub coordinates beside the services of clause 3 (c.6(3)): emergency
//! services of the authorised body and formations of the civil protection forces, each with its owner.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::decision::{By, Refusal};
use super::ids::{AccountName, UnitId};
use super::organisation::OrganisationKey;
use super::shift::Contact;
use crate::domain::missing::Missing;
use crate::domain::said::said;

/// Longest name, characters.
const LONGEST_NAME: usize = 200;
/// Most units of one formation.
const MOST_UNITS: usize = 1_000;

/// The text is no key of a formation.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a formation has a key of 1 to 64 characters of a-z, 0-9, _ and -")]
pub struct FormationKeyError;

/// A formation by its key (`75-talgar-mudflow`).
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(value_type = String, pattern = "^[a-z0-9_-]{1,64}$")]
pub struct FormationKey(String);

impl TryFrom<String> for FormationKey {
    type Error = FormationKeyError;
    fn try_from(s: String) -> Result<Self, FormationKeyError> {
        let fits = s.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_' || b == b'-');
        if fits && (1..=64).contains(&s.len()) { Ok(Self(s)) } else { Err(FormationKeyError) }
    }
}

impl From<FormationKey> for String {
    fn from(k: FormationKey) -> Self {
        k.0
    }
}

impl fmt::Display for FormationKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What kind of force it belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = FormationForce)]
pub enum Force {
    /// Fire-fighting and rescue service of the authorised body.
    FireAndRescue,
    /// Civil defence unit.
    CivilDefence,
    /// Professional rescue service.
    ProfessionalRescue,
    /// Mine or gas rescue.
    MineOrGasRescue,
    /// Volunteer fire formation.
    VolunteerFire,
    /// Aviation of the ministry.
    MinistryAviation,
}

/// Whether it stands alone or within a certified rescue service (c.2(1)).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "standing", rename_all = "snake_case", deny_unknown_fields)]
pub enum FormationStanding {
    /// Independent.
    Independent,
    /// Part of a certified rescue service.
    PartOf {
        /// Which.
        service: String,
        /// Its certificate.
        certificate: String,
    },
}

/// What it is meant for (c.2(1)).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Works {
    /// Rescue.
    Rescue,
    /// Urgent works.
    Urgent,
}

/// What must stay at the site that the formation serves by contract (Law on Civil Protection art. 51(2)).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Contract {
    /// The site.
    pub site: String,
    /// So many people stay.
    pub people_stay: u32,
    /// So many units stay.
    pub units_stay: u32,
}

/// What was entered before formations had a version has none.
#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_zero(version: &u64) -> bool {
    *version == 0
}

/// A rescue formation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Formation {
    /// Its key.
    pub key: FormationKey,
    /// Its name.
    pub name: String,
    /// Whose it is.
    pub owner: String,
    /// The organisation of the tree that it hangs under (c.2(2), c.6(3)).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub under: Option<OrganisationKey>,
    /// What force it belongs to.
    pub force: Force,
    /// Independent or part of a certified service.
    pub standing: FormationStanding,
    /// What it is meant for.
    #[schema(value_type = Vec<Works>)]
    pub works: BTreeSet<Works>,
    /// Its units.
    #[serde(default)]
    #[schema(value_type = Vec<UnitId>)]
    pub units: BTreeSet<UnitId>,
    /// Its people.
    pub people: u32,
    /// How it is reached.
    #[serde(default)]
    pub contacts: Vec<Contact>,
    /// Sites that it must keep covered.
    #[serde(default)]
    pub contracts: Vec<Contract>,
    /// How often it was entered: its ETag. Given by the register, whatever is sent.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub version: u64,
}

impl Formation {
    /// # Errors
    /// [`Refusal::Invalid`] without a name, an owner, a purpose or a certificate.
    pub fn check(&self) -> Result<(), Refusal> {
        let mut texts = vec![("name", &self.name), ("owner", &self.owner)];
        if let FormationStanding::PartOf { service, certificate } = &self.standing {
            texts.extend([("standing.service", service), ("standing.certificate", certificate)]);
        }
        texts.extend(self.contracts.iter().map(|c| ("contracts.site", &c.site)));
        for (field, text) in texts {
            if text.trim().is_empty() || text.chars().count() > LONGEST_NAME {
                return Err(Refusal::invalid(
                    field,
                    said!("write 1 to {most} characters here", most = LONGEST_NAME),
                ));
            }
        }
        if self.works.is_empty() {
            return Err(Refusal::invalid("works", said!("choose rescue, urgent works or both")));
        }
        if self.units.len() > MOST_UNITS {
            return Err(Refusal::invalid(
                "units",
                said!("a formation has at most {most} units; leave some out", most = MOST_UNITS),
            ));
        }
        Ok(())
    }

    /// How many people and units can go without uncovering a contracted site.
    #[must_use]
    pub fn to_spare(&self) -> (u32, u32) {
        let stay = self.contracts.iter().fold((0_u32, 0_u32), |(people, units), c| {
            (people.saturating_add(c.people_stay), units.saturating_add(c.units_stay))
        });
        let units = u32::try_from(self.units.len()).unwrap_or(u32::MAX);
        (self.people.saturating_sub(stay.0), units.saturating_sub(stay.1))
    }

    /// Whether so many may be sent.
    ///
    /// # Errors
    /// [`Refusal::Conflict`] when a contracted site would be left without cover.
    pub fn may_send(&self, people: u32, units: u32) -> Result<(), Refusal> {
        let (spare_people, spare_units) = self.to_spare();
        if people > spare_people || units > spare_units {
            return Err(Refusal::conflict(said!(
                "{name} can spare {people} people and {units} units, the rest stays at its contracted sites; ask for no more",
                name = self.name,
                people = spare_people,
                units = spare_units
            )));
        }
        Ok(())
    }
}

/// What is asked of the register, by a named person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "command", rename_all = "snake_case", deny_unknown_fields)]
pub enum FormationCommand {
    /// Register a formation, or change what is known of it.
    Register {
        /// The formation.
        formation: Box<Formation>,
    },
    /// Take it off the register.
    Remove {
        /// Which.
        formation: FormationKey,
        /// Why.
        reason: String,
    },
}

/// What happens to the register.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum FormationEvent {
    /// A formation was registered or changed.
    Registered {
        /// The formation.
        formation: Box<Formation>,
        /// Who.
        by: AccountName,
        /// When.
        at: Timestamp,
    },
    /// A formation was taken off.
    Removed {
        /// Which.
        formation: FormationKey,
        /// Why.
        reason: String,
        /// Who.
        by: AccountName,
        /// When.
        at: Timestamp,
    },
}

impl FormationEvent {
    /// The formation that it is about.
    #[must_use]
    pub fn formation(&self) -> &FormationKey {
        match self {
            Self::Registered { formation, .. } => &formation.key,
            Self::Removed { formation, .. } => formation,
        }
    }
}

/// The formations of one region.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Formations(BTreeMap<FormationKey, Formation>);

impl Formations {
    /// A formation by its key.
    #[must_use]
    pub fn get(&self, key: &FormationKey) -> Option<&Formation> {
        self.0.get(key)
    }

    /// All formations.
    pub fn iter(&self) -> impl Iterator<Item = &Formation> {
        self.0.values()
    }

    /// Takes a formation as the store has it.
    pub fn adopt(&mut self, formation: Formation) {
        self.0.insert(formation.key.clone(), formation);
    }

    /// Whether these units may be sent besides those that are away: none of their formations may leave a contracted
    /// site without cover (Law on Civil Protection art. 51(2)).
    ///
    /// # Errors
    /// [`Refusal::Conflict`] names the first formation that has not so many to spare.
    pub fn may_go(&self, away: &BTreeSet<&UnitId>, wanted: &BTreeSet<&UnitId>) -> Result<(), Refusal> {
        for formation in self.0.values().filter(|f| !f.contracts.is_empty()) {
            let is_its = |unit: &&&UnitId| formation.units.contains(**unit);
            if wanted.iter().any(|unit| formation.units.contains(*unit)) {
                let gone = away.union(wanted).filter(is_its).count();
                formation.may_send(0, u32::try_from(gone).unwrap_or(u32::MAX))?;
            }
        }
        Ok(())
    }

    /// Units that stay at a contracted site while so many others of their formation are away.
    #[must_use]
    pub fn bound(&self, away: &BTreeSet<&UnitId>) -> BTreeSet<UnitId> {
        let bound = self.0.values().filter(|f| !f.contracts.is_empty()).filter(|f| {
            let gone = f.units.iter().filter(|unit| away.contains(unit)).count();
            u32::try_from(gone).unwrap_or(u32::MAX) >= f.to_spare().1
        });
        bound.flat_map(|f| f.units.iter().filter(|unit| !away.contains(unit)).cloned()).collect()
    }

    /// Decides a command.
    ///
    /// # Errors
    /// [`Refusal::PersonNeeded`], [`Refusal::NotFound`], [`Refusal::Invalid`], [`Refusal::Conflict`] when a unit
    /// belongs to another formation.
    pub fn decide(
        &self,
        command: FormationCommand,
        now: Timestamp,
        by: &By,
    ) -> Result<Vec<FormationEvent>, Refusal> {
        let by = by.person().ok_or(Refusal::PersonNeeded)?.clone();
        match command {
            FormationCommand::Register { mut formation } => {
                formation.check()?;
                formation.version = self.0.get(&formation.key).map_or(0, |held| held.version) + 1;
                let others = self.0.values().filter(|f| f.key != formation.key);
                if let Some(other) = others.into_iter().find(|f| !f.units.is_disjoint(&formation.units)) {
                    return Err(Refusal::conflict(said!(
                        "a unit of it belongs to the formation {key}; take it off there first",
                        key = other.key
                    )));
                }
                Ok(vec![FormationEvent::Registered { formation, by, at: now }])
            }
            FormationCommand::Remove { formation, reason } => {
                if !self.0.contains_key(&formation) {
                    return Err(Refusal::not_found(Missing::Formation, formation));
                }
                if reason.trim().is_empty() {
                    return Err(Refusal::no_reason(said!("say why the formation is taken off")));
                }
                Ok(vec![FormationEvent::Removed { formation, reason, by, at: now }])
            }
        }
    }

    /// Applies one event.
    pub fn apply(&mut self, event: &FormationEvent) {
        match event {
            FormationEvent::Registered { formation, .. } => {
                self.0.insert(formation.key.clone(), formation.as_ref().clone());
            }
            FormationEvent::Removed { formation, .. } => {
                self.0.remove(formation);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at() -> Timestamp {
        Timestamp::from_second(1_760_000_000).unwrap()
    }

    fn officer() -> By {
        By::Person { account: AccountName::new("asel").unwrap() }
    }

    fn formation(key: &str, units: &[&str]) -> Formation {
        Formation {
            key: FormationKey::try_from(key.to_owned()).unwrap(),
            name: "Talgar detachment".into(),
            owner: "Республиканский оперативно-спасательный отряд".into(),
            force: Force::ProfessionalRescue,
            standing: FormationStanding::Independent,
            works: [Works::Rescue].into(),
            units: units.iter().map(|u| UnitId::new(u).unwrap()).collect(),
            people: 20,
            contacts: vec![],
            contracts: vec![],
            under: None,
            version: 0,
        }
    }

    fn register(formations: &mut Formations, formation: Formation) -> Result<(), Refusal> {
        let command = FormationCommand::Register { formation: Box::new(formation) };
        for event in formations.decide(command, at(), &officer())? {
            formations.apply(&event);
        }
        Ok(())
    }

    #[test]
    fn a_formation_without_an_owner_a_purpose_or_its_parents_certificate_is_refused() {
        let part_of = |certificate: &str| FormationStanding::PartOf {
            service: "Kazavtobus rescue".into(),
            certificate: certificate.into(),
        };
        let good = formation("a", &[]);
        for (field, bad) in [
            ("owner", Formation { owner: " ".into(), ..good.clone() }),
            ("name", Formation { name: String::new(), ..good.clone() }),
            ("works", Formation { works: BTreeSet::new(), ..good.clone() }),
            ("standing.certificate", Formation { standing: part_of(""), ..good.clone() }),
        ] {
            match register(&mut Formations::default(), bad) {
                Err(Refusal::Invalid { field: named, .. }) => assert_eq!(named, field),
                other => panic!("{field}: {other:?}"),
            }
        }
        let certified = Formation { standing: part_of("No. 7"), ..good };
        assert_eq!(register(&mut Formations::default(), certified), Ok(()));
    }

    #[test]
    fn contracted_rescue_keeps_enough_at_its_own_site() {
        let contract = Contract { site: "mine No. 5".into(), people_stay: 12, units_stay: 1 };
        let mine = Formation { contracts: vec![contract], ..formation("mine", &["75-m-1", "75-m-2"]) };
        assert_eq!(mine.to_spare(), (8, 1));
        assert_eq!(mine.may_send(8, 1), Ok(()));
        assert!(matches!(mine.may_send(9, 1), Err(Refusal::Conflict(_))));
        assert!(matches!(mine.may_send(1, 2), Err(Refusal::Conflict(_))));
    }

    #[test]
    fn a_unit_belongs_to_one_formation() {
        let mut all = Formations::default();
        register(&mut all, formation("a", &["75-r-1"])).unwrap();
        assert!(matches!(register(&mut all, formation("b", &["75-r-1"])), Err(Refusal::Conflict(_))));
        register(&mut all, formation("a", &["75-r-1", "75-r-2"])).unwrap();
        assert_eq!(all.iter().count(), 1);
    }

    #[test]
    fn the_register_is_kept_by_named_persons_and_replays() {
        let mut all = Formations::default();
        let command = FormationCommand::Register { formation: Box::new(formation("a", &[])) };
        assert_eq!(all.decide(command.clone(), at(), &By::rule("import")), Err(Refusal::PersonNeeded));
        let remove = |reason: &str| FormationCommand::Remove {
            formation: formation("a", &[]).key,
            reason: reason.into(),
        };
        assert!(matches!(all.decide(remove("x"), at(), &officer()), Err(Refusal::NotFound { .. })));
        let mut log = all.decide(command, at(), &officer()).unwrap();
        log.iter().for_each(|e| all.apply(e));
        assert!(matches!(all.decide(remove(" "), at(), &officer()), Err(Refusal::Invalid { .. })));
        let removed = all.decide(remove("disbanded"), at(), &officer()).unwrap();
        removed.iter().for_each(|e| all.apply(e));
        log.extend(removed);
        let mut replayed = Formations::default();
        for event in &log {
            replayed.apply(&serde_json::from_str(&serde_json::to_string(event).unwrap()).unwrap());
        }
        assert_eq!(replayed, all);
        assert_eq!(all.iter().count(), 0);
    }
}
