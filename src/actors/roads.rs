//! The roads as they are now: taken up from the store when an import comes into force, closed and opened within
//! seconds. Readers take a copy of a few pointers and never wait for a preparation.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use deadpool_postgres::Pool;
use tokio::task::{JoinError, JoinHandle};
use tracing::{info, warn};

use super::clock;
use crate::domain::ids::ClosureId;
use crate::domain::region::{ClosedPart, Closure};
use crate::spatial::roads::{Closed, Hierarchy, Network, Roads, Vertex};
use crate::store::append::ReadTable;
use crate::store::database::StoreError;
use crate::store::{read_table, road};

/// How often the store is asked what is closed and what is imported.
const EVERY: Duration = Duration::from_secs(1);
/// Closures read at once.
const PAGE: i64 = 1_000;
/// The most ways that are named one by one.
const NAMED: usize = 20;

/// The roads, for everybody to read.
#[derive(Debug, Default)]
pub struct RoadView {
    now: RwLock<Option<Roads>>,
}

impl RoadView {
    /// The roads as they are now; none before the first import.
    #[must_use]
    pub fn now(&self) -> Option<Roads> {
        self.now.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn show(&self, roads: Option<Roads>) {
        *self.now.write().unwrap_or_else(PoisonError::into_inner) = roads;
    }
}

/// Keeps the view true as long as the process lives.
pub async fn keep(view: Arc<RoadView>, database: Pool) {
    let mut keeper = Keeper {
        view,
        database,
        imports: Vec::new(),
        closures: BTreeMap::new(),
        order: None,
        building: None,
        preparing: None,
    };
    let mut every = actix::clock::interval(EVERY);
    let mut told = false;
    loop {
        every.tick().await;
        match keeper.look().await {
            Ok(()) => told = false,
            // The roads stay as they were: an outage of the store closes none.
            Err(error) if !told => {
                told = true;
                warn!(%error, "the roads cannot be brought up to date; they stay as they were");
            }
            Err(_) => {}
        }
    }
}

/// A network and the imports that it is of; none where these have no roads.
struct Built {
    imports: Vec<i64>,
    network: Option<Arc<Network>>,
}

struct Keeper {
    view: Arc<RoadView>,
    database: Pool,
    imports: Vec<i64>,
    closures: BTreeMap<ClosureId, ClosedPart>,
    /// The order found for the present network.
    order: Option<Arc<Vec<Vertex>>>,
    /// The network of other imports, on its way: closures go on being put into force on the present one.
    building: Option<JoinHandle<Result<Built, StoreError>>>,
    preparing: Option<JoinHandle<(Roads, Hierarchy)>>,
}

impl Keeper {
    async fn look(&mut self) -> Result<(), StoreError> {
        let imports = road::imports(&self.database).await?;
        if imports != self.imports && self.building.is_none() {
            self.building = Some(tokio::spawn(build(self.database.clone(), imports)));
        }
        let closures = self.closed_now().await?;
        let changed = closures != self.closures;
        self.closures = closures;
        if let Some(built) = self.building.take_if(|task| task.is_finished()) {
            self.take_up(built.await).await?;
        } else if changed && let Some(roads) = self.view.now() {
            self.put(roads).await;
        }
        self.take_prepared().await;
        Ok(())
    }

    /// Shows a network that was built, with what is closed now: no road is open for a moment that is not.
    async fn take_up(
        &mut self,
        built: Result<Result<Built, StoreError>, JoinError>,
    ) -> Result<(), StoreError> {
        let built = match built {
            Ok(built) => built?,
            Err(error) => {
                warn!(%error, "the network of roads could not be built; trying again");
                return Ok(());
            }
        };
        self.imports = built.imports;
        self.order = None;
        match built.network {
            Some(network) => self.put(Roads::unprepared(network)).await,
            None => self.view.show(None),
        }
        Ok(())
    }

