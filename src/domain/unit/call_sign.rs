//! The name a unit answers to on the air.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Why a text is no call sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a call sign has 1 to 40 characters, none of them control characters, and no blank at either end")]
pub struct NotACallSign;

/// The name a unit answers to on the air.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(value_type = String, min_length = 1, max_length = 40, example = "Жедел-12")]
pub struct CallSign(Arc<str>);

impl CallSign {
    /// # Errors
    /// [`NotACallSign`] when empty, too long, padded with blanks or with control characters.
    pub fn new(s: &str) -> Result<Self, NotACallSign> {
        let fits = !s.is_empty() && s.trim() == s && s.chars().count() <= 40;
        if fits && !s.chars().any(char::is_control) { Ok(Self(s.into())) } else { Err(NotACallSign) }
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for CallSign {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for CallSign {
    type Error = NotACallSign;
    fn try_from(s: String) -> Result<Self, NotACallSign> {
        Self::new(&s)
    }
}

impl From<CallSign> for String {
    fn from(c: CallSign) -> Self {
        c.0.as_ref().to_owned()
    }
}
