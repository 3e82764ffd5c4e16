//! Response plans: category × severity × mode → which services, with which capabilities, how many units.
//!
//! Rows add up; of rows for the same service and capabilities the most specific counts. The shipped plans are the
//! project's own proposal: a region may put its own in their place, and may try them on past incidents before.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::classification;
use super::forces::Act;
use super::ids::{Capability, CategoryCode, ServiceKey};
use super::mode::Mode;
use super::names::Names;
use super::recommendation::Need;
use super::region::MOST_UNITS;
use super::said::{Said, said};
use super::service_kind;
use super::severity::Severity;
use super::unit::Capabilities;

/// One row of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlanRow {
    /// Where it stands among its rows, or in its file. Given by the hub.
    #[serde(default)]
    pub line: u64,
    /// For which category.
    pub category: CategoryCode,
    /// For which severity; any when absent.
    #[serde(default)]
    pub severity: Option<Severity>,
    /// In which mode; any when absent.
    #[serde(default)]
    pub mode: Option<Mode>,
    /// Which service.
    pub service: ServiceKey,
    /// What each unit must be able to do.
    #[serde(default)]
    pub capabilities: Capabilities,
    /// How many units.
    #[schema(minimum = 1)]
    pub count: u16,
    /// First wave or additional.
    pub act: Act,
}

/// What is wrong with a plan file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlanFault {
    /// A row that does not read.
    #[error("line {line}: {reason}")]
    Row {
        /// Where.
        line: u64,
        /// What is wrong.
        reason: Said,
    },
    /// Two rows for the same.
    #[error("rows {first} and {second} say the same thing twice, or differently")]
    Contradiction {
        /// The first.
        first: u64,
        /// The second.
        second: u64,
    },
    /// A category that is somebody's and has no plan.
    #[error("category {category} has competent services and no plan")]
    NoPlan {
        /// Which.
        category: CategoryCode,
    },
}

impl PlanFault {
    /// What is wrong and what to do.
    #[must_use]
    pub fn said(&self) -> Said {
        match self {
            Self::Row { line, reason } => said!("row {line}: {fault}", line = line, fault => reason.clone()),
            Self::Contradiction { first, second } => said!(
                "rows {first} and {second} say the same thing twice, or differently; keep one of them",
                first = first,
                second = second
            ),
            Self::NoPlan { category } => said!(
                "category {category} has competent services and no row; give it one",
                category = category
            ),
        }
    }
}

/// A checked set of rows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plans {
    rows: BTreeMap<CategoryCode, Vec<PlanRow>>,
}

/// What a plan says of one incident.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct ResponsePlan {
    /// Forces needed.
    pub needs: Vec<Need>,
    /// Competent services that send nothing by this plan: they are informed.
    pub inform: Vec<ServiceKey>,
}

#[derive(Deserialize)]
struct Row {
    category: String,
    severity: String,
    mode: String,
    service: String,
    capabilities: String,
    count: u16,
    act: Act,
}

#[derive(Deserialize)]
struct CapabilityRow {
    code: Capability,
    kk: String,
    ru: String,
    en: String,
}

static CAPABILITIES: LazyLock<BTreeMap<Capability, Names>> = LazyLock::new(|| {
    csv::Reader::from_reader(include_str!("classification/capabilities.csv").as_bytes())
        .deserialize::<CapabilityRow>()
        .filter_map(Result::ok)
        .map(|r| (r.code, Names { kk: r.kk, ru: r.ru, en: r.en }))
        .collect()
});

/// Capabilities that plans and units may name, with their names.
#[must_use]
pub fn capabilities() -> &'static BTreeMap<Capability, Names> {
    &CAPABILITIES
}

/// The shipped plans; a test keeps them without fault.
static SHIPPED: LazyLock<Plans> =
    LazyLock::new(|| Plans::read(include_str!("response_plans.csv")).unwrap_or_default());

/// The shipped plans.
#[must_use]
pub fn shipped() -> &'static Plans {
    &SHIPPED
}

impl Plans {
    /// Reads a plan file: `category,severity,mode,service,capabilities,count,act`, `*` for any.
    ///
    /// # Errors
    /// Every [`PlanFault`] of the file, not only the first: nothing of a faulty file is used.
    pub fn read(text: &str) -> Result<Self, Vec<PlanFault>> {
        let mut rows = Vec::new();
        let mut faults = Vec::new();
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let records = reader.records();
        let headers = csv::StringRecord::from(vec![
            "category",
            "severity",
            "mode",
            "service",
            "capabilities",
            "count",
            "act",
        ]);
        for record in records {
            let parsed = record
                .map_err(|e| (e.position().map_or(0, csv::Position::line), unread(&e)))
                .and_then(|record| {
                    let line = record.position().map_or(0, csv::Position::line);
                    record
                        .deserialize::<Row>(Some(&headers))
                        .map_err(|e| (line, unread(&e)))
                        .and_then(|row| parse(line, &row).map_err(|reason| (line, reason)))
                });
            match parsed {
                Ok(row) => rows.push(row),
                Err((line, reason)) => faults.push(PlanFault::Row { line, reason }),
            }
        }
        let plans = Self::checked(rows, &mut faults);
        if faults.is_empty() { Ok(plans) } else { Err(faults) }
    }

