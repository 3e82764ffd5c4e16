//! The kinds of duty-dispatch service (112-R c.3) and what each owes.
//!
//! Which kinds exist is data (`service_kinds.csv`); which duties a kind has is code, with the clause beside it. A kind has
//! a main desk in every region and may have more (c.3(2), (7), (8)): [`super::service_desk`].

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::ids::ServiceKey;
use super::names::Names;
use super::said::Part;

/// The sub-clause under which a service takes part. `C6_5` is the hub's own fire and rescue service, which
/// clause 3 does not list: the hub leads it operationally.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum ServiceClause {
    /// 112 directorate: the hub itself; hubs of regions exchange as services do.
    #[serde(rename = "c3_1")]
    C3_1,
    /// Police operational control centre and duty unit.
    #[serde(rename = "c3_2")]
    C3_2,
    /// Ambulance station dispatch.
    #[serde(rename = "c3_3")]
    C3_3,
    /// Medical aviation.
    #[serde(rename = "c3_4")]
    C3_4,
    /// National Security Committee duty service.
    #[serde(rename = "c3_5")]
    C3_5,
    /// Aircraft search and rescue coordination centre.
    #[serde(rename = "c3_6")]
    C3_6,
    /// Emergency repair services of the local executive body.
    #[serde(rename = "c3_7")]
    C3_7,
    /// Telecom operators' information service.
    #[serde(rename = "c3_8")]
    C3_8,
    /// Fire and rescue, subordinate to the authorised body (c.6(5)).
    #[serde(rename = "c6_5")]
    C6_5,
}

impl ServiceClause {
    /// Brings formations to readiness and gives their composition on a threat: c.5(2)¶4, all but c.3(5) and
    /// c.3(8). The hub receives.
    #[must_use]
    pub fn owes_readiness(self) -> bool {
        !matches!(self, Self::C3_1 | Self::C3_5 | Self::C3_8)
    }

    /// Sends forces and gives composition, departure and arrival: c.5(3)¶4, all but c.3(5) and c.3(8).
    #[must_use]
    pub fn owes_forces(self) -> bool {
        !matches!(self, Self::C3_1 | Self::C3_5 | Self::C3_8)
    }

    /// Passes changes in its speciality immediately: c.5(2)¶3 states no exception; only the receiving hub is out.
    #[must_use]
    pub fn owes_situation_changes(self) -> bool {
        !matches!(self, Self::C3_1)
    }

    /// Has a warning of the public given to people: telecom operators must send it to them (Law on Civil Protection
    /// art. 6(6); Order 945 c.24(2)). The exceptions of c.5 are from forces and readiness alone. Who runs the other means of
    /// Order 945 c.24 has no desk of its own in clause 3: it may have one of the operators' (`telecom-word`).
    #[must_use]
    pub fn gives_out_warnings(self) -> bool {
        matches!(self, Self::C3_8)
    }

    /// Is ordered, not asked, and refuses only with a reason: c.6(5).
    #[must_use]
    pub fn is_subordinate(self) -> bool {
        matches!(self, Self::C6_5)
    }
}

/// The four profiles of c.5(2)¶2 and c.5(3)¶2.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Profile {
    /// Fire service.
    Fire,
    /// Law-enforcement service.
    LawEnforcement,
    /// Ambulance service.
    Ambulance,
    /// Emergency repair service.
    EmergencyRepair,
}

impl Profile {
    /// All four.
    pub const ALL: [Self; 4] = [Self::Fire, Self::LawEnforcement, Self::Ambulance, Self::EmergencyRepair];
}

/// One kind of service: a row of `service_kinds.csv`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ServiceKind {
    /// The key used in addresses, routing keys, tables and screens.
    pub key: ServiceKey,
    /// The sub-clause that names it.
    pub clause: ServiceClause,
    /// Its profile, where it has one of the four.
    pub profile: Option<Profile>,
    /// Owned nationally: one agency link then serves many regions.
    pub national: bool,
    /// Official names.
    pub names: Names,
}

#[derive(Deserialize)]
struct Row {
    key: ServiceKey,
    clause: ServiceClause,
    profile: Option<Profile>,
    national: bool,
    kk: String,
    ru: String,
    en: String,
}

/// The table does not read: a fault of the build, found by a test.
static KINDS: LazyLock<Vec<ServiceKind>> = LazyLock::new(|| {
    csv::Reader::from_reader(include_str!("service_kinds.csv").as_bytes())
        .deserialize::<Row>()
        .filter_map(Result::ok)
        .map(|r| ServiceKind {
            key: r.key,
            clause: r.clause,
            profile: r.profile,
            national: r.national,
            names: Names { kk: r.kk, ru: r.ru, en: r.en },
        })
        .collect()
});

impl From<&ServiceKey> for Part {
    /// By the official name of its kind; a further desk with its own word besides.
    fn from(key: &ServiceKey) -> Self {
        let Some(kind) = find(key) else { return Self::text(key) };
        match key.desk() {
            None => Self::from(&kind.names),
            Some(desk) => {
                let of = |name: &str| format!("{name} ({desk})");
                let Names { kk, ru, en } = &kind.names;
                Self::Names(Names { kk: of(kk), ru: of(ru), en: of(en) })
            }
        }
    }
}

/// All kinds, in the order of the clause.
#[must_use]
pub fn all() -> &'static [ServiceKind] {
    &KINDS
}

/// The kind of a service, the same for every desk of it: clause, exceptions and profile follow from it. `None` when there
/// is no such kind. Whether a region has the desk, its register says ([`super::service_desk`]).
#[must_use]
pub fn find(key: &ServiceKey) -> Option<&'static ServiceKind> {
    KINDS.iter().find(|k| k.key.as_str() == key.kind())
}

/// Whether it is the hub itself (c.3(1)), whose desk has no agency behind it.
#[must_use]
pub fn is_hub(key: &ServiceKey) -> bool {
    find(key).is_some_and(|k| k.clause == ServiceClause::C3_1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sub_clause_of_clause_3_has_a_service_and_fire_and_rescue_is_the_hubs_own() {
        use ServiceClause as C;
        for clause in [C::C3_1, C::C3_2, C::C3_3, C::C3_4, C::C3_5, C::C3_6, C::C3_7, C::C3_8, C::C6_5] {
            assert!(all().iter().any(|k| k.clause == clause), "{clause:?}");
        }
        let rows = include_str!("service_kinds.csv").trim().lines().count() - 1;
        assert_eq!(all().len(), rows, "a row of the table does not read");
    }

    #[test]
    fn security_and_telecom_never_owe_readiness_or_forces_but_do_owe_situation_changes() {
        for key in ["security", "telecom"] {
            let clause = all().iter().find(|k| k.key.as_str() == key).map(|k| k.clause);
            assert_eq!(clause.map(ServiceClause::owes_readiness), Some(false));
            assert_eq!(clause.map(ServiceClause::owes_forces), Some(false));
            assert_eq!(clause.map(ServiceClause::owes_situation_changes), Some(true));
        }
        let owing = all().iter().filter(|k| k.clause.owes_forces()).count();
        assert_eq!(owing, 6, "six kinds owe forces: five of clause 3 and fire and rescue");
    }
}
