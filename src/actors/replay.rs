//! The journal folded into the state again: the same events, the same `apply`, the same rows.

use std::time::Duration;

use deadpool_postgres::Pool;
use jiff::Timestamp;

use super::load;
use crate::domain::event::RegionEvent;
use crate::domain::ids::RegionCode;
use crate::domain::region::{RegionSettings, RegionState};
use crate::domain::service::{ServiceEvent, ServiceState};
use crate::store::append::StoredEvent;
use crate::store::database::StoreError;
use crate::store::lease::{self, Claim};
use crate::store::stream::Stream;
use crate::store::verify::{self, Progress, Projector, Replay, Verdict};
use crate::store::{append::Epoch, journal};

/// Events read at once.
const PAGE: i64 = 2_000;
/// How long a region that is renewed stays taken should the program die. It is prolonged in time.
const LEASE: Duration = Duration::from_secs(30);

struct RegionFold(RegionState);

impl Replay for RegionFold {
    fn take(&mut self, event: &StoredEvent, rows: &mut dyn Projector) -> Result<(), String> {
        let read: RegionEvent = serde_json::from_str(&event.body).map_err(|e| e.to_string())?;
        self.0.apply(&read, event.at);
        for row in load::rows(&self.0, std::slice::from_ref(&read)) {
            rows.put(row);
        }
        Ok(())
    }
}

struct ServiceFold(Option<ServiceState>);

impl Replay for ServiceFold {
    fn take(&mut self, event: &StoredEvent, rows: &mut dyn Projector) -> Result<(), String> {
        let state = self.0.as_mut().ok_or("there is no such kind of service")?;
        let read: ServiceEvent = serde_json::from_str(&event.body).map_err(|e| e.to_string())?;
        let affected = load::affected(state, std::slice::from_ref(&read));
        state.apply(&read, event.at);
        for row in load::service_rows(state, &affected) {
            rows.put(row);
        }
        Ok(())
    }
}

fn replayer(stream: &Stream) -> Box<dyn Replay> {
    match stream {
        Stream::Region(region) => Box::new(RegionFold(RegionState::new(*region, RegionSettings::default()))),
        Stream::Service(region, service) => {
            Box::new(ServiceFold(ServiceState::new(*region, service.clone()).ok()))
        }
    }
}

/// Why a region's rows were not written anew. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum RenewError {
    /// A hub serves the region.
    #[error(
        "region {region} is served by {holder} until {until}: rows are renewed only while no hub serves it; \
         stop that hub, and every other that has the region in its settings"
    )]
    Served {
        /// The region.
        region: RegionCode,
        /// Who serves it.
        holder: String,
        /// Until when, unless it goes on.
        until: Timestamp,
    },
    /// Somebody took the region meanwhile.
    #[error("region {0} was taken by a hub meanwhile: nothing was renewed")]
    Lost(RegionCode),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Verifies a region and writes its read rows of an older form anew. The region is held meanwhile, so that no hub
/// serves it from rows that change; hubs that start wait.
///
/// # Errors
/// [`RenewError`]; what is found wrong is in the verdict.
pub async fn renew(
    pool: &Pool,
    region: RegionCode,
    progress: impl FnMut(&Progress),
) -> Result<Verdict, RenewError> {
    // A name of its own: an instance that has the same would be taken for this one.
    let holder = format!("hub112 replay --renew {}", uuid::Uuid::now_v7());
    let held = match lease::claim(pool, region, &holder, LEASE).await? {
        Claim::Held(epoch) => [(region, epoch)],
        Claim::Taken { holder, until } => return Err(RenewError::Served { region, holder, until }),
    };
    let work = verify::renew(pool, region, &replayer, async || still(pool, &holder, &held).await, progress);
    let verdict = tokio::select! {
        verdict = work => verdict.map_err(RenewError::from),
        end = keep(pool, &holder, &held) => Err(end.err().map_or(RenewError::Lost(region), RenewError::from)),
    };
    if let Err(error) = lease::release(pool, &holder, &held).await {
        // It runs out by itself.
        tracing::warn!(%region, %error, "the lease could not be given back");
    }
    let verdict = verdict?;
    let whole = verdict.findings.iter().all(verify::Finding::is_of_a_row);
    if whole && verdict.older.rows > verdict.older.renewed {
        return Err(RenewError::Lost(region));
    }
    Ok(verdict)
}

/// Prolongs the lease and gives whether it is still held.
async fn still(pool: &Pool, holder: &str, held: &[(RegionCode, Epoch)]) -> Result<bool, StoreError> {
    Ok(!lease::renew(pool, holder, held, LEASE).await?.is_empty())
}

/// Ends when the lease is lost.
async fn keep(pool: &Pool, holder: &str, held: &[(RegionCode, Epoch)]) -> Result<(), StoreError> {
    loop {
        tokio::time::sleep(LEASE / 3).await;
        if !still(pool, holder, held).await? {
            return Ok(());
        }
    }
}

/// Reads a region's journal again. With `verify` the chain is recomputed and the rows are compared with the read
/// tables; without, the state of the hub at the end is given.
///
/// # Errors
/// [`StoreError`]; what is found wrong is in the verdict.
pub async fn region(
    pool: &Pool,
    region: RegionCode,
    verify: bool,
    progress: impl FnMut(&Progress),
) -> Result<(Verdict, Option<RegionState>), StoreError> {
    if verify {
        let verdict = verify::verify(pool, Some(region), Some(&replayer), progress).await?;
        return Ok((verdict, None));
    }
    let mut state = RegionState::new(region, RegionSettings::default());
    let mut verdict = Verdict { streams: 1, ..Verdict::default() };
    loop {
        let stored = journal::read_stream(pool, &Stream::Region(region), verdict.events, PAGE).await?;
        for event in &stored {
            let read: RegionEvent = serde_json::from_str(&event.body)
                .map_err(|e| StoreError::Row { table: "journal", reason: e.to_string() })?;
            state.apply(&read, event.at);
        }
        verdict.events += stored.len() as u64;
        if stored.is_empty() {
            return Ok((verdict, Some(state)));
        }
    }
}
