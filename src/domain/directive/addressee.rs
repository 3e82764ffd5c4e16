//! To whom a directive or a message of the officer goes.

use std::fmt;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::ids::ServiceKey;
use crate::domain::service_kind;

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

/// With what force a directive reaches an addressee.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = DirectiveForce)]
pub enum Force {
    /// To the territorial body and what is subordinate to it: an order (c.6(5), c.6(6)).
    Order,
    /// To a service of clause 3 that the hub does not lead: told, not ordered.
    Information,
}

impl Addressee {
    /// The force of a directive for this addressee.
    #[must_use]
    pub fn force(&self) -> Force {
        match self {
            Self::Organisation { .. } => Force::Order,
            Self::Service { service } => {
                let led = service_kind::find(service).is_some_and(|k| k.clause.is_subordinate());
                if led { Force::Order } else { Force::Information }
            }
        }
    }
}