    /// Plans of rows that somebody entered: they are numbered as they stand.
    ///
    /// # Errors
    /// Every [`PlanFault`], not only the first.
    pub fn of(rows: Vec<PlanRow>) -> Result<Self, Vec<PlanFault>> {
        let numbered = rows.into_iter().zip(1..).map(|(row, line)| PlanRow { line, ..row });
        let mut faults = Vec::new();
        let plans = Self::checked(numbered.collect(), &mut faults);
        if faults.is_empty() { Ok(plans) } else { Err(faults) }
    }

    /// Plans that were checked when they were put in force.
    #[must_use]
    pub fn restored(rows: Vec<PlanRow>) -> Self {
        let mut plans = Self::default();
        for row in rows {
            plans.rows.entry(row.category.clone()).or_default().push(row);
        }
        plans
    }

    fn checked(rows: Vec<PlanRow>, faults: &mut Vec<PlanFault>) -> Self {
        let mut plans = Self::default();
        for row in rows {
            if let Err(reason) = check(&row) {
                faults.push(PlanFault::Row { line: row.line, reason });
                continue;
            }
            let of_category = plans.rows.entry(row.category.clone()).or_default();
            let same = of_category.iter().find(|r| {
                (r.severity, r.mode, &r.service, &r.capabilities)
                    == (row.severity, row.mode, &row.service, &row.capabilities)
            });
            match same {
                Some(same) => faults.push(PlanFault::Contradiction { first: same.line, second: row.line }),
                None => of_category.push(row),
            }
        }
        for category in classification::all() {
            let somebodys = category
                .competent
                .iter()
                .any(|s| service_kind::find(s).is_some_and(|k| k.clause.owes_forces()));
            if somebodys && !plans.rows.contains_key(&category.code) {
                faults.push(PlanFault::NoPlan { category: category.code.clone() });
            }
        }
        plans
    }

    /// All rows, by category.
    pub fn rows(&self) -> impl Iterator<Item = &PlanRow> {
        self.rows.values().flatten()
    }

    /// The plan for an incident.
    #[must_use]
    pub fn plan_for(&self, category: &CategoryCode, severity: Severity, mode: Mode) -> ResponsePlan {
        let mut best: BTreeMap<(&ServiceKey, &Capabilities), &PlanRow> = BTreeMap::new();
        let fits =
            |r: &&PlanRow| r.severity.is_none_or(|s| s == severity) && r.mode.is_none_or(|m| m == mode);
        let specific = |r: &PlanRow| u8::from(r.severity.is_some()) * 2 + u8::from(r.mode.is_some());
        for row in self.rows.get(category).into_iter().flatten().filter(fits) {
            best.entry((&row.service, &row.capabilities))
                .and_modify(|held| {
                    if specific(row) > specific(held) {
                        *held = row;
                    }
                })
                .or_insert(row);
        }
        let needs: Vec<Need> = best
            .into_values()
            .map(|r| Need {
                service: r.service.clone(),
                act: r.act,
                profile: service_kind::find(&r.service).and_then(|k| k.profile),
                capabilities: r.capabilities.clone(),
                count: r.count,
            })
            .collect();
        let inform = classification::competent_services(category)
            .iter()
            .filter(|s| !needs.iter().any(|n| n.service == **s))
            .cloned()
            .collect();
        ResponsePlan { needs, inform }
    }
}

fn unread(error: &csv::Error) -> Said {
    said!("{text}", text = error)
}

/// A row of a file.
fn parse(line: u64, row: &Row) -> Result<PlanRow, Said> {
    let text = |e: String| said!("{text}", text = e);
    let severity = match row.severity.as_str() {
        "*" => None,
        n => {
            let severity = n.parse().ok().and_then(Severity::from_number);
            Some(severity.ok_or_else(|| text(format!("severity is 1 to 4 or *, not {n}")))?)
        }
    };
    let mode = match row.mode.as_str() {
        "*" => None,
        m => {
            let mode = Mode::ALL.into_iter().find(|mode| mode.as_str() == m);
            let words = "mode is everyday, high_readiness, emergency or *, not";
            Some(mode.ok_or_else(|| text(format!("{words} {m}")))?)
        }
    };
    let capabilities: Result<Vec<_>, _> = row.capabilities.split_whitespace().map(Capability::new).collect();
    Ok(PlanRow {
        line,
        category: CategoryCode::new(&row.category).map_err(|e| text(e.to_string()))?,
        severity,
        mode,
        service: ServiceKey::new(&row.service).map_err(|e| text(e.to_string()))?,
        capabilities: capabilities.map_err(|e| text(e.to_string()))?.into(),
        count: row.count,
        act: row.act,
    })
}

