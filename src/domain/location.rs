//! Where: a point with its uncertainty, an address, or both; and where it is known from.

use geo::{Coord, Polygon};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::message::MAX_UNCERTAINTY;
use super::quantities::{Metres, Point};
use super::zone::{PolygonFault, validity};

/// The shape within which the place truly lies.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "shape", rename_all = "snake_case", deny_unknown_fields)]
pub enum Uncertainty {
    /// Within a radius of the point.
    Circle {
        /// Metres.
        radius_m: Metres,
    },
    /// Within an ellipse around the point.
    Ellipse {
        /// Metres.
        semi_major_m: Metres,
        /// Metres.
        semi_minor_m: Metres,
        /// Degrees clockwise from north, of the major axis.
        orientation_deg: f64,
    },
    /// Within a polygon (a cell sector, a named quarter).
    Polygon {
        /// The ring's corners; the last joins the first.
        ring: Vec<Point>,
    },
}

impl Uncertainty {
    /// Radius of a circle around the point that holds the shape, metres.
    #[must_use]
    pub fn radius(&self, centre: Point) -> Metres {
        match self {
            Self::Circle { radius_m } => *radius_m,
            Self::Ellipse { semi_major_m, semi_minor_m, .. } => {
                Metres::saturating(semi_major_m.get().max(semi_minor_m.get()))
            }
            Self::Polygon { ring } => {
                Metres::saturating(ring.iter().map(|p| centre.distance(*p).get()).fold(0.0, f64::max))
            }
        }
    }
}

/// Who or what says that it is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LocationSource {
    /// The caller's words.
    Caller,
    /// The caller's handset (AML, an application).
    Handset,
    /// The operator's network (cell).
    Network,
    /// A fixed sensor or alarm panel.
    Sensor,
    /// An agency's report.
    Agency,
    /// A duty officer.
    Officer,
    /// Derived from the address by the gazetteer.
    Gazetteer,
}

impl LocationSource {
    /// Whether a device says it, whoever wrote it down.
    #[must_use]
    pub fn is_a_device(self) -> bool {
        matches!(self, Self::Handset | Self::Network | Self::Sensor)
    }
}

/// A point and how sure it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Fix {
    /// The most likely place.
    pub point: Point,
    /// Where it may be instead; absent when nobody said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uncertainty: Option<Uncertainty>,
}

/// A place as one source gave it at one time. It has a point, an address, or both: an unlocated incident has no
/// `Location` at all.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "RawLocation")]
pub struct Location {
    #[serde(skip_serializing_if = "Option::is_none")]
    fix: Option<Fix>,
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<String>,
    source: LocationSource,
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<Timestamp>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawLocation {
    #[serde(default)]
    fix: Option<Fix>,
    #[serde(default)]
    address: Option<String>,
    source: LocationSource,
    #[serde(default)]
    at: Option<Timestamp>,
}

/// Why a location is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LocationError {
    /// Neither point nor address.
    #[error("a location needs a point, an address, or both")]
    Empty,
    /// The address is longer than [`MAX_ADDRESS_CHARS`].
    #[error("an address has at most {MAX_ADDRESS_CHARS} characters")]
    AddressTooLong,
    /// The ring has too few or too many corners.
    #[error("an uncertainty polygon has 3 to {MAX_RING} corners")]
    BadRing,
    /// The orientation is not a number of degrees.
    #[error("an orientation is 0 to 360 degrees")]
    BadOrientation,
}

/// Longest address, characters.
pub const MAX_ADDRESS_CHARS: usize = 500;
/// Most corners of an uncertainty polygon.
pub const MAX_RING: usize = 500;

impl TryFrom<RawLocation> for Location {
    type Error = LocationError;
    fn try_from(raw: RawLocation) -> Result<Self, LocationError> {
        Self::new(raw.fix, raw.address, raw.source, raw.at)
    }
}

