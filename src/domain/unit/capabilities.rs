//! What a unit can do.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::ids::Capability;

/// What a unit can do: a set, kept sorted in one shared allocation because there are many units and few sets.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(from = "Vec<Capability>", into = "Vec<Capability>")]
#[schema(value_type = Vec<String>, example = json!(["pump", "rescue_tools"]))]
pub struct Capabilities(Arc<[Capability]>);

impl Capabilities {
    /// Whether this set has every capability of `needed`.
    #[must_use]
    pub fn covers(&self, needed: &Self) -> bool {
        needed.0.iter().all(|c| self.0.binary_search(c).is_ok())
    }

    /// The capabilities in alphabetical order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Capability> {
        self.0.iter()
    }

    /// Whether nothing is in the set.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl From<Vec<Capability>> for Capabilities {
    fn from(mut list: Vec<Capability>) -> Self {
        list.sort_unstable();
        list.dedup();
        // Nothing is the same nothing for everyone.
        if list.is_empty() { Self::default() } else { Self(list.into()) }
    }
}

impl From<Capabilities> for Vec<Capability> {
    fn from(c: Capabilities) -> Self {
        c.0.to_vec()
    }
}

impl FromIterator<Capability> for Capabilities {
    fn from_iter<I: IntoIterator<Item = Capability>>(iter: I) -> Self {
        iter.into_iter().collect::<Vec<_>>().into()
    }
}