/// Whether a row may be in a plan.
fn check(row: &PlanRow) -> Result<(), Said> {
    if classification::find(&row.category).is_none() {
        return Err(said!(
            "there is no category {category}; choose one of the list",
            category = &row.category
        ));
    }
    let kind = service_kind::find(&row.service).ok_or_else(|| {
        said!("there is no service {service}; choose one of the list", service = &row.service)
    })?;
    // c.5(3)¶4: security and telecom owe no forces, so no plan may count on them.
    if !kind.clause.owes_forces() {
        return Err(said!(
            "{service} owes no forces (c.5(3)¶4); leave it out of the plans",
            service => &kind.names
        ));
    }
    if row.act == Act::FirstWave && kind.profile.is_none() {
        return Err(said!(
            "{service} has none of the four profiles of c.5(3)¶2, so it is no first wave; ask it as additional forces",
            service => &kind.names
        ));
    }
    if row.count == 0 {
        return Err(said!("a count of zero sends nobody; give 1 or more, or take the row out"));
    }
    // What no request may ask would keep the whole plan from being sent.
    if row.count > MOST_UNITS {
        return Err(said!("ask for 1 to {most} units", most = MOST_UNITS));
    }
    match row.capabilities.iter().find(|code| !CAPABILITIES.contains_key(*code)) {
        Some(code) => {
            Err(said!("there is no capability {capability}; choose one of the list", capability = code))
        }
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(rows: &str) -> Vec<String> {
        let text = format!("category,severity,mode,service,capabilities,count,act\n{rows}\n");
        let all = Plans::read(&text).unwrap_err();
        all.into_iter().filter(|f| !matches!(f, PlanFault::NoPlan { .. })).map(|f| f.to_string()).collect()
    }

    #[test]
    fn the_shipped_plans_have_no_fault_and_every_category_has_one() {
        assert_eq!(Plans::read(include_str!("response_plans.csv")).map(|p| p.rows().count() > 90), Ok(true));
    }

    /// c.5(3)¶2: who is competent with one of the four profiles is sent first in some case, or no first wave of it can be owed.
    #[test]
    fn every_competent_profile_of_a_first_wave_has_a_row_in_the_shipped_plans() {
        let mut missing = Vec::new();
        for category in classification::all() {
            let sent: Vec<_> = shipped().rows.get(&category.code).into_iter().flatten().collect();
            let sent = sent.iter().filter(|row| row.act == Act::FirstWave);
            let sent: Vec<_> = sent.filter_map(|row| service_kind::find(&row.service)?.profile).collect();
            let competent = category.competent.iter().filter_map(|key| service_kind::find(key)?.profile);
            missing.extend(competent.filter(|p| !sent.contains(p)).map(|p| (&category.code, p)));
        }
        assert!(missing.is_empty(), "{missing:?}");
    }

    #[test]
    fn a_plan_never_counts_on_security_or_telecom() {
        for service in ["security", "telecom", "hub"] {
            let f = faults(&format!("explosion,*,*,{service},,1,additional"));
            assert!(f.len() == 1 && f[0].contains("owes no forces"), "{f:?}");
        }
    }

    #[test]
    fn contradictions_and_unknown_words_are_named_by_line() {
        let f = faults(
            "smoke,*,*,fire_rescue,pump,1,first_wave\nsmoke,*,*,fire_rescue,pump,2,first_wave\n\
             nonsense,*,*,police,,1,first_wave\nsmoke,7,*,police,,1,first_wave\nsmoke,*,*,police,wings,1,first_wave\n\
             smoke,*,*,police,,0,first_wave\nsmoke,*,*,aviation_sar,,1,first_wave\n\
             smoke,*,*,ambulance,,201,first_wave",
        );
        for (k, part) in
            ["2 and 3", "line 4", "line 5", "line 6", "line 7", "line 8", "line 9"].iter().enumerate()
        {
            assert!(f.iter().any(|x| x.contains(part)), "{k}: {part} in {f:?}");
        }
    }

    #[test]
    fn a_graver_fire_gets_what_the_general_row_says_and_its_own() {
        let code = CategoryCode::new("building_fire").unwrap();
        let has_ladder = |severity| {
            let ladder: Capabilities = [Capability::new("ladder").unwrap()].into_iter().collect();
            shipped().plan_for(&code, severity, Mode::Everyday).needs.iter().any(|n| n.capabilities == ladder)
        };
        assert!(has_ladder(Severity::P1));
        assert!(!has_ladder(Severity::P2));
    }
}
