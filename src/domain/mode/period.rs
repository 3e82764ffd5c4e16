//! A time in which a mode is or was in force, and how it was changed meanwhile.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Mode;
use super::order::ModeOrder;
use crate::domain::ids::{AccountName, ZoneId};

/// A change of a period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Amendment {
    /// The zone from then on.
    pub zone: Option<ZoneId>,
    /// The end from then on.
    pub until: Option<Timestamp>,
    /// Why.
    pub reason: String,
    /// Who.
    pub by: AccountName,
    /// When.
    pub at: Timestamp,
}

/// A time in which a mode is or was in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ModePeriod {
    /// Its number in the region, from 1.
    pub number: u32,
    /// Which mode.
    pub mode: Mode,
    /// On which basis, as declared.
    pub order: ModeOrder,
    /// In force from.
    pub began: Timestamp,
    /// No longer in force from; absent while in force.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<Timestamp>,
    /// The zone now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<ZoneId>,
    /// The end now foreseen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// The proposal that led to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proposal: Option<u32>,
    /// Who declared it.
    pub declared_by: AccountName,
    /// When it was declared.
    pub declared_at: Timestamp,
    /// Changes since.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub amendments: Vec<Amendment>,
}
