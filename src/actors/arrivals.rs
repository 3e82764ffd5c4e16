//! To which region each message id lately came. A message belongs to one region; the same id at another region's hub would
//! be another message in its place, or the same call twice.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::domain::ids::{MessageId, RegionCode};

/// Ids of a generation. The newer generation becomes the older one when it is full: at least so many are known. What is
/// older stands in the table of messages, which takes no id for two regions.
const GENERATION: usize = 100_000;

/// Ids and their regions, of this process.
#[derive(Debug, Default)]
pub struct Arrivals {
    known: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    newer: HashMap<MessageId, RegionCode>,
    older: HashMap<MessageId, RegionCode>,
}

impl Arrivals {
    /// A message is about to be given to a region's hub. The other region to which its id came before, if any.
    pub fn claim(&self, message: MessageId, region: RegionCode) -> Option<RegionCode> {
        let mut known = self.known();
        let holder = known.newer.get(&message).or_else(|| known.older.get(&message)).copied();
        if holder.is_none() {
            if known.newer.len() >= GENERATION {
                known.older = std::mem::take(&mut known.newer);
            }
            known.newer.insert(message, region);
        }
        holder.filter(|holder| *holder != region)
    }

    /// The region's hub did not take it: its sender may give it to another.
    pub fn release(&self, message: MessageId, region: RegionCode) {
        let mut known = self.known();
        let Known { newer, older } = &mut *known;
        for ids in [newer, older] {
            if ids.get(&message) == Some(&region) {
                ids.remove(&message);
            }
        }
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_belongs_to_the_region_that_took_it_first_and_to_nobody_once_that_did_not() {
        let arrivals = Arrivals::default();
        let id = MessageId(uuid::Uuid::from_u128(1));
        let (almaty, astana) = ("75".parse().unwrap(), "71".parse().unwrap());
        assert_eq!(arrivals.claim(id, almaty), None);
        assert_eq!(arrivals.claim(id, almaty), None, "once more");
        assert_eq!(arrivals.claim(id, astana), Some(almaty));
        arrivals.release(id, astana);
        assert_eq!(arrivals.claim(id, astana), Some(almaty), "it never was Astana's");
        arrivals.release(id, almaty);
        assert_eq!(arrivals.claim(id, astana), None);
    }
}
