//! Classification: the category from words and answers; event or emergency; nature, type and scale by Order 240.
//!
//! Tables are data with their source; an officer's correction always stands above any rule.

pub mod answers;
pub mod categories;
pub mod legal;
pub mod monthly_index;
pub mod order240;
pub mod ranking;
pub mod thresholds;
pub mod words;

use super::ids::{CategoryCode, ServiceKey};
use super::names::Names;

pub use categories::{Category, all, find};
pub use ranking::{Candidate, Ranking, classify};
pub use words::Evidence;

/// The rule set that gave a category; it changes when the tables do.
pub const EDITION: &str = "words/3";

/// Names of a category, `None` for a code that is not in the table.
#[must_use]
pub fn names(code: &CategoryCode) -> Option<Names> {
    find(code).map(|c| c.names.clone())
}

/// Services competent for a category.
#[must_use]
pub fn competent_services(code: &CategoryCode) -> &'static [ServiceKey] {
    find(code).map(|c| c.competent.as_slice()).unwrap_or_default()
}

/// Categories of a type of emergency; where none is of this very type, those of its family (T03h is as T03a to T03g are).
#[must_use]
pub fn of_type(type_id: &order240::TypeId) -> Vec<&'static Category> {
    let of =
        |id: &str| all().iter().filter(|c| !c.order240.is_empty() && c.order240.starts_with(id)).collect();
    let exact: Vec<_> = of(type_id.as_str());
    if exact.is_empty() { of(type_id.family()) } else { exact }
}

/// Services whose part is clear as soon as the category is: told while the questions are still being asked.
#[must_use]
pub fn early_services(code: &CategoryCode) -> &'static [ServiceKey] {
    find(code).map(|c| c.early.as_slice()).unwrap_or_default()
}

#[cfg(test)]
mod tests;
