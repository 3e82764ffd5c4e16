//! The key of an HTTP request on its way to the journal: the answer becomes durable together with what caused it,
//! so that no crash can come between the two.

use bytes::Bytes;

use crate::domain::region::Answer;
use crate::store::append::Idempotency;

/// Status and body of an HTTP answer.
pub type Reply = (u16, Bytes);

/// An `Idempotency-Key` with what is needed to keep the answer.
#[derive(Debug, Clone)]
pub struct Keyed {
    /// Whose key.
    pub account: String,
    /// The key as sent.
    pub key: String,
    /// A digest of method, path and body.
    pub fingerprint: Vec<u8>,
    /// The answer that follows from what was decided and from the card as it is then.
    pub answer: fn(&Answer, Option<&str>) -> Reply,
}

impl Keyed {
    /// The row that is committed with the effect.
    #[must_use]
    pub fn row(self, answer: &Answer, card: Option<&str>) -> Idempotency {
        let (status, body) = (self.answer)(answer, card);
        Idempotency { account: self.account, key: self.key, fingerprint: self.fingerprint, status, body }
    }
}
