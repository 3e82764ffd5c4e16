//! Quantities that carry their unit, and the one geographic point.

use std::fmt;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A distance in metres, finite and not negative.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "f64", into = "f64")]
#[schema(value_type = f64, minimum = 0)]
pub struct Metres(f64);

/// A mass in tonnes, finite and not negative.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "f64", into = "f64")]
#[schema(value_type = f64, minimum = 0)]
pub struct Tonnes(f64);

/// A length of time in whole seconds.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize, ToSchema,
)]
#[serde(transparent)]
pub struct Seconds(pub u32);

/// Why a number is not the quantity asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum QuantityError {
    /// A distance is not finite or below zero.
    #[error("a distance is a finite number of metres, zero or more")]
    NotDistance,
    /// A mass is not finite or below zero.
    #[error("a mass is a finite number of tonnes, zero or more")]
    NotMass,
    /// A latitude outside −90…90 or not finite.
    #[error("a latitude is a number of degrees from -90 to 90")]
    NotLatitude,
    /// A longitude outside −180…180 or not finite.
    #[error("a longitude is a number of degrees from -180 to 180")]
    NotLongitude,
}

impl Metres {
    /// # Errors
    /// [`QuantityError::NotDistance`] when negative or not finite.
    pub fn new(metres: f64) -> Result<Self, QuantityError> {
        if metres.is_finite() && metres >= 0.0 { Ok(Self(metres)) } else { Err(QuantityError::NotDistance) }
    }

    /// A whole number of metres.
    #[must_use]
    pub const fn whole(metres: u32) -> Self {
        Self(metres as f64)
    }

    /// A distance known to be fit, as from the length of a vector: a negative or non-finite number becomes zero.
    #[must_use]
    pub fn saturating(metres: f64) -> Self {
        Self::new(metres).unwrap_or(Self(0.0))
    }

    /// The number of metres.
    #[must_use]
    pub fn get(self) -> f64 {
        self.0
    }
}

impl TryFrom<f64> for Tonnes {
    type Error = QuantityError;
    fn try_from(tonnes: f64) -> Result<Self, QuantityError> {
        if tonnes.is_finite() && tonnes >= 0.0 { Ok(Self(tonnes)) } else { Err(QuantityError::NotMass) }
    }
}

impl From<Tonnes> for f64 {
    fn from(tonnes: Tonnes) -> Self {
        tonnes.0
    }
}

impl TryFrom<f64> for Metres {
    type Error = QuantityError;
    fn try_from(m: f64) -> Result<Self, QuantityError> {
        Self::new(m)
    }
}

impl From<Metres> for f64 {
    fn from(m: Metres) -> f64 {
        m.0
    }
}

impl fmt::Display for Metres {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.0} m", self.0)
    }
}

impl Seconds {
    /// The span as `jiff` knows it.
    #[must_use]
    pub fn span(self) -> jiff::SignedDuration {
        jiff::SignedDuration::from_secs(i64::from(self.0))
    }
}

/// A point in WGS 84 (EPSG:4326), degrees.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "RawPoint")]
pub struct Point {
    /// Latitude, degrees north.
    #[schema(minimum = -90, maximum = 90, example = 43.238)]
    lat: f64,
    /// Longitude, degrees east.
    #[schema(minimum = -180, maximum = 180, example = 76.945)]
    lon: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawPoint {
    lat: f64,
    lon: f64,
}

impl TryFrom<RawPoint> for Point {
    type Error = QuantityError;
    fn try_from(raw: RawPoint) -> Result<Self, QuantityError> {
        Self::new(raw.lat, raw.lon)
    }
}

/// Mean radius of the Earth (IUGG), metres.
const EARTH_RADIUS_M: f64 = 6_371_008.8;

impl Point {
    /// # Errors
    /// [`QuantityError`] when a coordinate is outside the globe or not finite.
    pub fn new(lat: f64, lon: f64) -> Result<Self, QuantityError> {
        if !(lat.is_finite() && (-90.0..=90.0).contains(&lat)) {
            return Err(QuantityError::NotLatitude);
        }
        if !(lon.is_finite() && (-180.0..=180.0).contains(&lon)) {
            return Err(QuantityError::NotLongitude);
        }
        Ok(Self { lat, lon })
    }

    /// Latitude, degrees north.
    #[must_use]
    pub fn lat(self) -> f64 {
        self.lat
    }

    /// Longitude, degrees east.
    #[must_use]
    pub fn lon(self) -> f64 {
        self.lon
    }

    /// Great-circle distance (haversine; within 0.6% of the ellipsoid).
    #[must_use]
    pub fn distance(self, other: Self) -> Metres {
        let (a, b) = (self.lat.to_radians(), other.lat.to_radians());
        let dlat = b - a;
        let dlon = (other.lon - self.lon).to_radians();
        let h = (dlat / 2.0).sin().powi(2) + a.cos() * b.cos() * (dlon / 2.0).sin().powi(2);
        Metres::saturating(2.0 * EARTH_RADIUS_M * h.sqrt().min(1.0).asin())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_point_outside_the_globe_is_refused() {
        assert_eq!(Point::new(90.1, 0.0), Err(QuantityError::NotLatitude));
        assert_eq!(Point::new(0.0, -180.1), Err(QuantityError::NotLongitude));
        assert_eq!(Point::new(f64::NAN, 0.0), Err(QuantityError::NotLatitude));
    }

    #[test]
    fn astana_to_almaty_is_about_970_kilometres() {
        let (Ok(astana), Ok(almaty)) = (Point::new(51.169, 71.449), Point::new(43.238, 76.945)) else {
            panic!("points");
        };
        let km = astana.distance(almaty).get() / 1000.0;
        assert!((960.0..985.0).contains(&km), "{km}");
    }
}