impl Location {
    /// # Errors
    /// [`LocationError`] when nothing is given or a part is out of bounds.
    pub fn new(
        fix: Option<Fix>,
        address: Option<String>,
        source: LocationSource,
        at: Option<Timestamp>,
    ) -> Result<Self, LocationError> {
        let address = address.map(|a| a.trim().to_owned()).filter(|a| !a.is_empty());
        if fix.is_none() && address.is_none() {
            return Err(LocationError::Empty);
        }
        if address.as_ref().is_some_and(|a| a.chars().count() > MAX_ADDRESS_CHARS) {
            return Err(LocationError::AddressTooLong);
        }
        match fix.as_ref().and_then(|f| f.uncertainty.as_ref()) {
            Some(Uncertainty::Polygon { ring }) if ring.len() < 3 || ring.len() > MAX_RING => {
                return Err(LocationError::BadRing);
            }
            Some(Uncertainty::Ellipse { orientation_deg, .. })
                if !(0.0..=360.0).contains(orientation_deg) =>
            {
                return Err(LocationError::BadOrientation);
            }
            _ => {}
        }
        Ok(Self { fix, address, source, at })
    }

    /// The point, where one is known.
    #[must_use]
    pub fn point(&self) -> Option<Point> {
        self.fix.as_ref().map(|f| f.point)
    }

    /// The corners of the polygon in which it lies, where one was given.
    #[must_use]
    pub fn ring(&self) -> Option<&[Point]> {
        match self.fix.as_ref()?.uncertainty.as_ref()? {
            Uncertainty::Polygon { ring } => Some(ring),
            _ => None,
        }
    }

    /// The radius of uncertainty, metres; `None` without a point or when nobody said.
    #[must_use]
    pub fn radius(&self) -> Option<Metres> {
        let fix = self.fix.as_ref()?;
        fix.uncertainty.as_ref().map(|u| u.radius(fix.point))
    }

    /// Whether it may lie farther from its point than any place that is worth a point.
    #[must_use]
    pub fn is_anywhere(&self) -> bool {
        self.radius().is_some_and(|radius| radius.get() > MAX_UNCERTAINTY.get())
    }

    /// What is wrong with the polygon in which it lies, where one was given.
    #[must_use]
    pub fn ring_fault(&self) -> Option<PolygonFault> {
        let corners = self.ring()?.iter().map(|p| Coord { x: p.lon(), y: p.lat() }).collect();
        validity::check(&Polygon::new(corners, Vec::new()).into()).err()
    }

    /// With the point that was known before, where it has none of its own: an address beside a point takes nothing away.
    #[must_use]
    pub fn beside(self, known: Option<&Self>) -> Self {
        let fix = self.fix.or_else(|| known?.fix.clone());
        Self { fix, ..self }
    }

    /// The point with its uncertainty.
    #[must_use]
    pub fn fix(&self) -> Option<&Fix> {
        self.fix.as_ref()
    }

    /// The address in words.
    #[must_use]
    pub fn address(&self) -> Option<&str> {
        self.address.as_deref()
    }

    /// When it was there, where that was said.
    #[must_use]
    pub fn at(&self) -> Option<Timestamp> {
        self.at
    }

    /// The same place, with an address.
    #[must_use]
    pub fn at_address(self, address: &str) -> Self {
        Self { address: Some(address.to_owned()), ..self }
    }

    /// Who or what said so.
    #[must_use]
    pub fn source(&self) -> LocationSource {
        self.source
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_location_without_point_and_address_is_refused() {
        let r: Result<Location, _> = serde_json::from_str(r#"{"source":"caller","address":"  "}"#);
        assert!(r.is_err_and(|e| e.to_string().contains("a point, an address, or both")));
    }

    #[test]
    fn a_polygon_needs_three_corners_and_its_radius_holds_them_all() {
        let two = r#"{"source":"network","fix":{"point":{"lat":43.2,"lon":76.9},
            "uncertainty":{"shape":"polygon","ring":[{"lat":43.2,"lon":76.9},{"lat":43.3,"lon":76.9}]}}}"#;
        assert!(serde_json::from_str::<Location>(two).is_err());
        let three =
            two.replace(r#"{"lat":43.3,"lon":76.9}"#, r#"{"lat":43.3,"lon":76.9},{"lat":43.2,"lon":77.0}"#);
        let l: Location = serde_json::from_str(&three).expect("three corners");
        assert!(l.radius().is_some_and(|r| r.get() > 11_000.0));
    }
}
