//! What people look at and no event of the journal tells: how far messages got, whether agencies are there, and what is
//! kept beside the journal. Who looks at it is told that it changed, not how, and reads it again; a change that nobody
//! heard of is found at the next reading all the same, so nothing of this has to be kept or resumed.

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant;

use crate::domain::ids::RegionCode;

/// What changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Matter {
    /// How far messages got with their recipients.
    Deliveries,
    /// By which way agencies are reached, and whether they are there.
    Links,
    /// Perimeters of water and fire.
    HazardLayers,
    /// Passports of dangerous facilities.
    Passports,
}

impl Matter {
    /// Its word in the feed.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Deliveries => "deliveries",
            Self::Links => "links",
            Self::HazardLayers => "hazard_layers",
            Self::Passports => "passports",
        }
    }
}

/// How soon one who listens is told again: acknowledgements come by hundreds a second, and each telling is a reading.
const AGAIN_AFTER: Duration = Duration::from_millis(250);

type Counts = BTreeMap<(RegionCode, Matter), u64>;

/// How often what has changed. Cheap to clone; never waits.
#[derive(Debug, Clone, Default)]
pub struct Stirred(watch::Sender<Counts>);

impl Stirred {
    /// Something of these regions has changed, durably.
    pub fn tell(&self, regions: impl IntoIterator<Item = RegionCode>, matter: Matter) {
        self.0.send_modify(|counts| {
            for region in regions {
                *counts.entry((region, matter)).or_default() += 1;
            }
        });
    }

    /// Hears of what changes from now on.
    #[must_use]
    pub fn listen(&self) -> Listener {
        let mut counts = self.0.subscribe();
        let seen = counts.borrow_and_update().clone();
        Listener { counts, seen, next: Instant::now() }
    }
}

/// One who listens.
#[derive(Debug)]
pub struct Listener {
    counts: watch::Receiver<Counts>,
    seen: Counts,
    next: Instant,
}

impl Listener {
    /// Waits until something has changed, and gives all that has since the last time; nothing when nobody is left who
    /// could tell. May be dropped and called again: nothing is lost.
    pub async fn changed(&mut self) -> Vec<(RegionCode, Matter)> {
        tokio::time::sleep_until(self.next).await;
        if self.counts.changed().await.is_err() {
            return Vec::new();
        }
        self.next = Instant::now() + AGAIN_AFTER;
        let now = self.counts.borrow_and_update().clone();
        let grown = now.iter().filter(|(what, count)| self.seen.get(what) != Some(count));
        let grown = grown.map(|(what, _)| *what).collect();
        self.seen = now;
        grown
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn region(code: &str) -> RegionCode {
        code.parse().expect("a region")
    }

    #[tokio::test]
    async fn a_wave_is_told_once_and_nothing_of_it_is_missing() {
        let stirred = Stirred::default();
        stirred.tell([region("75")], Matter::Links);
        let mut listener = stirred.listen();
        for _ in 0..1_000 {
            stirred.tell([region("75")], Matter::Deliveries);
        }
        assert_eq!(listener.changed().await, [(region("75"), Matter::Deliveries)]);
        stirred.tell([region("19"), region("75")], Matter::Links);
        stirred.tell([region("19")], Matter::Links);
        // Whoever stops waiting in the middle of it hears of it the next time.
        assert!(tokio::time::timeout(AGAIN_AFTER / 2, listener.changed()).await.is_err());
        assert_eq!(listener.changed().await, [(region("19"), Matter::Links), (region("75"), Matter::Links)]);
        assert!(tokio::time::timeout(AGAIN_AFTER * 2, listener.changed()).await.is_err());
    }
}
