//! The gazetteer as it is now: made anew when an import comes into force, while the one before still answers.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use deadpool_postgres::Pool;
use tracing::{info, warn};

use crate::spatial::gazetteer::{Builder, Gazetteer};
use crate::store::database::StoreError;
use crate::store::{land, road};

/// How often the store is asked what is imported.
const EVERY: Duration = Duration::from_secs(5);

/// The gazetteer, for everybody to read.
#[derive(Debug, Default)]
pub struct GazetteerView {
    now: RwLock<Arc<Gazetteer>>,
}

impl GazetteerView {
    /// As it is now; empty before the first import.
    #[must_use]
    pub fn now(&self) -> Arc<Gazetteer> {
        Arc::clone(&self.now.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn show(&self, gazetteer: Gazetteer) {
        *self.now.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(gazetteer);
    }
}

/// Keeps the view true as long as the process lives.
pub async fn keep(view: Arc<GazetteerView>, database: Pool) {
    let mut every = actix::clock::interval(EVERY);
    let mut of = Vec::new();
    let mut told = false;
    loop {
        every.tick().await;
        match take_up(&view, &database, &of).await {
            Ok(imports) => (of, told) = (imports, false),
            // What was known stays known: an outage of the store takes no name away.
            Err(error) if !told => {
                told = true;
                warn!(%error, "the gazetteer cannot be brought up to date; it stays as it was");
            }
            Err(_) => {}
        }
    }
}

/// Makes the gazetteer of the imports in force, unless it is made of them already.
async fn take_up(view: &GazetteerView, database: &Pool, of: &[i64]) -> Result<Vec<i64>, StoreError> {
    let imports = road::imports(database).await?;
    if imports == of {
        return Ok(imports);
    }
    let begun = Instant::now();
    let places = land::places(database).await?;
    let roads = land::named_roads(database).await?;
    let addresses = land::addresses(database).await?;
    let objects = land::objects(database).await?;
    let covers = land::named_covers(database).await?;
    let made = tokio::task::spawn_blocking(move || {
        let mut builder = Builder::default();
        places.iter().for_each(|place| builder.place(place));
        roads.iter().for_each(|road| builder.road(road));
        addresses.iter().for_each(|address| builder.address(address));
        objects.iter().for_each(|object| builder.object(object));
        covers.iter().for_each(|(names, point)| builder.cover(names, *point));
        builder.finish()
    })
    .await;
    let Ok(gazetteer) = made else { return Ok(of.to_vec()) };
    let extent = gazetteer.extent();
    info!(
        things = extent.entries,
        names = extent.names,
        houses = extent.houses,
        seconds = begun.elapsed().as_secs_f64(),
        "the gazetteer was made"
    );
    view.show(gazetteer);
    Ok(imports)
}
