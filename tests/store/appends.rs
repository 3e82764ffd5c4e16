//! Appends as tests make them.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};

use bytes::Bytes;
use deadpool_postgres::Pool;
use hub112::actors::journal::{Handover, Journal, JournalSettings};
use hub112::domain::ids::DistributionId;
use hub112::store::append::{Append, Epoch, NewEvent, OutboxRow, ReadRow, ReadTable};
use hub112::store::{database, stream::Stream};
use jiff::Timestamp;
use uuid::Uuid;

use crate::world::World;

/// A journal on a database of its own.
pub struct Running {
    pub journal: Journal,
    pub handed_over: Receiver<(i64, OutboxRow)>,
    pub pool: Pool,
    pub world: World,
}

/// A journal and its database.
pub async fn running() -> Running {
    let world = World::new().await;
    let pool = database::pool(&world.database_url, 4).expect("pool");
    let (sender, handed_over) = channel();
    let handover: Handover = Arc::new(move |rows| {
        for row in rows {
            // A test that looks at no outbox has dropped its end.
            drop(sender.send(row));
        }
    });
    let (journal, _) = Journal::start(&JournalSettings::new(&world.database_url), handover);
    Running { journal, handed_over, pool, world }
}

pub fn stream(name: &str) -> Stream {
    name.parse().expect("a stream")
}

pub fn event(body: &str) -> NewEvent {
    NewEvent {
        kind: "noted".into(),
        at: Timestamp::now(),
        by: "hub".into(),
        trace: None,
        about: None,
        body: body.to_owned(),
    }
}

pub fn append(name: &str, expected: u64, body: &str) -> Append {
    Append::new(stream(name), expected, Epoch(0), vec![event(body)])
}

pub fn row(table: ReadTable, id: &str, state: &str) -> ReadRow {
    ReadRow { table, id: id.to_owned(), open: true, state: state.to_owned() }
}

pub fn outbox_row(key: &str, body: &str) -> OutboxRow {
    OutboxRow {
        distribution: DistributionId(Uuid::now_v7()),
        region: "75".parse().expect("a region"),
        ordering_key: key.to_owned(),
        routing_keys: vec!["75.police.notice".to_owned(), "75.ambulance.notice".to_owned()],
        kind: "notice".into(),
        priority: 5,
        expires_at: None,
        body: Bytes::copy_from_slice(body.as_bytes()),
    }
}
