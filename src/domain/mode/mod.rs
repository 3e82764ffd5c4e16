//! The three legal modes of a region (112-R c.5; Law on Civil Protection art. 4(5)).

mod event;
mod order;
mod period;
mod preview;
mod proposal;
mod state;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::names::Names;

pub use event::ModeEvent;
pub use order::{ModeCommand, ModeOrder, Part};
pub use period::{Amendment, ModePeriod};
pub use preview::{Effect, ObligationPreview, preview};
pub use proposal::{ModeProposal, ModeSettings, MonitoringRule, Observation, ProposalOutcome, Sign};
pub use state::ModeState;

/// The mode in which the duty-dispatch services of a region interact (112-R c.5). Everyday when nothing else was
/// declared.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// No threat: c.5(1).
    #[default]
    Everyday,
    /// A threat of an emergency: c.5(2).
    HighReadiness,
    /// An emergency has happened and is being dealt with: c.5(3).
    Emergency,
}

impl Mode {
    /// All three, from the calmest.
    pub const ALL: [Self; 3] = [Self::Everyday, Self::HighReadiness, Self::Emergency];

    /// The key of serialised forms.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Everyday => "everyday",
            Self::HighReadiness => "high_readiness",
            Self::Emergency => "emergency",
        }
    }

    /// The sub-clause that says how services interact in it.
    #[must_use]
    pub fn clause(self) -> &'static str {
        match self {
            Self::Everyday => "112-R c.5(1)",
            Self::HighReadiness => "112-R c.5(2)",
            Self::Emergency => "112-R c.5(3)",
        }
    }

    /// Official names.
    #[must_use]
    pub fn names(self) -> Names {
        let (kk, ru, en) = match self {
            Self::Everyday => {
                ("күнделікті қызмет режимі", "режим повседневной деятельности", "everyday activity")
            }
            Self::HighReadiness => ("жоғары әзірлік режимі", "режим повышенной готовности", "high readiness"),
            Self::Emergency => ("төтенше жағдай режимі", "режим чрезвычайной ситуации", "emergency"),
        };
        Names { kk: kk.to_owned(), ru: ru.to_owned(), en: en.to_owned() }
    }
}
