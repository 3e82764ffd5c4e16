//! What an agency does with the sequence of an incident: takes each message once and in order.
//!
//! A number below the next expected one is a double; the next is taken; a higher one waits for those before it.
//! After a fault the hub publishes again from the earliest message that it is not sure of, so a missing one comes;
//! if it does not within the agency's patience, the agency goes on and tells the hub of the gap.

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::hash::Hash;
use std::time::Duration;

use tokio::time::Instant;

/// What came of one message.
#[derive(Debug, PartialEq, Eq)]
pub enum Arrival<T> {
    /// It was the next; with it, in order, those that had waited for it.
    Taken(Vec<T>),
    /// It was taken before: to be acknowledged to the broker and forgotten.
    Double(T),
    /// It waits for those before it.
    Waits,
}

/// A gap that outlasted the agency's patience.
#[derive(Debug, PartialEq, Eq)]
pub struct Gap<K, T> {
    /// The incident.
    pub key: K,
    /// The first number missing.
    pub from: u64,
    /// The last number missing.
    pub to: u64,
    /// What waited behind it, in order.
    pub taken: Vec<T>,
}

#[derive(Debug)]
struct Stream<T> {
    next: u64,
    waiting: BTreeMap<u64, (T, Instant)>,
    touched: Instant,
}

/// The sequences of all incidents.
#[derive(Debug)]
pub struct Sequences<K, T> {
    streams: HashMap<K, Stream<T>>,
    patience: Duration,
}

impl<K: Clone + Eq + Hash, T> Sequences<K, T> {
    /// Waits so long for a missing message.
    #[must_use]
    pub fn new(patience: Duration) -> Self {
        Self { streams: HashMap::new(), patience }
    }

    /// A message arrives.
    pub fn arrive(&mut self, key: &K, sequence: u64, message: T, now: Instant) -> Arrival<T> {
        let fresh = || Stream { next: 1, waiting: BTreeMap::new(), touched: now };
        let stream = self.streams.entry(key.clone()).or_insert_with(fresh);
        stream.touched = now;
        if sequence < stream.next {
            return Arrival::Double(message);
        }
        if sequence > stream.next {
            return match stream.waiting.insert(sequence, (message, now)) {
                Some((earlier, _)) => Arrival::Double(earlier),
                None => Arrival::Waits,
            };
        }
        stream.next += 1;
        // A copy that waited is the same message.
        stream.waiting.remove(&sequence);
        let mut taken = vec![message];
        taken.append(&mut stream.release());
        Arrival::Taken(taken)
    }

    /// Which number of each comes next.
    pub fn expected(&self) -> impl Iterator<Item = (&K, u64)> {
        self.streams.iter().map(|(key, stream)| (key, stream.next))
    }

    /// Goes on from a number that was kept.
    pub fn expect(&mut self, key: K, next: u64, now: Instant) {
        self.streams.insert(key, Stream { next, waiting: BTreeMap::new(), touched: now });
    }

    /// Gives up waiting where it has lasted too long.
    pub fn give_up(&mut self, now: Instant) -> Vec<Gap<K, T>> {
        let patience = self.patience;
        let mut gaps = Vec::new();
        for (key, stream) in &mut self.streams {
            let Some((&first, (_, since))) = stream.waiting.first_key_value() else { continue };
            if now.duration_since(*since) < patience {
                continue;
            }
            let (from, to) = (stream.next, first - 1);
            stream.next = first;
            gaps.push(Gap { key: key.clone(), from, to, taken: stream.release() });
        }
        gaps
    }

    /// Forgets what waits: over a new connection the broker gives it again.
    pub fn reconnect(&mut self) {
        self.streams.values_mut().for_each(|s| s.waiting.clear());
    }

    /// Forgets incidents of which nothing was heard for so long, and gives how many are still known.
    pub fn forget(&mut self, unheard: Duration, now: Instant) -> usize {
        self.streams.retain(|_, s| !s.waiting.is_empty() || now.duration_since(s.touched) < unheard);
        self.streams.len()
    }
}

impl<T> Stream<T> {
    fn release(&mut self) -> Vec<T> {
        let mut released = Vec::new();
        while let Some((message, _)) = self.waiting.remove(&self.next) {
            released.push(message);
            self.next += 1;
        }
        released
    }
}

