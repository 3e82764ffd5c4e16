//! How grave an incident is, for the queue and the response plan. It is not the scale of Order 240.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// P1 is the gravest. The order of the values is the order of the queue.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Direct threat to life, now.
    P1,
    /// Possible threat to life.
    P2,
    /// Harm or damage without a threat to life.
    #[default]
    P3,
    /// Can wait.
    P4,
}

impl Severity {
    /// 1 (gravest) to 4.
    #[must_use]
    pub fn number(self) -> u8 {
        match self {
            Self::P1 => 1,
            Self::P2 => 2,
            Self::P3 => 3,
            Self::P4 => 4,
        }
    }

    /// From 1 to 4; `None` otherwise.
    #[must_use]
    pub fn from_number(n: u8) -> Option<Self> {
        [Self::P1, Self::P2, Self::P3, Self::P4].get(usize::from(n).checked_sub(1)?).copied()
    }
}
