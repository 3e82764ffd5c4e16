//! What the relay needs of the store.

use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;

use crate::domain::ids::{DistributionId, RegionCode};
use crate::store::append::OutboxRow;
use crate::store::database::StoreError;

/// The outbox and the delivery table, as the relay uses them.
#[async_trait]
pub trait OutboxStore: Send + Sync + 'static {
    /// The ids of the oldest rows of these regions, ascending, at most `limit`.
    async fn oldest(&self, regions: &[RegionCode], limit: usize) -> Result<Vec<i64>, StoreError>;

    /// These rows, by ascending id. Rows that are gone are left out.
    async fn load(&self, ids: &[i64]) -> Result<Vec<(i64, OutboxRow)>, StoreError>;

    /// In one transaction: records for each recipient that the message is in the broker or had nowhere to go, and
    /// deletes the rows.
    async fn settle(&self, settled: &[Settled]) -> Result<(), StoreError>;
}

/// A row that the broker has taken or that nobody takes.
#[derive(Debug, Clone)]
pub struct Settled {
    /// The row, unless it was settled before and only this was learnt later.
    pub id: Option<i64>,
    /// The message.
    pub distribution: DistributionId,
    /// Routing keys of the recipients in whose queues it is.
    pub in_broker: Vec<String>,
    /// Routing keys of the recipients who have no queue.
    pub unroutable: Vec<String>,
    /// The message, for the dead letters where `unroutable` is not empty.
    pub row: Arc<OutboxRow>,
    /// When the broker said so.
    pub at: Timestamp,
}
