//! To whom a directive or a message of the officer goes.

use std::fmt;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::decision::Refusal;
use crate::domain::ids::ServiceKey;
use crate::domain::missing::Missing;
use crate::domain::organisation::{OrganisationKey, Organisations};
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
    /// An organisation of the tree: the territorial body, a subordinate institution, an akimat, a legal person.
    Registered {
        /// Which.
        organisation: OrganisationKey,
    },
    /// One that is not in the tree, by its name.
    Organisation {
        /// Its name.
        name: String,
    },
}

impl fmt::Display for Addressee {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Service { service } => service.fmt(f),
            Self::Registered { organisation } => organisation.fmt(f),
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

impl Force {
    /// The force towards a duty-dispatch service.
    pub(super) fn towards(service: &ServiceKey) -> Self {
        let led = service_kind::find(service).is_some_and(|k| k.clause.is_subordinate());
        if led { Self::Order } else { Self::Information }
    }
}

impl Addressee {
    /// Whom the hub really speaks to: an organisation whose desk is a duty-dispatch service is reached there.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] when the organisation is not in the tree.
    pub fn at_its_desk(self, tree: &Organisations) -> Result<Self, Refusal> {
        let Self::Registered { organisation } = self else { return Ok(self) };
        let found = tree.get(&organisation);
        let kept = found.ok_or_else(|| Refusal::not_found(Missing::Organisation, &organisation))?;
        Ok(match kept.organisation.service.clone() {
            Some(service) => Self::Service { service },
            None => Self::Registered { organisation },
        })
    }

    /// The force of a directive for this addressee. One that is not in the tree is taken for an organisation of the
    /// authorised body, as c.6(6) addresses directives to these.
    #[must_use]
    pub fn force(&self, tree: &Organisations) -> Force {
        match self {
            Self::Registered { organisation } => {
                tree.get(organisation).map_or(Force::Order, |kept| kept.organisation.kind.force())
            }
            Self::Organisation { .. } => Force::Order,
            Self::Service { service } => Force::towards(service),
        }
    }
}
