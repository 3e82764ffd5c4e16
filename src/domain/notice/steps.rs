//! To whom each step towards the silent goes: a setting of the region, with the project's own proposal.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::event::{NoticeTo, Office};
use crate::domain::decision::Refusal;
use crate::domain::missing::Missing;
use crate::domain::obligation::{Debtor, Level};
use crate::domain::organisation::{OrganisationKey, Organisations};
use crate::domain::said::said;

/// Most addressees of one step.
const MOST: usize = 8;

/// An addressee of a step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "to", rename_all = "snake_case", deny_unknown_fields)]
#[schema(as = NoticeStepTo)]
pub enum StepTo {
    /// An office of the hub.
    Office {
        /// Which.
        office: Office,
    },
    /// The service that owes; nobody, where the hub itself owes.
    Debtor,
    /// An organisation of the tree.
    Organisation {
        /// Which.
        organisation: OrganisationKey,
    },
}

/// To whom the notices go. When each step is reached stands with the limits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct NoticeSteps {
    /// The officer telephones.
    pub phone: Vec<StepTo>,
    /// The head is told.
    pub head: Vec<StepTo>,
    /// The leadership is told, and the level above.
    pub leadership: Vec<StepTo>,
    /// Where summaries of the situation are reported (c.5(2)¶1): the republican level.
    pub summaries: Vec<OrganisationKey>,
}

impl Default for NoticeSteps {
    fn default() -> Self {
        let office = |office| StepTo::Office { office };
        let upward = || OrganisationKey::new("command_centre").ok();
        let mut leadership = vec![office(Office::Leadership)];
        leadership.extend(upward().map(|organisation| StepTo::Organisation { organisation }));
        Self {
            phone: vec![office(Office::DutyOfficer)],
            head: vec![office(Office::HeadOfShift), StepTo::Debtor],
            leadership,
            summaries: upward().into_iter().collect(),
        }
    }
}

impl NoticeSteps {
    fn at(&self, level: Level) -> &[StepTo] {
        match level {
            // The message is sent again; that is no matter of a person yet.
            Level::Repeat => &[],
            Level::Phone => &self.phone,
            Level::Head => &self.head,
            Level::Leadership => &self.leadership,
        }
    }

    /// Who is told at a step of what this debtor owes.
    #[must_use]
    pub fn told(&self, level: Level, debtor: &Debtor) -> Vec<NoticeTo> {
        let told = self.at(level).iter().filter_map(|to| match (to, debtor) {
            (StepTo::Office { office }, _) => Some(NoticeTo::Office { office: *office }),
            (StepTo::Organisation { organisation }, _) => {
                Some(NoticeTo::Organisation { organisation: organisation.clone() })
            }
            (StepTo::Debtor, Debtor::Service { service, service_region: None }) => {
                Some(NoticeTo::Service { service: service.clone() })
            }
            (StepTo::Debtor, _) => None,
        });
        told.collect()
    }

    /// # Errors
    /// [`Refusal::Invalid`] for a step that reaches no person of the hub, [`Refusal::NotFound`] for an organisation that
    /// is not in the tree.
    pub fn check(&self, tree: &Organisations) -> Result<(), Refusal> {
        for (field, step) in [
            ("notices.phone", &self.phone),
            ("notices.head", &self.head),
            ("notices.leadership", &self.leadership),
        ] {
            let reaches = step.iter().any(|to| matches!(to, StepTo::Office { .. }));
            if !reaches || step.len() > MOST {
                let reason = said!(
                    "a step goes to at least one office of the hub and to at most {most} addressees",
                    most = MOST
                );
                return Err(Refusal::invalid(field, reason));
            }
        }
        if self.summaries.len() > MOST {
            let reason = said!("summaries go to at most {most} organisations; leave some out", most = MOST);
            return Err(Refusal::invalid("notices.summaries", reason));
        }
        let steps = [&self.phone, &self.head, &self.leadership].into_iter().flatten();
        let named = steps.filter_map(|to| match to {
            StepTo::Organisation { organisation } => Some(organisation),
            _ => None,
        });
        match named.chain(&self.summaries).find(|key| tree.get(key).is_none()) {
            None => Ok(()),
            Some(key) => Err(Refusal::not_found(Missing::Organisation, key)),
        }
    }
}
