//! The outbox of the database as the relay uses it.

use async_trait::async_trait;

use super::outbox_relay::{OutboxStore, Settled};
use crate::domain::ids::RegionCode;
use crate::store::append::OutboxRow;
use crate::store::database::{Pool, StoreError};
use crate::store::outbox::{self, Settlement};

/// The table, through a pool of its own: settling need not wait for the disk.
#[derive(Debug, Clone)]
pub struct OutboxTable {
    pool: Pool,
}

impl OutboxTable {
    /// Best over [`crate::store::database::pool_unsynced`]: what a crash of the server loses of the settled is
    /// published again, with the same distribution id.
    #[must_use]
    pub fn new(pool: Pool) -> Self {
        Self { pool }
    }
}

#[async_trait]
impl OutboxStore for OutboxTable {
    async fn oldest(&self, regions: &[RegionCode], limit: usize) -> Result<Vec<i64>, StoreError> {
        outbox::oldest(&self.pool, regions, i64::try_from(limit).unwrap_or(i64::MAX)).await
    }

    async fn load(&self, ids: &[i64]) -> Result<Vec<(i64, OutboxRow)>, StoreError> {
        outbox::load(&self.pool, ids).await
    }

    async fn settle(&self, settled: &[Settled]) -> Result<(), StoreError> {
        let settled: Vec<Settlement> = settled
            .iter()
            .map(|one| Settlement {
                id: one.id,
                row: one.row.clone(),
                in_broker: one.in_broker.clone(),
                unroutable: one.unroutable.clone(),
                at: one.at,
            })
            .collect();
        outbox::settle(&self.pool, &settled).await
    }
}
