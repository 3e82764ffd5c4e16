//! The hash chain of a stream: each event's digest takes in the one before it, so that a changed, lost or added
//! event breaks every digest after it.

use jiff::Timestamp;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::append::{NewEvent, StoredEvent};

/// A SHA-256 digest.
pub type Hash = [u8; 32];

/// What stands before the first event of a stream.
pub const GENESIS: Hash = [0; 32];

/// What the digest of an event is taken of.
#[derive(Debug, Clone, Copy)]
pub struct Link<'a> {
    /// The stream's name.
    pub stream: &'a str,
    /// The event's place in it.
    pub seq: u64,
    /// When it was decided.
    pub at: Timestamp,
    /// Its type.
    pub kind: &'a str,
    /// Who decided.
    pub by: &'a str,
    /// The `traceparent`, if any.
    pub trace: Option<&'a str>,
    /// The incident, if any.
    pub about: Option<Uuid>,
    /// Its text.
    pub body: &'a str,
}

impl<'a> Link<'a> {
    /// Of an event about to be written.
    #[must_use]
    pub fn of_new(stream: &'a str, seq: u64, event: &'a NewEvent) -> Self {
        Self {
            stream,
            seq,
            at: event.at,
            kind: &event.kind,
            by: &event.by,
            trace: event.trace.as_deref(),
            about: event.about,
            body: &event.body,
        }
    }

    /// Of an event of the journal.
    #[must_use]
    pub fn of_stored(stream: &'a str, event: &'a StoredEvent) -> Self {
        Self {
            stream,
            seq: event.seq,
            at: event.at,
            kind: &event.kind,
            by: &event.by,
            trace: event.trace.as_deref(),
            about: event.about,
            body: &event.body,
        }
    }

    /// SHA-256 over the previous digest and every field, each text with its length before it, so that no two
    /// different events have the same bytes. Times count in microseconds, as PostgreSQL keeps them.
    #[must_use]
    pub fn hash(&self, previous: &Hash) -> Hash {
        let mut sha = Sha256::new();
        sha.update(previous);
        text(&mut sha, self.stream);
        sha.update(self.seq.to_be_bytes());
        sha.update(microseconds(self.at).as_microsecond().to_be_bytes());
        text(&mut sha, self.kind);
        text(&mut sha, self.by);
        sha.update([u8::from(self.trace.is_some())]);
        text(&mut sha, self.trace.unwrap_or_default());
        sha.update([u8::from(self.about.is_some())]);
        sha.update(self.about.unwrap_or_default().as_bytes());
        text(&mut sha, self.body);
        sha.finalize().into()
    }
}

fn text(sha: &mut Sha256, text: &str) {
    sha.update((text.len() as u64).to_be_bytes());
    sha.update(text.as_bytes());
}

/// The time without what is finer than a microsecond.
#[must_use]
pub fn microseconds(at: Timestamp) -> Timestamp {
    Timestamp::from_microsecond(at.as_microsecond()).unwrap_or(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINK: Link<'static> = Link {
        stream: "region/75",
        seq: 7,
        at: Timestamp::UNIX_EPOCH,
        kind: "noted",
        by: "hub",
        trace: None,
        about: None,
        body: "{}",
    };

    #[test]
    fn every_field_of_an_event_and_the_digest_before_it_change_its_digest() {
        let later = Timestamp::from_microsecond(1).expect("a microsecond");
        let variants = [
            LINK,
            Link { stream: "region/71", ..LINK },
            Link { seq: 8, ..LINK },
            Link { at: later, ..LINK },
            Link { kind: "note", ..LINK },
            Link { by: "dhub", ..LINK },
            Link { trace: Some(""), ..LINK },
            Link { trace: Some("x"), ..LINK },
            Link { about: Some(Uuid::nil()), ..LINK },
            Link { about: Some(Uuid::max()), ..LINK },
            Link { body: "{ }", ..LINK },
            // The same letters, cut elsewhere.
            Link { kind: "notedh", by: "ub", ..LINK },
        ];
        let mut digests: Vec<Hash> = variants.iter().map(|link| link.hash(&GENESIS)).collect();
        digests.push(LINK.hash(&[1; 32]));
        let distinct: std::collections::HashSet<_> = digests.iter().collect();
        assert_eq!(distinct.len(), digests.len());
    }

    #[test]
    fn what_is_finer_than_a_microsecond_does_not_count() {
        let finer = Timestamp::from_nanosecond(1_999).expect("nanoseconds");
        let cut = Timestamp::from_microsecond(1).expect("a microsecond");
        let digest = |at| Link { at, ..LINK }.hash(&GENESIS);
        assert_eq!(digest(finer), digest(cut));
    }
}
