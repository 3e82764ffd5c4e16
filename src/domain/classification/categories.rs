//! The category table: `categories.csv`. The project's own, for the region's administrator to approve; the type
//! ids are those of `order240_types.csv`.

use std::collections::HashMap;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::ids::{CategoryCode, ServiceKey};
use crate::domain::message::Subject;
use crate::domain::names::Names;
use crate::domain::severity::Severity;

/// A kind of incident.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Category {
    /// Its code.
    pub code: CategoryCode,
    /// Fire, medical, police …
    pub group: String,
    /// Gravity unless more is known.
    pub severity: Severity,
    /// What c.2(3) calls it.
    pub subject: Subject,
    /// Type of R175 c.4 that it may become, by the project's own id; empty when none.
    pub order240: String,
    /// Services competent for it.
    pub competent: Vec<ServiceKey>,
    /// Services whose part is clear at once.
    pub early: Vec<ServiceKey>,
    /// Names.
    pub names: Names,
}

#[derive(Deserialize)]
struct Row {
    code: CategoryCode,
    group: String,
    severity: u8,
    subject: Subject,
    order240: String,
    competent: String,
    early: String,
    kk: String,
    ru: String,
    en: String,
}

fn services(list: &str) -> Vec<ServiceKey> {
    list.split_whitespace().filter_map(|s| ServiceKey::new(s).ok()).collect()
}

/// A row that does not read would be left out: a test counts them.
static TABLE: LazyLock<Vec<Category>> = LazyLock::new(|| {
    csv::Reader::from_reader(include_str!("categories.csv").as_bytes())
        .deserialize::<Row>()
        .filter_map(Result::ok)
        .map(|r| Category {
            severity: Severity::from_number(r.severity).unwrap_or_default(),
            competent: services(&r.competent),
            early: services(&r.early),
            names: Names { kk: r.kk, ru: r.ru, en: r.en },
            code: r.code,
            group: r.group,
            subject: r.subject,
            order240: r.order240,
        })
        .collect()
});

static BY_CODE: LazyLock<HashMap<&'static str, usize>> =
    LazyLock::new(|| TABLE.iter().enumerate().map(|(k, c)| (c.code.as_str(), k)).collect());

/// All categories, in the order of the table.
#[must_use]
pub fn all() -> &'static [Category] {
    &TABLE
}

/// The category with this code.
#[must_use]
pub fn find(code: &CategoryCode) -> Option<&'static Category> {
    index(code.as_str()).map(|k| &TABLE[k])
}

pub(super) fn index(code: &str) -> Option<usize> {
    BY_CODE.get(code).copied()
}

/// Categories that no word decides. The table begins with them, in this order; a test keeps it so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Special {
    /// The line was open and nobody spoke.
    SilentCall,
    /// The caller was gone.
    AbandonedCall,
    /// A button was pressed.
    SosSignal,
    /// No word explains it.
    Unclear,
}

/// The category of a contact in which nobody could be heard, or that no word explains.
#[must_use]
pub fn special(which: Special) -> &'static Category {
    &TABLE[which as usize]
}
