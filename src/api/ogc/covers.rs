//! What collections of what happens cover, kept for a minute: a map does not move for it, and to say it the database reads
//! every card and zone that ever was.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use tokio::sync::Mutex;

use crate::domain::ids::RegionCode;
use crate::interop::ogc::collection::Collection;
use crate::store::database::StoreError;
use crate::store::feature::Cover;

/// So long what was read is told again.
const FRESH: Duration = Duration::from_secs(60);

/// A collection, of all regions or of one.
type Asked = (Collection, Option<RegionCode>);

/// Covers lately read, and when each was.
#[derive(Default)]
pub struct Covers(Mutex<HashMap<Asked, (Instant, Cover)>>);

impl Covers {
    /// What a collection covers: as it was read lately, or as `read` gives it. Who asks while it is read waits for that
    /// reading. That nothing is there yet is not kept: the first card is seen at once.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(super) async fn of(
        &self,
        one: Collection,
        region: Option<RegionCode>,
        read: impl Future<Output = Result<Cover, StoreError>>,
    ) -> Result<Cover, StoreError> {
        let mut kept = self.0.lock().await;
        if let Some((at, cover)) = kept.get(&(one, region))
            && at.elapsed() < FRESH
            && cover.bounds.is_some()
        {
            return Ok(*cover);
        }
        let cover = read.await?;
        kept.insert((one, region), (Instant::now(), cover));
        Ok(cover)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    #[actix_web::test]
    async fn what_was_read_is_told_again_and_that_nothing_is_there_is_not() {
        let (covers, reads) = (Covers::default(), AtomicU32::new(0));
        let ask = async |one, bounds| {
            let read = async {
                reads.fetch_add(1, Ordering::Relaxed);
                Ok(Cover { bounds, since: None })
            };
            covers.of(one, None, read).await.expect("a cover").bounds
        };
        let (here, there) = (Some([70.0, 42.0, 71.0, 43.0]), Some([76.0, 42.0, 77.0, 43.0]));
        assert_eq!(ask(Collection::Incidents, None).await, None);
        assert_eq!(ask(Collection::Incidents, here).await, here, "the first card is seen at once");
        assert_eq!(ask(Collection::Incidents, there).await, here);
        assert_eq!(ask(Collection::Zones, there).await, there, "each its own");
        assert_eq!(reads.load(Ordering::Relaxed), 3);
    }
}
