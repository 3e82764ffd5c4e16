//! Identities. Each is a type of its own, so that a unit is never passed where an incident is meant.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;
use utoipa::ToSchema;
use uuid::Uuid;

/// Why a text is not an identity of the kind asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// The text is no UUID.
    #[error("{0} must be a UUID")]
    NotUuid(&'static str),
    /// The text is empty, too long, or has a character that the identity does not allow.
    #[error("{what} must have 1 to {max} characters of {allowed}")]
    NotKey {
        /// Which identity.
        what: &'static str,
        /// Most characters.
        max: usize,
        /// Which characters.
        allowed: &'static str,
    },
    /// The text or number is no region code.
    #[error("a region code is the first two digits of a KATO code, 10 to 79")]
    NotRegion,
}

macro_rules! uuid_id {
    ($(#[$doc:meta])* $name:ident, $what:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = IdError;
            fn from_str(s: &str) -> Result<Self, IdError> {
                Uuid::parse_str(s).map(Self).map_err(|_| IdError::NotUuid($what))
            }
        }
    };
}

uuid_id!(
    /// A message from a person, device or agency (c.6(1)).
    MessageId, "message id"
);
uuid_id!(
    /// An incident card.
    IncidentId, "incident id"
);
uuid_id!(
    /// A forces request of either act of c.5(3)¶2–¶3.
    RequestId, "request id"
);
uuid_id!(
    /// One obligation raised by a clause.
    ObligationId, "obligation id"
);
uuid_id!(
    /// A notice to a person.
    NoticeId, "notice id"
);
uuid_id!(
    /// A duty officer's shift (c.5(1)¶1).
    ShiftId, "shift id"
);
uuid_id!(
    /// A directive of the leadership (c.6(6)).
    DirectiveId, "directive id"
);
uuid_id!(
    /// A situation report or a monitoring report (c.5(2)).
    ReportId, "report id"
);
uuid_id!(
    /// An emergency zone or a zone of a possible emergency.
    ZoneId, "zone id"
);
uuid_id!(
    /// A road that an officer closed.
    ClosureId, "closure id"
);
uuid_id!(
    /// One message to one or more agencies, the same through every repetition (the envelope's distribution id).
    DistributionId, "distribution id"
);

impl DistributionId {
    /// When the message was written, to the millisecond, as its id says (UUID version 7); `None` for an id of another kind.
    #[must_use]
    pub fn written_at(self) -> Option<Timestamp> {
        let (seconds, nanoseconds) =
            self.0.get_timestamp().filter(|_| self.0.get_version_num() == 7)?.to_unix();
        Timestamp::new(i64::try_from(seconds).ok()?, i32::try_from(nanoseconds).ok()?).ok()
    }
}

/// A first-level territory by the first two digits of its KATO code (71 Astana, 75 Almaty, …).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(value_type = String, pattern = "^[1-7][0-9]$", example = "75")]
pub struct RegionCode(u8);

impl RegionCode {
    /// # Errors
    /// [`IdError::NotRegion`] outside 10 to 79.
    pub fn new(code: u8) -> Result<Self, IdError> {
        if (10..=79).contains(&code) { Ok(Self(code)) } else { Err(IdError::NotRegion) }
    }

    /// The two digits as a number.
    #[must_use]
    pub fn number(self) -> u8 {
        self.0
    }
}

impl fmt::Display for RegionCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}", self.0)
    }
}

impl FromStr for RegionCode {
    type Err = IdError;
    fn from_str(s: &str) -> Result<Self, IdError> {
        if s.len() != 2 || !s.bytes().all(|b| b.is_ascii_digit()) {
            return Err(IdError::NotRegion);
        }
        s.parse().map_err(|_| IdError::NotRegion).and_then(Self::new)
    }
}

impl TryFrom<String> for RegionCode {
    type Error = IdError;
    fn try_from(s: String) -> Result<Self, IdError> {
        s.parse()
    }
}

impl From<RegionCode> for String {
    fn from(r: RegionCode) -> Self {
        r.to_string()
    }
}