    async fn closed_now(&self) -> Result<BTreeMap<ClosureId, ClosedPart>, StoreError> {
        let (mut closures, mut after) = (BTreeMap::new(), None::<String>);
        let now = clock::now();
        loop {
            let rows = read_table::page(
                &self.database,
                ReadTable::Closure,
                None,
                Some(true),
                after.as_deref(),
                PAGE,
            )
            .await?;
            for row in &rows {
                let closure: Closure = serde_json::from_str(&row.state)
                    .map_err(|e| StoreError::Row { table: "closure", reason: e.to_string() })?;
                if closure.holds(now) {
                    closures.insert(closure.id, closure.closed);
                }
            }
            match rows.last() {
                Some(last) if i64::try_from(rows.len()).is_ok_and(|n| n == PAGE) => {
                    after = Some(last.id.clone())
                }
                _ => return Ok(closures),
            }
        }
    }

    /// Puts the closures into force on these roads at once, and has them prepared anew.
    async fn put(&mut self, open: Roads) {
        let parts: Vec<ClosedPart> = self.closures.values().cloned().collect();
        let closing = tokio::task::spawn_blocking(move || open.closing(closed(&open, &parts))).await;
        let Ok(roads) = closing else { return };
        info!(closures = self.closures.len(), pieces = roads.closed().count(), "roads are closed or opened");
        self.view.show(Some(roads.clone()));
        self.prepare(roads);
    }

    fn prepare(&mut self, roads: Roads) {
        if self.preparing.is_some() {
            // What is being prepared is out of date; the next follows when it is done.
            return;
        }
        let order = self.order.clone();
        self.preparing = Some(tokio::task::spawn_blocking(move || {
            let begun = Instant::now();
            let hierarchy = roads.prepare(order.as_ref().map(|order| order.as_slice()));
            info!(seconds = begun.elapsed().as_secs_f64(), arcs = hierarchy.arcs(), "the roads are prepared");
            (roads, hierarchy)
        }));
    }

    async fn take_prepared(&mut self) {
        let Some(done) = self.preparing.take_if(|task| task.is_finished()) else { return };
        let (done, now) = (done.await, self.view.now());
        if let Err(error) = &done {
            warn!(%error, "the roads could not be prepared; searches answer more slowly");
        }
        let (Ok((roads, hierarchy)), Some(now)) = (done, now) else { return };
        let same_network = Arc::ptr_eq(roads.network(), now.network());
        if same_network && self.order.is_none() {
            self.order = Some(Arc::new(hierarchy.order()));
        }
        if same_network && roads.closed() == now.closed() {
            self.view.show(Some(now.prepared(Arc::new(hierarchy))));
        } else {
            self.prepare(now);
        }
    }
}

/// Builds the network of the roads in force.
async fn build(database: Pool, imports: Vec<i64>) -> Result<Built, StoreError> {
    let begun = Instant::now();
    let roads = road::all(&database).await?;
    let turns = road::turns(&database).await?;
    if roads.is_empty() {
        return Ok(Built { imports, network: None });
    }
    let built = tokio::task::spawn_blocking(move || Arc::new(Network::new(&roads, &turns))).await;
    // It only fails when the task has panicked: then whoever waits for this one panics and is told.
    let network = built.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()));
    info!(
        pieces = network.pieces().len(),
        islands = network.islands(),
        seconds = begun.elapsed().as_secs_f64(),
        "the roads were taken up"
    );
    let stranded = network.stranded();
    if !stranded.is_empty() {
        // By the numbers of OpenStreetMap, so that they are found and mended there.
        let first: Vec<String> = stranded.iter().take(NAMED).map(ToString::to_string).collect();
        warn!(ways = stranded.len(), first = %first.join(" "), "roads reach nowhere; no way begins or ends on them");
    }
    Ok(Built { imports, network: Some(network) })
}

/// The pieces of road that these closures close.
fn closed(roads: &Roads, parts: &[ClosedPart]) -> Closed {
    let mut closed = Closed::default();
    for part in parts {
        match part {
            ClosedPart::Road { at } => {
                if let Some(nearest) = roads.nearest(*at) {
                    closed.close(nearest.piece);
                }
            }
            ClosedPart::Area { polygon } => closed.close_area(roads.network(), polygon.polygon()),
        }
    }
    closed
}