/// The last messages seen, for those outside any sequence.
#[derive(Debug)]
pub struct Seen<K> {
    known: HashSet<K>,
    order: VecDeque<K>,
    most: usize,
}

impl<K: Clone + Eq + Hash> Seen<K> {
    /// Remembers so many.
    #[must_use]
    pub fn new(most: usize) -> Self {
        Self { known: HashSet::new(), order: VecDeque::new(), most }
    }

    /// Whether this is the first time.
    pub fn first(&mut self, key: &K) -> bool {
        if !self.known.insert(key.clone()) {
            return false;
        }
        self.order.push_back(key.clone());
        if self.order.len() > self.most
            && let Some(old) = self.order.pop_front()
        {
            self.known.remove(&old);
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// The relay's promise: after any break it repeats, in order, from its earliest unconfirmed message on, and
        /// confirmed is only what arrived.
        #[test]
        fn whatever_the_relay_repeats_is_taken_once_and_in_order(
            rounds in prop::collection::vec((1_usize..12, prop::collection::vec(prop::bool::ANY, 12), 0_usize..12), 0..12)
        ) {
            let mut wire: Vec<u64> = Vec::new();
            let mut unconfirmed = 0;
            for (published, arrives, confirmed) in rounds {
                let window: Vec<u64> = (unconfirmed..30).take(published).collect();
                let arrived: Vec<bool> = window.iter().zip(&arrives).map(|(_, a)| *a).collect();
                wire.extend(window.iter().zip(&arrived).filter(|(_, a)| **a).map(|(n, _)| *n));
                let whole = arrived.iter().take_while(|a| **a).count();
                unconfirmed += whole.min(confirmed) as u64;
            }
            wire.extend(unconfirmed..30);
            let mut sequences = Sequences::new(Duration::from_secs(5));
            let now = Instant::now();
            let mut taken = Vec::new();
            for n in wire {
                if let Arrival::Taken(mut messages) = sequences.arrive(&"incident", n + 1, n, now) {
                    taken.append(&mut messages);
                }
            }
            prop_assert_eq!(taken, (0..30).collect::<Vec<_>>());
        }
    }

    #[test]
    fn a_gap_is_waited_for_and_then_told() {
        let mut sequences = Sequences::new(Duration::from_secs(5));
        let now = Instant::now();
        assert_eq!(sequences.arrive(&1, 1, "a", now), Arrival::Taken(vec!["a"]));
        assert_eq!(sequences.arrive(&1, 1, "a", now), Arrival::Double("a"));
        assert_eq!(sequences.arrive(&1, 4, "d", now), Arrival::Waits);
        assert_eq!(sequences.give_up(now + Duration::from_secs(4)), vec![]);
        let gaps = sequences.give_up(now + Duration::from_secs(5));
        assert_eq!(gaps, vec![Gap { key: 1, from: 2, to: 3, taken: vec!["d"] }]);
        assert_eq!(sequences.arrive(&1, 2, "b", now), Arrival::Double("b"), "too late");
        assert_eq!(sequences.arrive(&1, 5, "e", now), Arrival::Taken(vec!["e"]));
    }

    #[test]
    fn who_starts_again_from_what_was_kept_sees_no_gap_and_no_double() {
        let now = Instant::now();
        let mut before = Sequences::new(Duration::from_secs(5));
        assert_eq!(before.arrive(&1, 1, "a", now), Arrival::Taken(vec!["a"]));
        let kept: Vec<(i32, u64)> = before.expected().map(|(key, next)| (*key, next)).collect();
        let mut after = Sequences::new(Duration::from_secs(5));
        kept.into_iter().for_each(|(key, next)| after.expect(key, next, now));
        assert_eq!(after.arrive(&1, 1, "a", now), Arrival::Double("a"));
        assert_eq!(after.arrive(&1, 2, "b", now), Arrival::Taken(vec!["b"]));
    }

    #[test]
    fn the_oldest_seen_is_forgotten_first() {
        let mut seen = Seen::new(2);
        assert!(seen.first(&1) && seen.first(&2) && !seen.first(&1) && seen.first(&3));
        assert!(seen.first(&1) && !seen.first(&3));
    }
}
