//! One at a time: work that is told to begin again while it is under way is done once more after it, not beside it.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// What is under way, and whether it is to be done once more.
#[derive(Debug)]
pub(super) struct Turns<K>(Mutex<HashMap<K, bool>>);

/// Work under way: dropped in the middle, it is under way no more.
struct Turn<'a, K: Eq + Hash> {
    turns: &'a Turns<K>,
    key: Option<K>,
}

impl<K> Default for Turns<K> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: Eq + Hash + Clone> Turns<K> {
    /// Does the work, unless it is under way: then that is done once more when it ends, for it may have looked before
    /// what this was called for. Returns at once in that case.
    pub(super) async fn take<F: Future<Output = ()>>(&self, key: K, work: impl Fn() -> F) {
        {
            let mut under_way = self.under_way();
            if let Some(again) = under_way.get_mut(&key) {
                *again = true;
                return;
            }
            under_way.insert(key.clone(), false);
        }
        let mut turn = Turn { turns: self, key: Some(key) };
        loop {
            work().await;
            if !turn.goes_on() {
                return;
            }
        }
    }
}

impl<K: Eq + Hash> Turns<K> {
    fn under_way(&self) -> MutexGuard<'_, HashMap<K, bool>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K: Eq + Hash> Turn<'_, K> {
    /// Whether it is to be done once more; it has ended if not.
    fn goes_on(&mut self) -> bool {
        let mut under_way = self.turns.under_way();
        let Some(key) = &self.key else { return false };
        if let Some(again) = under_way.get_mut(key)
            && *again
        {
            *again = false;
            return true;
        }
        under_way.remove(key);
        self.key = None;
        false
    }
}

impl<K: Eq + Hash> Drop for Turn<'_, K> {
    fn drop(&mut self) {
        if let Some(key) = self.key.take() {
            self.turns.under_way().remove(&key);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use futures_util::FutureExt;
    use tokio::sync::Semaphore;

    use super::*;

    #[test]
    fn what_is_begun_again_while_it_is_under_way_is_done_once_more_and_not_beside_it() {
        let turns = Turns::default();
        let (gate, done) = (Semaphore::new(0), Cell::new(0));
        let work = || async {
            gate.acquire().await.expect("open").forget();
            done.set(done.get() + 1);
        };
        let mut first = Box::pin(turns.take("a", work));
        assert!(first.as_mut().now_or_never().is_none());
        for _ in 0..3 {
            assert!(turns.take("a", work).now_or_never().is_some(), "left to the one under way");
        }
        gate.add_permits(1);
        assert!(first.as_mut().now_or_never().is_none(), "once more");
        gate.add_permits(1);
        assert!(first.now_or_never().is_some());
        assert_eq!(done.get(), 2, "three who came meanwhile are served by one more");
    }

    #[test]
    fn other_work_is_done_beside_it_and_what_was_given_up_may_be_begun_anew() {
        let turns = Turns::default();
        let waits = || std::future::pending::<()>();
        let mut first = Box::pin(turns.take(1, waits));
        assert!(first.as_mut().now_or_never().is_none());
        let other = Cell::new(false);
        let at_once = || async { other.set(true) };
        assert!(turns.take(2, at_once).now_or_never().is_some());
        assert!(other.replace(false));
        drop(first);
        assert!(turns.take(1, at_once).now_or_never().is_some());
        assert!(other.get());
    }
}