macro_rules! key_id {
    ($(#[$doc:meta])* $name:ident, $what:literal, $max:literal, $allowed:literal, $ok:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
        #[serde(try_from = "String", into = "String")]
        #[schema(value_type = String)]
        pub struct $name(SmolStr);

        impl $name {
            /// # Errors
            /// [`IdError::NotKey`] when empty, too long or of other characters.
            pub fn new(s: &str) -> Result<Self, IdError> {
                let ok: fn(&str) -> bool = $ok;
                if s.is_empty() || s.chars().count() > $max || !ok(s) {
                    return Err(IdError::NotKey { what: $what, max: $max, allowed: $allowed });
                }
                Ok(Self(s.into()))
            }

            /// The text of the identity.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl FromStr for $name {
            type Err = IdError;
            fn from_str(s: &str) -> Result<Self, IdError> {
                Self::new(s)
            }
        }

        impl TryFrom<String> for $name {
            type Error = IdError;
            fn try_from(s: String) -> Result<Self, IdError> {
                Self::new(&s)
            }
        }

        impl From<$name> for String {
            fn from(k: $name) -> String {
                k.as_str().to_owned()
            }
        }
    };
}

key_id!(
    /// A duty-dispatch service within a region. The bare key of a kind (`ambulance`, `police`, `utilities`) is the main
    /// desk of that kind; a further desk has a word of its own after a hyphen (`utilities-gas`, `telecom-kcell`). Which
    /// kinds exist is data, `domain/service_kinds.csv`; which further desks, each region registers.
    ServiceKey, "service", 32, "a-z and _, with a hyphen and a word of a-z, 0-9 and _ for a further desk", is_service
);
key_id!(
    /// A unit, unique in the whole country: `75-ambulance-12`.
    UnitId, "unit id", 64, "letters, digits, . _ and -",
    |s| s.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '_' | '-'))
);
key_id!(
    /// An incident category, a code of the category table (`building_fire`).
    CategoryCode, "category", 48, "a-z, 0-9 and _",
    is_code
);
key_id!(
    /// What a unit can do (`pump`, `ladder`, `resuscitation`).
    Capability, "capability", 48, "a-z, 0-9 and _",
    is_code
);
key_id!(
    /// A named account of a person, or the account of an agency's system.
    AccountName, "account", 64, "letters, digits, . _ @ and -",
    |s| s.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '@'))
);
key_id!(
    /// The passport of a dangerous facility (`way-28871`): what it is read, changed and taken away under.
    PassportId, "passport", 64, "a-z, 0-9 and -, not beginning with a -",
    |s| !s.starts_with('-') && s.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
);
key_id!(
    /// A district by its nine-digit KATO code.
    DistrictCode, "district code", 9, "digits", |s| s.bytes().all(|b| b.is_ascii_digit())
);

fn is_code(s: &str) -> bool {
    s.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}

/// No dot: a key is one word of a routing key.
fn is_service(s: &str) -> bool {
    let (kind, desk) = s.split_once('-').unwrap_or((s, "main"));
    let is_kind = kind.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
    is_kind && !kind.is_empty() && !desk.is_empty() && is_code(desk)
}

impl ServiceKey {
    /// The key of its kind, which is that of the kind's main desk.
    #[must_use]
    pub fn kind(&self) -> &str {
        self.0.split_once('-').map_or(self.as_str(), |(kind, _)| kind)
    }

    /// The main desk of its kind; itself where it is that.
    #[must_use]
    pub fn main(&self) -> Self {
        Self(self.kind().into())
    }

    /// The word of a further desk; `None` for the main desk of a kind.
    #[must_use]
    pub fn desk(&self) -> Option<&str> {
        self.0.split_once('-').map(|(_, desk)| desk)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_region_code_is_two_digits_from_10_to_79() {
        assert_eq!("75".parse::<RegionCode>().map(RegionCode::number), Ok(75));
        for bad in ["", "7", "750", "07", "99", "ab", "+7"] {
            assert_eq!(bad.parse::<RegionCode>(), Err(IdError::NotRegion), "{bad}");
        }
    }

    #[test]
    fn a_service_key_is_a_kind_or_a_desk_of_a_kind_and_one_word_of_a_routing_key() {
        for (key, kind, desk) in [
            ("air_ambulance", "air_ambulance", None),
            ("utilities-gas", "utilities", Some("gas")),
            ("police-unit_2", "police", Some("unit_2")),
        ] {
            let key = ServiceKey::new(key).unwrap();
            assert_eq!((key.kind(), key.desk(), key.main().as_str()), (kind, desk, kind));
        }
        for bad in ["", "Police", "a b", "скорая", "x.y", "-gas", "utilities-", "utilities-Gas", "a-b-c"]
        {
            assert!(ServiceKey::new(bad).is_err(), "{bad}");
        }
    }
}
