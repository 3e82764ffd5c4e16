//! Where people live, as it is now: made anew when an import comes into force and the roads of it are there.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use deadpool_postgres::Pool;
use tracing::{info, warn};

use super::roads::RoadView;
use super::territories::TerritoryView;
use crate::spatial::demand::Demand;
use crate::spatial::roads::Network;
use crate::store::database::StoreError;
use crate::store::{land, road};

/// How often the store is asked what is imported.
const EVERY: Duration = Duration::from_secs(5);

/// A count of people with what it stands on.
#[derive(Debug)]
struct Counted {
    network: Arc<Network>,
    /// Which borders.
    borders: u64,
    demand: Arc<Demand>,
}

/// Where people live, for everybody to read.
#[derive(Debug, Default)]
pub struct DemandView {
    now: RwLock<Option<Counted>>,
}

impl DemandView {
    /// As it is now, with the roads that its cells stand on; none before the first import.
    #[must_use]
    pub fn now(&self) -> Option<(Arc<Network>, Arc<Demand>)> {
        let now = self.now.read().unwrap_or_else(PoisonError::into_inner);
        now.as_ref().map(|counted| (Arc::clone(&counted.network), Arc::clone(&counted.demand)))
    }

    /// Whether the count stands on these roads and borders.
    fn stands_on(&self, network: &Arc<Network>, borders: u64) -> bool {
        let now = self.now.read().unwrap_or_else(PoisonError::into_inner);
        now.as_ref()
            .is_some_and(|counted| Arc::ptr_eq(&counted.network, network) && counted.borders == borders)
    }
}

/// Keeps the view true as long as the process lives.
pub async fn keep(
    view: Arc<DemandView>,
    database: Pool,
    roads: Arc<RoadView>,
    territories: Arc<TerritoryView>,
) {
    let mut every = actix::clock::interval(EVERY);
    let mut told = false;
    loop {
        every.tick().await;
        match take_up(&view, &database, &roads, &territories).await {
            Ok(()) => told = false,
            Err(error) if !told => {
                told = true;
                warn!(%error, "where people live cannot be brought up to date; it stays as it was");
            }
            Err(_) => {}
        }
    }
}

/// Counts anew when the roads or the borders are others than those that the cells stand on.
async fn take_up(
    view: &DemandView,
    database: &Pool,
    roads: &RoadView,
    territories: &TerritoryView,
) -> Result<(), StoreError> {
    let Some(now) = roads.now() else { return Ok(()) };
    let borders = territories.version();
    if view.stands_on(now.network(), borders) {
        return Ok(());
    }
    let begun = Instant::now();
    let imports = road::imports(database).await?;
    let places = land::places(database).await?;
    let houses = land::houses(database).await?;
    if road::imports(database).await? != imports {
        // Another import came into force meanwhile: its roads come too, and then both are counted together.
        return Ok(());
    }
    let network = Arc::clone(now.network());
    let territory = territories.now();
    let made = tokio::task::spawn_blocking(move || Demand::new(&places, houses, &territory, &now)).await;
    let Ok(demand) = made else { return Ok(()) };
    info!(basis = ?demand.basis(), seconds = begun.elapsed().as_secs_f64(), "where people live was counted");
    *view.now.write().unwrap_or_else(PoisonError::into_inner) =
        Some(Counted { network, borders, demand: Arc::new(demand) });
    Ok(())
}
