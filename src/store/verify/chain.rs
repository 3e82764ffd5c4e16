//! The chain of each stream, recomputed from its first event.

use futures_util::{StreamExt, pin_mut};
use tokio_postgres::Transaction;
use tokio_postgres::types::ToSql;

use super::Finding;
use crate::store::append::{Epoch, StoredEvent};
use crate::store::batch::Head;
use crate::store::chain::{GENESIS, Hash, Link};
use crate::store::database::StoreError;
use crate::store::journal;

/// Every stream that has a head or events, with its head.
pub(super) async fn streams(
    snapshot: &Transaction<'_>,
    region: Option<&str>,
) -> Result<Vec<(String, Option<Head>)>, StoreError> {
    let rows = snapshot
        .query(
            "SELECT stream, h.seq, h.hash, h.epoch FROM stream_head h \
             FULL JOIN (SELECT DISTINCT stream FROM journal) j USING (stream) \
             WHERE $1::text IS NULL OR split_part(stream, '/', 2) = $1 ORDER BY stream",
            &[&region],
        )
        .await?;
    rows.iter()
        .map(|row| {
            let name: String = row.try_get(0)?;
            let (seq, hash, epoch): (Option<i64>, Option<&[u8]>, Option<i64>) =
                (row.try_get(1)?, row.try_get(2)?, row.try_get(3)?);
            let head = match (seq, hash.and_then(|hash| Hash::try_from(hash).ok()), epoch) {
                (Some(seq), Some(hash), Some(epoch)) => {
                    Some(Head { seq: seq.unsigned_abs(), hash, epoch: Epoch(epoch.unsigned_abs()) })
                }
                _ => None,
            };
            Ok((name, head))
        })
        .collect()
}

/// Where the recomputation stands.
struct Walk<'a> {
    stream: &'a str,
    seq: u64,
    hash: Hash,
}

impl Walk<'_> {
    /// Checks the next event against the one before it. Goes on from what is stored, so that one fault is found
    /// once and does not hide another behind it.
    fn step(&mut self, event: &StoredEvent, prev: &[u8], hash: &[u8], findings: &mut Vec<Finding>) {
        let stream = || self.stream.to_owned();
        if event.seq <= self.seq {
            findings.push(Finding::Added { stream: stream(), seq: event.seq });
            return;
        }
        if event.seq > self.seq + 1 {
            findings.push(Finding::Missing { stream: stream(), from: self.seq + 1, to: event.seq - 1 });
            self.hash = Hash::try_from(prev).unwrap_or(GENESIS);
        }
        let is = Link::of_stored(self.stream, event).hash(&self.hash);
        if prev != self.hash || hash != is {
            findings.push(Finding::Changed { stream: stream(), seq: event.seq });
        }
        self.seq = event.seq;
        self.hash = Hash::try_from(hash).unwrap_or(is);
    }
}

/// Checks one stream and gives each event that stands in its place to `take`.
pub(super) async fn check_stream(
    snapshot: &Transaction<'_>,
    stream: &str,
    head: Option<Head>,
    findings: &mut Vec<Finding>,
    take: &mut impl FnMut(&StoredEvent, &mut Vec<Finding>),
) -> Result<(), StoreError> {
    let text = format!(
        "SELECT {}, prev_hash, hash FROM journal WHERE stream = $1 ORDER BY seq, at",
        journal::COLUMNS
    );
    let params: [&(dyn ToSql + Sync); 1] = [&stream];
    let rows = snapshot.query_raw(&text, params).await?;
    pin_mut!(rows);
    let mut walk = Walk { stream, seq: 0, hash: GENESIS };
    while let Some(row) = rows.next().await {
        let row = row?;
        let event = journal::stored(&row)?;
        let before = walk.seq;
        walk.step(&event, row.try_get("prev_hash")?, row.try_get("hash")?, findings);
        if walk.seq != before {
            take(&event, findings);
        }
    }
    match head {
        Some(head) if head.seq > walk.seq => {
            findings.push(Finding::Missing { stream: stream.to_owned(), from: walk.seq + 1, to: head.seq })
        }
        Some(head) if head.seq < walk.seq => {
            for seq in head.seq + 1..=walk.seq {
                findings.push(Finding::Added { stream: stream.to_owned(), seq });
            }
        }
        Some(head) if head.hash == walk.hash => {}
        _ => findings.push(Finding::Head { stream: stream.to_owned() }),
    }
    Ok(())
}

/// Positions do not take part in the chain: each lane must have them once, from 1 on.
pub(super) async fn check_lanes(
    snapshot: &Transaction<'_>,
    findings: &mut Vec<Finding>,
) -> Result<(), StoreError> {
    let rows = snapshot
        .query(
            "SELECT lane, count(*), max(position) FROM journal GROUP BY lane \
             HAVING count(*) <> max(position) OR count(DISTINCT position) <> count(*) OR min(position) <> 1 \
             ORDER BY lane",
            &[],
        )
        .await?;
    for row in rows {
        findings.push(Finding::Lane {
            lane: row.try_get(0)?,
            events: row.try_get(1)?,
            last: row.try_get(2)?,
        });
    }
    Ok(())
}
