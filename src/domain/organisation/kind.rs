//! What an organisation is to the hub, and under what it may hang.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::directive::Force;

/// What an organisation is to the hub.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OrganisationKind {
    /// The central executive body that leads civil protection (c.2(2)): the Ministry for Emergency Situations.
    AuthorisedBody,
    /// Its Command Centre for Strategic Planning and Operational Management (112-O c.2): the republican level, to
    /// which a region's hub reports.
    CommandCentre,
    /// The authorised body's territorial body in the region: the Department for Emergency Situations.
    TerritorialBody,
    /// The 112 directorate of the territorial body (c.3(1)): the hub.
    Directorate,
    /// A subordinate institution or organisation of the authorised body in the region (c.6(5), c.6(6)).
    Subordinate,
    /// A local executive body: the akimat of the region, a city or a district.
    LocalExecutiveBody,
    /// A potentially dangerous facility or hazardous production facility (c.5(2)¶1).
    HazardousFacility,
    /// Any other legal person (c.6(1), c.6(4)).
    LegalPerson,
}

impl OrganisationKind {
    /// Every kind.
    pub const ALL: [Self; 8] = [
        Self::AuthorisedBody,
        Self::CommandCentre,
        Self::TerritorialBody,
        Self::Directorate,
        Self::Subordinate,
        Self::LocalExecutiveBody,
        Self::HazardousFacility,
        Self::LegalPerson,
    ];

    /// There is exactly one, in the tree from the beginning: what is known of it changes, itself it stays.
    #[must_use]
    pub fn is_given(self) -> bool {
        matches!(self, Self::AuthorisedBody | Self::CommandCentre | Self::TerritorialBody | Self::Directorate)
    }

    /// Under what it may hang; `None` is the top.
    #[must_use]
    pub fn may_hang_under(self, parent: Option<Self>) -> bool {
        use OrganisationKind as K;
        match self {
            K::AuthorisedBody => parent.is_none(),
            K::CommandCentre | K::TerritorialBody => parent == Some(K::AuthorisedBody),
            K::Directorate => parent == Some(K::TerritorialBody),
            K::Subordinate => {
                matches!(parent, Some(K::AuthorisedBody | K::TerritorialBody | K::Subordinate))
            }
            K::LocalExecutiveBody => matches!(parent, None | Some(K::LocalExecutiveBody)),
            K::HazardousFacility | K::LegalPerson => {
                matches!(parent, None | Some(K::LocalExecutiveBody | K::LegalPerson))
            }
        }
    }

    /// With what force a directive of the leadership reaches it: the territorial body, what is subordinate to it and
    /// the subordinate organisations of the authorised body are ordered (c.6(5), c.6(6)); everybody else is told.
    #[must_use]
    pub fn force(self) -> Force {
        match self {
            Self::TerritorialBody | Self::Directorate | Self::Subordinate => Force::Order,
            Self::AuthorisedBody
            | Self::CommandCentre
            | Self::LocalExecutiveBody
            | Self::HazardousFacility
            | Self::LegalPerson => Force::Information,
        }
    }
}
