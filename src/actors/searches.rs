//! Searches over the roads, on threads of their own.
//!
//! Prepared roads answer in a millisecond; for some seconds or minutes after an import or a closure a search walks through
//! the whole network instead. On a thread that takes messages it would hold up the next call, so no search runs there; and
//! few run at once, so that they leave the processor to intake. Who should go never waits for a picture of a way, nor that
//! for what a whole service covers.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;

use super::region_hub::OrderError;

/// What a search is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SearchFor {
    /// Who should go.
    Recommendation,
    /// The ways of units to an incident.
    Ways,
    /// Who is reached in time.
    Coverage,
}

/// Recommendations worked out at once.
const RECOMMENDATIONS: usize = 2;
/// Who has waited so long for others' searches is told to ask again.
const LONGEST_WAIT: Duration = Duration::from_secs(10);

/// The searches under way.
#[derive(Debug)]
pub struct Searches {
    recommendations: Arc<Semaphore>,
    ways: Arc<Semaphore>,
    coverage: Arc<Semaphore>,
    longest_wait: Duration,
}

impl Default for Searches {
    fn default() -> Self {
        let places = |places| Arc::new(Semaphore::new(places));
        Self {
            recommendations: places(RECOMMENDATIONS),
            ways: places(1),
            coverage: places(1),
            longest_wait: LONGEST_WAIT,
        }
    }
}

impl Searches {
    /// Runs a search, after those of its kind that came before. One that nobody waits for any more is still counted until
    /// it ends: people who ask again and again do not make more of them.
    ///
    /// # Errors
    /// [`OrderError::Busy`] when its turn does not come; [`OrderError::Failed`] when it panics.
    pub async fn run<T: Send + 'static>(
        &self,
        purpose: SearchFor,
        search: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, OrderError> {
        let places = match purpose {
            SearchFor::Recommendation => &self.recommendations,
            SearchFor::Ways => &self.ways,
            SearchFor::Coverage => &self.coverage,
        };
        let turn = tokio::time::timeout(self.longest_wait, Arc::clone(places).acquire_owned()).await;
        let Ok(Ok(place)) = turn else { return Err(OrderError::Busy) };
        let found = tokio::task::spawn_blocking(move || {
            let found = search();
            drop(place);
            found
        });
        found.await.map_err(|_| OrderError::Failed)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;

    use super::*;

    #[tokio::test]
    async fn a_long_search_holds_up_its_own_kind_alone_and_not_the_thread_that_asks() {
        let soon = Duration::from_millis(20);
        let searches = Arc::new(Searches { longest_wait: soon, ..Searches::default() });
        let (go, gone) = channel::<()>();
        let (begun, begins) = tokio::sync::oneshot::channel();
        let long = tokio::spawn({
            let searches = Arc::clone(&searches);
            async move {
                searches
                    .run(SearchFor::Ways, move || {
                        let _ = begun.send(std::thread::current().id());
                        gone.recv().expect("it is let go");
                    })
                    .await
            }
        });
        // This thread is the only one of the runtime: it hears of the search while that goes on.
        let thread = begins.await.expect("it runs");
        assert_ne!(thread, std::thread::current().id());
        assert_eq!(searches.run(SearchFor::Recommendation, || 1).await.expect("it has its own turn"), 1);
        assert_eq!(searches.run(SearchFor::Coverage, || 2).await.expect("it has its own turn"), 2);
        // Whoever asked has gone; the search has not.
        long.abort();
        assert!(matches!(searches.run(SearchFor::Ways, || 3).await, Err(OrderError::Busy)));
        go.send(()).expect("it waits");
        let patient = Searches { ways: Arc::clone(&searches.ways), ..Searches::default() };
        assert_eq!(patient.run(SearchFor::Ways, || 4).await.expect("its turn has come"), 4);
    }

    #[tokio::test]
    async fn a_search_that_panics_gives_its_place_back() {
        let searches = Searches::default();
        for _ in 0..3 {
            let fails = searches.run(SearchFor::Coverage, || panic!("a fault"));
            assert!(matches!(fails.await, Err(OrderError::Failed)));
        }
        assert_eq!(searches.run(SearchFor::Coverage, || 5).await.expect("a place is free"), 5);
    }
}
