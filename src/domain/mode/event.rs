//! What happens to the mode of a region.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Mode;
use super::order::ModeOrder;
use super::proposal::Sign;
use crate::domain::ids::{AccountName, ZoneId};

/// What happens to the mode of a region.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ModeEvent {
    /// A mode was declared.
    Declared {
        /// The number of the period that begins.
        period: u32,
        /// Which mode.
        mode: Mode,
        /// Which mode it follows.
        previous: Mode,
        /// On which basis.
        order: Box<ModeOrder>,
        /// The proposal that was confirmed by it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        proposal: Option<u32>,
        /// Who declared it.
        by: AccountName,
        /// When.
        at: Timestamp,
    },
    /// The zone or the end of a mode in force changed.
    Amended {
        /// The period's number.
        period: u32,
        /// The zone from now on.
        zone: Option<ZoneId>,
        /// Its end from now on.
        until: Option<Timestamp>,
        /// Why.
        reason: String,
        /// Who changed it.
        by: AccountName,
        /// When.
        at: Timestamp,
    },
    /// The hub proposed a mode.
    Proposed {
        /// The proposal's number.
        proposal: u32,
        /// Which mode.
        mode: Mode,
        /// The rule with its figures.
        sign: Sign,
        /// When.
        at: Timestamp,
    },
    /// A named person declined a proposal.
    Declined {
        /// The proposal's number.
        proposal: u32,
        /// Why.
        reason: String,
        /// Who.
        by: AccountName,
        /// When.
        at: Timestamp,
    },
    /// A declaration made a proposal pointless.
    Lapsed {
        /// The proposal's number.
        proposal: u32,
        /// When.
        at: Timestamp,
    },
    /// The time of an exercise is over: what is really in force stands alone again.
    ExerciseOver {
        /// The number of the period that ends.
        period: u32,
        /// Its end as it was set.
        until: Timestamp,
        /// Who set it.
        by: AccountName,
        /// When.
        at: Timestamp,
    },
}
