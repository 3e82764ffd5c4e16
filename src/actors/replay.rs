//! The journal folded into the state again: the same events, the same `apply`, the same rows.

use deadpool_postgres::Pool;

use super::load;
use crate::domain::event::RegionEvent;
use crate::domain::ids::RegionCode;
use crate::domain::region::{RegionSettings, RegionState};
use crate::domain::service::{ServiceEvent, ServiceState};
use crate::store::append::StoredEvent;
use crate::store::database::StoreError;
use crate::store::journal;
use crate::store::stream::Stream;
use crate::store::verify::{self, Progress, Projector, Replay, Verdict};

/// Events read at once.
const PAGE: i64 = 2_000;

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
        let replayer = |stream: &Stream| -> Box<dyn Replay> {
            match stream {
                Stream::Region(region) => {
                    Box::new(RegionFold(RegionState::new(*region, RegionSettings::default())))
                }
                Stream::Service(region, service) => {
                    Box::new(ServiceFold(ServiceState::new(*region, service.clone()).ok()))
                }
            }
        };
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
