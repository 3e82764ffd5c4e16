//! Who may order the warning system to be used (Law on Civil Protection art. 5(5); Order 945 c.21, c.22).

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::classification::order240::Scale;
use crate::domain::decision::Refusal;
use crate::domain::said::{Said, said};

/// An office that may order a warning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Authority {
    /// The head of the organisation that runs the facility.
    HeadOfOrganisation,
    /// That organisation's dispatcher, on the hub's command or of himself.
    OrganisationDispatcher,
    /// The akim of the unit.
    Akim,
    /// The commandant of the locality, under a state of emergency (Order 945 c.22).
    Commandant,
    /// The head of the territorial body.
    HeadOfTerritorialBody,
    /// The head of the authorised body.
    HeadOfAuthorisedBody,
    /// The Prime Minister, chief of civil defence.
    PrimeMinister,
}

impl Authority {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::HeadOfOrganisation,
        Self::OrganisationDispatcher,
        Self::Akim,
        Self::Commandant,
        Self::HeadOfTerritorialBody,
        Self::HeadOfAuthorisedBody,
        Self::PrimeMinister,
    ];

    /// The largest scale for which the office may order; a larger one needs a higher office.
    #[must_use]
    pub fn reach(self) -> Scale {
        match self {
            Self::HeadOfOrganisation | Self::OrganisationDispatcher => Scale::Object,
            Self::Akim | Self::Commandant | Self::HeadOfTerritorialBody => Scale::Local,
            Self::HeadOfAuthorisedBody | Self::PrimeMinister => Scale::Global,
        }
    }

    /// Whose agreement the office needs: at local scale the head of the territorial body agrees with the akim, at
    /// global scale the authorised body with the Prime Minister (Order 945 c.21).
    #[must_use]
    pub fn agrees_with(self, scale: Scale) -> Option<Self> {
        match (self, scale) {
            (Self::HeadOfTerritorialBody, Scale::Local) => Some(Self::Akim),
            (Self::HeadOfAuthorisedBody, Scale::Global) => Some(Self::PrimeMinister),
            _ => None,
        }
    }

    /// The office in words.
    #[must_use]
    pub fn words(self) -> Said {
        match self {
            Self::HeadOfOrganisation => said!("head of the organisation"),
            Self::OrganisationDispatcher => said!("dispatcher of the organisation"),
            Self::Akim => said!("akim"),
            Self::Commandant => said!("commandant of the locality"),
            Self::HeadOfTerritorialBody => said!("head of the territorial body"),
            Self::HeadOfAuthorisedBody => said!("head of the authorised body"),
            Self::PrimeMinister => said!("Prime Minister"),
        }
    }
}

/// The order that a warning rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OrderBasis {
    /// Which office ordered.
    pub authority: Authority,
    /// Who holds it.
    #[schema(max_length = 2000)]
    pub ordered_by: String,
    /// How the order came: number and date, or by which means it was given.
    #[schema(max_length = 2000)]
    pub reference: String,
    /// With whom it was agreed, where it must be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 2000)]
    pub agreed_with: Option<String>,
}

impl OrderBasis {
    /// Whether the office may order a warning of this scale.
    ///
    /// # Errors
    /// [`Refusal::Forbidden`] when a higher office must order, naming the offices that may; [`Refusal::Invalid`]
    /// when an agreement is missing.
    pub fn suffices(&self, scale: Scale) -> Result<(), Refusal> {
        if self.authority.reach() < scale {
            let may = Authority::ALL.into_iter().filter(|a| a.reach() >= scale).map(Authority::words);
            let may = may.reduce(|one, other| said!("{one} or {other}", one => one, other => other));
            return Err(Refusal::Forbidden(said!(
                "at {scale} scale a warning is ordered by: {may}; when it cannot wait the duty officer activates it",
                scale => &scale.names(),
                may => may.unwrap_or_else(|| Authority::PrimeMinister.words())
            )));
        }
        if let Some(other) = self.authority.agrees_with(scale)
            && self.agreed_with.as_ref().is_none_or(|a| a.trim().is_empty())
        {
            let reason = said!(
                "the {office} agrees this order with the {other}; name who agreed",
                office => self.authority.words(),
                other => other.words()
            );
            return Err(Refusal::invalid("agreed_with", reason));
        }
        Ok(())
    }
}

/// Whom the officer tells at once of a warning of local scale (Order 945 c.21 ¶3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ToTell {
    /// The duty officer of the ministry.
    MinistryDutyOfficer,
    /// The head of the territorial body.
    HeadOfTerritorialBody,
}

impl ToTell {
    /// Whom a warning of this scale makes the officer tell.
    #[must_use]
    pub fn of(scale: Option<Scale>) -> &'static [Self] {
        match scale {
            Some(Scale::Local) => &[Self::MinistryDutyOfficer, Self::HeadOfTerritorialBody],
            _ => &[],
        }
    }
}
