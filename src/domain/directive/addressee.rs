//! To whom a directive or a message of the officer goes.

use std::fmt;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::ids::ServiceKey;

/// One addressee.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(tag = "to", rename_all = "snake_case", deny_unknown_fields)]
pub enum Addressee {
    /// A duty-dispatch service of the region.
    Service {
        /// Which.
        service: ServiceKey,
    },
    /// The territorial body, a subordinate institution or an organisation, by its name.
    Organisation {
        /// Its name.
        name: String,
    },
}

impl fmt::Display for Addressee {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Service { service } => service.fmt(f),
            Self::Organisation { name } => f.write_str(name),
        }
    }
}
