//! What the broker has given and not got back. It gives no more than the prefetch; where one sender's messages have taken
//! these places, for what they want cannot take them, the others need further ones.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// So many times the prefetch may be held in all: what one sender cannot get rid of is bounded too.
const MOST_WINDOWS: usize = 8;

/// A count that its places keep.
type Count = Arc<AtomicUsize>;

/// A message that is held; given back when dropped.
#[derive(Debug)]
pub(super) struct Place([Count; 3]);

impl Drop for Place {
    fn drop(&mut self) {
        for count in &self.0 {
            count.fetch_sub(1, Ordering::Relaxed);
        }
    }
}

/// The places of one channel.
#[derive(Debug)]
pub(super) struct Window {
    prefetch: usize,
    /// Held of what the present consumer was given.
    now: Count,
    all: Count,
    senders: HashMap<String, Count>,
}

impl Window {
    pub fn new(prefetch: u16) -> Self {
        Self {
            prefetch: usize::from(prefetch),
            now: Count::default(),
            all: Count::default(),
            senders: HashMap::new(),
        }
    }

    /// A message of a sender has come.
    pub fn take(&mut self, sender: &str) -> Place {
        let of_sender = match self.senders.get(sender) {
            Some(count) => Arc::clone(count),
            None => Arc::clone(self.senders.entry(sender.to_owned()).or_default()),
        };
        let place = Place([Arc::clone(&self.now), Arc::clone(&self.all), of_sender]);
        for count in &place.0 {
            count.fetch_add(1, Ordering::Relaxed);
        }
        place
    }

    /// The sender that holds half of the places while none is left, and others may have some more.
    pub fn blocked_by(&self) -> Option<&str> {
        let full = held(&self.now) >= self.prefetch && held(&self.all) < MOST_WINDOWS * self.prefetch;
        let (sender, most) = self.senders.iter().max_by_key(|(_, count)| held(count))?;
        (full && 2 * held(most) >= self.prefetch).then_some(sender)
    }

    /// A consumer with places of its own goes on.
    pub fn renew(&mut self) {
        self.now = Count::default();
    }
}

fn held(count: &Count) -> usize {
    count.load(Ordering::Relaxed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn others_get_places_while_one_holds_them_and_not_without_end() {
        let mut window = Window::new(4);
        let mut kept: Vec<Place> = (0..3).map(|_| window.take("75.ambulance")).collect();
        assert_eq!(window.blocked_by(), None, "a place is left");
        let other = window.take("75.police");
        assert_eq!(window.blocked_by(), Some("75.ambulance"));
        drop(other);
        assert_eq!(window.blocked_by(), None);
        while kept.len() < 4 * MOST_WINDOWS {
            kept.push(window.take("75.ambulance"));
            if kept.len() < 4 * MOST_WINDOWS && window.blocked_by().is_some() {
                window.renew();
            }
        }
        assert_eq!(window.blocked_by(), None, "what one holds is bounded");
        kept.clear();
        let many: Vec<Place> = (0..4).map(|n| window.take(&n.to_string())).collect();
        assert_eq!((many.len(), window.blocked_by()), (4, None), "each of many has its share");
    }
}
