//! Response plans: category × severity × mode → which services, with which capabilities, how many units.
//!
//! Rows add up; of rows for the same service and capabilities the most specific counts. The shipped plans are the
//! project's own proposal, for each region to approve.

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
use super::service_kind;
use super::severity::Severity;
use super::unit::Capabilities;

/// One row of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PlanRow {
    /// Where it stands in its file.
    pub line: u64,
    /// For which category.
    pub category: CategoryCode,
    /// For which severity; any when absent.
    pub severity: Option<Severity>,
    /// In which mode; any when absent.
    pub mode: Option<Mode>,
    /// Which service.
    pub service: ServiceKey,
    /// What each unit must be able to do.
    pub capabilities: Capabilities,
    /// How many units.
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
        reason: String,
    },
    /// Two rows for the same.
    #[error("lines {first} and {second} say the same thing twice, or differently")]
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
        let mut plans = Self::default();
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
                .map_err(|e| (e.position().map_or(0, csv::Position::line), e.to_string()))
                .and_then(|record| {
                    let line = record.position().map_or(0, csv::Position::line);
                    record
                        .deserialize::<Row>(Some(&headers))
                        .map_err(|e| (line, e.to_string()))
                        .and_then(|row| check(line, row).map_err(|reason| (line, reason)))
                });
            match parsed {
                Ok(row) => {
                    let rows = plans.rows.entry(row.category.clone()).or_default();
                    let same = rows.iter().find(|r| {
                        (r.severity, r.mode, &r.service, &r.capabilities)
                            == (row.severity, row.mode, &row.service, &row.capabilities)
                    });
                    if let Some(same) = same {
                        faults.push(PlanFault::Contradiction { first: same.line, second: row.line });
                    } else {
                        rows.push(row);
                    }
                }
                Err((line, reason)) => faults.push(PlanFault::Row { line, reason }),
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
        if faults.is_empty() { Ok(plans) } else { Err(faults) }
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

fn check(line: u64, row: Row) -> Result<PlanRow, String> {
    let category = CategoryCode::new(&row.category).map_err(|e| e.to_string())?;
    if classification::find(&category).is_none() {
        return Err(format!("there is no category {category}"));
    }
    let severity = match row.severity.as_str() {
        "*" => None,
        n => Some(
            n.parse()
                .ok()
                .and_then(Severity::from_number)
                .ok_or_else(|| format!("severity is 1 to 4 or *, not {n}"))?,
        ),
    };
    let mode = match row.mode.as_str() {
        "*" => None,
        m => Some(
            Mode::ALL
                .into_iter()
                .find(|mode| mode.as_str() == m)
                .ok_or_else(|| format!("mode is everyday, high_readiness, emergency or *, not {m}"))?,
        ),
    };
    let service = ServiceKey::new(&row.service).map_err(|e| e.to_string())?;
    let kind = service_kind::find(&service).ok_or_else(|| format!("there is no service {service}"))?;
    // c.5(3)¶4: security and telecom owe no forces, so no plan may count on them.
    if !kind.clause.owes_forces() {
        return Err(format!("{service} owes no forces (c.5(3)¶4)"));
    }
    if row.act == Act::FirstWave && kind.profile.is_none() {
        return Err(format!("{service} has none of the four profiles of c.5(3)¶2, so it is no first wave"));
    }
    if row.count == 0 {
        return Err("a count of zero sends nobody".to_owned());
    }
    let mut capabilities = Vec::new();
    for code in row.capabilities.split_whitespace() {
        let code = Capability::new(code).map_err(|e| e.to_string())?;
        if !CAPABILITIES.contains_key(&code) {
            return Err(format!("there is no capability {code}"));
        }
        capabilities.push(code);
    }
    Ok(PlanRow {
        line,
        category,
        severity,
        mode,
        service,
        capabilities: capabilities.into(),
        count: row.count,
        act: row.act,
    })
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
             smoke,*,*,police,,0,first_wave\nsmoke,*,*,aviation_sar,,1,first_wave",
        );
        for (k, part) in ["2 and 3", "line 4", "line 5", "line 6", "line 7", "line 8"].iter().enumerate() {
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
