//! AMQP → actors: every message of an agency has its effect once, in the order sent, and is acknowledged to the
//! broker only when that is durable. What cannot be taken becomes a dead letter with its reason and an error to
//! its sender; nothing is requeued, nothing blocks (DESIGN §6).

mod acks;
mod dead;
mod direct;
mod reading;
mod refusing;
mod region;
mod reports;
mod unreadable;
mod window;

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use deadpool_postgres::Pool;
use jiff::Timestamp;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;

use self::dead::Graveyard;
pub use self::direct::Direct;
pub use self::direct::NotTaken;
use self::refusing::Refuser;
use self::region::{Inbox, Source};
pub use self::reports::{Acked, AgencyReports, Owed, Report, ReportRefusal, TRIES};
use crate::bus::BusError;
use crate::bus::accounts::ManagementAt;
use crate::bus::connection::Broker;
use crate::bus::topology::{DEAD_LETTERS, UNROUTABLE, inbox_queue};
use crate::domain::envelope::Party;
use crate::domain::ids::RegionCode;

/// How the inbox works.
#[derive(Debug, Clone)]
pub struct InboxSettings {
    /// Messages that the broker gives per region before the first of them is acknowledged; where one agency's hold them up,
    /// as many again, up to eight times.
    pub prefetch: u16,
    /// Where the broker is managed: a message that no client can read is taken out there.
    pub management: Option<ManagementAt>,
}

impl Default for InboxSettings {
    fn default() -> Self {
        Self { prefetch: 512, management: None }
    }
}

/// When each agency was last heard.
#[derive(Debug, Clone, Default)]
pub struct Heard(Arc<RwLock<HashMap<Party, Timestamp>>>);

impl Heard {
    /// The agency was heard.
    pub fn note(&self, party: &Party, at: Timestamp) {
        let mut heard = self.0.write().unwrap_or_else(PoisonError::into_inner);
        match heard.get_mut(party) {
            Some(known) => *known = at,
            None => drop(heard.insert(party.clone(), at)),
        }
    }

    /// When it was last heard.
    #[must_use]
    pub fn last(&self, party: &Party) -> Option<Timestamp> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).get(party).copied()
    }
}

/// The inbox of the regions that this process leads. Dropping it ends it.
#[derive(Debug)]
pub struct InboxHandle {
    heard: Heard,
    stop: watch::Sender<bool>,
    tasks: Vec<JoinHandle<()>>,
}

impl InboxHandle {
    /// When the agency was last heard since this process consumes its messages.
    #[must_use]
    pub fn last_heard(&self, party: &Party) -> Option<Timestamp> {
        self.heard.last(party)
    }

    /// Who was heard when, as it goes on.
    #[must_use]
    pub fn heard(&self) -> Heard {
        self.heard.clone()
    }

    /// Stops consuming; what is not finished comes again to whoever consumes next.
    pub async fn stop(self) {
        self.stop.send_replace(true);
        for task in self.tasks {
            // A task that panicked has stopped too.
            let _ = task.await;
        }
    }
}

/// Starts to consume, on the current tokio runtime, what agencies and other hubs say to these regions. Every queue into
/// which agencies write has a connection of its own: what they write may break it.
///
/// # Errors
/// As [`Broker::connect`].
pub fn start(
    broker: &Broker,
    regions: &[RegionCode],
    reports: &Arc<dyn AgencyReports>,
    pool: &Pool,
    settings: InboxSettings,
) -> Result<InboxHandle, BusError> {
    let (stop, stopped) = watch::channel(false);
    let heard = Heard::default();
    let refuser = Refuser::new(pool.clone(), broker.clone());
    let (acks, messages) = mpsc::channel(4_096);
    let mut tasks =
        vec![tokio::spawn(acks::run(messages, pool.clone(), Arc::clone(reports), refuser.clone()))];
    for queue in [DEAD_LETTERS, UNROUTABLE] {
        let graveyard = Graveyard {
            queue,
            broker: broker.apart(queue)?,
            pool: pool.clone(),
            management: settings.management.clone(),
        };
        tasks.push(tokio::spawn(graveyard.run(stopped.clone())));
    }
    for region in regions {
        for source in [Source::Agencies, Source::Hubs] {
            let broker = match source {
                Source::Agencies => broker.apart(&inbox_queue(*region))?,
                Source::Hubs => broker.clone(),
            };
            let inbox = Inbox {
                region: *region,
                source,
                broker,
                prefetch: settings.prefetch,
                management: settings.management.clone(),
                reports: Arc::clone(reports),
                acks: acks.clone(),
                refuser: refuser.clone(),
                heard: heard.clone(),
                stop: stopped.clone(),
            };
            tasks.push(tokio::spawn(inbox.run()));
        }
    }
    Ok(InboxHandle { heard, stop, tasks })
}
