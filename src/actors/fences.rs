//! What positions are judged by, as it is now: made anew when other borders are in force.

use std::sync::{Arc, PoisonError, RwLock};

use super::territories::TerritoryView;
use crate::domain::doubt::DoubtLimits;
use crate::spatial::fence::Fence;

/// The fence around the territory in force, for every service to read.
#[derive(Debug)]
pub struct FenceView {
    territories: Arc<TerritoryView>,
    now: RwLock<Arc<Fence>>,
}

impl FenceView {
    /// Around what is in force now.
    #[must_use]
    pub fn new(territories: Arc<TerritoryView>, limits: DoubtLimits) -> Self {
        let now = RwLock::new(Arc::new(Fence::new(territories.now(), limits)));
        Self { territories, now }
    }

    /// The fence around what is in force.
    #[must_use]
    pub fn now(&self) -> Arc<Fence> {
        let territory = self.territories.now();
        let standing = Arc::clone(&self.now.read().unwrap_or_else(PoisonError::into_inner));
        if std::ptr::eq(standing.territory(), &raw const *territory) {
            return standing;
        }
        let fence = Arc::new(Fence::new(territory, *standing.limits()));
        *self.now.write().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&fence);
        fence
    }
}
