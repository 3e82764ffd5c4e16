//! How long is kept what is kept for a time only.

use jiff::SignedDuration;
use serde::Deserialize;

use super::ConfigError;

/// How long what is no record is kept. The journal and the deliveries are records, and are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Retention {
    /// Days for which the text of a dead letter is kept after a person has discarded, mended or sent it again; who did what
    /// and why stays. Default 1095, three years, as looks at personal data; at least 365: records of telephone messages are
    /// kept a year (R445 Annex 6).
    pub dead_letter_days: u16,
}

impl Default for Retention {
    fn default() -> Self {
        Self { dead_letter_days: 1_095 }
    }
}

impl Retention {
    /// The same as a length of time.
    #[must_use]
    pub fn dead_letters(self) -> SignedDuration {
        SignedDuration::from_hours(24 * i64::from(self.dead_letter_days))
    }

    /// What the types alone cannot say.
    pub(super) fn check(self) -> Result<(), ConfigError> {
        if self.dead_letter_days < 365 {
            let why = "must be 365 or more: records of telephone messages are kept a year".to_owned();
            return Err(ConfigError::Value { key: "retention.dead_letter_days", why });
        }
        Ok(())
    }
}
