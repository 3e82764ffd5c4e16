//! The name of one actor's line of events.

use std::fmt;
use std::str::FromStr;

use crate::domain::ids::{IdError, RegionCode, ServiceKey};

/// The line of events of one actor: gapless from 1, one writer at a time.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Stream {
    /// The hub of a region: `region/75`.
    Region(RegionCode),
    /// One duty-dispatch service of a region: `service/75/ambulance`.
    Service(RegionCode, ServiceKey),
}

/// Why a text is no stream.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StreamError {
    /// Neither `region/NN` nor `service/NN/key`.
    #[error("a stream is region/NN or service/NN/key, not {0:?}")]
    Form(String),
    /// The region or the service within it is not one.
    #[error(transparent)]
    Id(#[from] IdError),
}

impl Stream {
    /// The region that the stream belongs to, whose lease its writer must hold.
    #[must_use]
    pub fn region(&self) -> RegionCode {
        match self {
            Self::Region(region) | Self::Service(region, _) => *region,
        }
    }
}

impl fmt::Display for Stream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Region(region) => write!(f, "region/{region}"),
            Self::Service(region, service) => write!(f, "service/{region}/{service}"),
        }
    }
}

impl FromStr for Stream {
    type Err = StreamError;
    fn from_str(s: &str) -> Result<Self, StreamError> {
        let mut parts = s.split('/');
        match (parts.next(), parts.next(), parts.next(), parts.next()) {
            (Some("region"), Some(region), None, None) => Ok(Self::Region(region.parse()?)),
            (Some("service"), Some(region), Some(service), None) => {
                Ok(Self::Service(region.parse()?, service.parse()?))
            }
            _ => Err(StreamError::Form(s.to_owned())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_reads_back_as_it_is_written() {
        for text in ["region/75", "service/71/fire_rescue"] {
            assert_eq!(text.parse::<Stream>().map(|s| s.to_string()), Ok(text.to_owned()));
        }
        for bad in ["", "region", "region/7", "region/75/x", "service/75", "service/75/Police", "unit/75/a"] {
            assert!(bad.parse::<Stream>().is_err(), "{bad}");
        }
    }
}
