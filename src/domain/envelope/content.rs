//! What contents of both directions share.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::Kind;
use crate::domain::ids::DistrictCode;
use crate::domain::quantities::{Metres, Point};

/// A content whose type is known by its name.
pub trait Typed {
    /// The name on the wire and the last word of the routing key.
    fn content_type(&self) -> &'static str;
    /// The kinds of message that may carry it.
    fn kinds(&self) -> &'static [Kind];
}

/// A content as it came: named, not yet read.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RawContent {
    /// The name of the content's schema.
    pub content_type: String,
    /// The content itself.
    pub content: Value,
}

/// A place: a point with its uncertainty, an address, or both; what is not known is absent. It travels both ways and
/// is closed: only a new major version adds to it.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = contract::Place)]
pub struct Place {
    /// The point, WGS 84.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub point: Option<Point>,
    /// The radius in metres within which the place is held to be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uncertainty_m: Option<Metres>,
    /// The address as text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 4000)]
    pub address: Option<String>,
    /// The district by its KATO code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub district: Option<DistrictCode>,
    /// How to find or enter it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 4000)]
    pub directions: Option<String>,
}

/// A polygon without holes as GeoJSON orders it, closed: rings of `[lon, lat]`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(as = contract::Outline)]
pub struct Outline(pub Vec<[f64; 2]>);

/// The kinds of situation of 112-R c.5(2)¶2.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = contract::Nature)]
pub enum Nature {
    /// Radiation.
    Radiation,
    /// Chemical.
    Chemical,
    /// Biological.
    Biological,
    /// Ecological.
    Ecological,
    /// Fire.
    Fire,
    /// Any other.
    Other,
}

/// How soon: the three grades of the rules.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
#[schema(as = contract::Urgency)]
pub enum Urgency {
    /// No stated limit.
    #[default]
    Unstated,
    /// Urgently (шұғыл).
    Urgently,
    /// Immediately (дереу).
    Immediately,
}

/// How a duty officer is reached (112-R c.5(1)¶1): number, call sign, additional means. Travels both ways and is
/// closed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = contract::Contact)]
pub struct Contact {
    /// Whose: the desk or the officer on duty.
    #[schema(max_length = 200)]
    pub name: String,
    /// The kind of means: `telephone`, `mobile`, `radio`, `satellite`, `messenger` or another word.
    #[schema(max_length = 64)]
    pub means: String,
    /// Number, frequency or address.
    #[schema(max_length = 200)]
    pub number: String,
    /// Call sign, where the means has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 64)]
    pub call_sign: Option<String>,
}

/// Who reported the incident. Told only to services that may see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = contract::Caller)]
pub struct Caller {
    /// Name, where given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 200)]
    pub name: Option<String>,
    /// Number to call back, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 64)]
    pub number: Option<String>,
}
