//! What starts in which order: leases, journal, broker, actors, relay, inbox. Edges are opened last, so that nobody
//! asks before there is somebody to answer.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use actix::Supervisor;
use deadpool_postgres::Pool;
use futures_util::future::join_all;
use secrecy::ExposeSecret;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;
use tracing::{info, warn};

use super::agency_inbox::{self, AgencyReports, Direct, InboxHandle, InboxSettings};
use super::agency_links::{self, AgencyLinks};
use super::closed_accounts;
use super::demand::{self, DemandView};
use super::fences::FenceView;
use super::gazetteer::{self, GazetteerView};
use super::journal::{Journal, JournalSettings};
use super::lease::{LeaseSettings, Leases, Standing, Tenure, Tenures};
use super::load::{self, LoadError};
use super::lookout::Outlook;
use super::outbox_relay::{self, RelayHandle, RelaySettings};
use super::region_hub::{RegionHub, RegionHubSeat};
use super::roads::{self, RoadView};
use super::sequel::Sequel;
use super::staff::Staff;
use super::switchboard::{Lines, Switchboard};
use super::territories::{self, LayerError, TerritoryView};
use super::tracks;
use super::upkeep;
use crate::bus::BusError;
use crate::bus::accounts::{Management, ManagementAt};
use crate::bus::bounds::Displaced;
use crate::bus::connection::{Broker, BrokerSettings, Link};
use crate::bus::topology::{MAX_WAITING_BYTES, Topology};
use crate::config::Config;
use crate::domain::decision::Refusal;
use crate::domain::envelope::Party;
use crate::domain::ids::RegionCode;
use crate::domain::obligation::Limits;
use crate::domain::region::RegionSettings;
use crate::domain::service_desk::ServiceDesks;
use crate::domain::service_kind;
use crate::intake::spool::{Spool, SpoolError};
use crate::spatial::unit_index::UnitIndex;
use crate::store::append::Epoch;
use crate::store::database::{StoreError, pool, pool_unsynced};
use crate::store::migrate::{self, MigrateError};

/// The longest that one step of the end may take.
const LONGEST_STEP: Duration = Duration::from_secs(5);
/// How often the bound of bytes on agencies' queues is set again.
const BOUND_AGAIN: Duration = Duration::from_secs(60);

/// Why the hub does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The database's schema cannot be looked at.
    #[error(transparent)]
    Migrate(#[from] MigrateError),
    /// The database is older than this program.
    #[error("the database lacks {0}; run `hub112 migrate` first")]
    OldSchema(String),
    /// The broker's address.
    #[error(transparent)]
    Bus(#[from] BusError),
    /// Regions or districts.
    #[error("the territories cannot be read: {0}")]
    Territory(#[from] LayerError),
    /// The desks of a region.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// A table of the program.
    #[error(transparent)]
    Rules(#[from] Refusal),
    /// A setting.
    #[error("{0}")]
    Setting(String),
    /// The spool.
    #[error(transparent)]
    Spool(#[from] SpoolError),
    /// HTTP.
    #[error("HTTP cannot be served: {0}")]
    Http(#[from] std::io::Error),
}

/// A running hub.
pub struct Hub {
    /// The way to the actors.
    pub board: Switchboard,
    /// For reading and for small writes outside the journal.
    pub database: Pool,
    /// For nothing but asking whether the database is there.
    pub probed: Pool,
    /// The connection to the broker.
    pub broker: Broker,
    /// What goes out.
    pub relay: RelayHandle,
    /// What comes in.
    pub inbox: InboxHandle,
    /// What comes in without the broker.
    pub direct: Arc<Direct>,
    /// By which way agencies are reached.
    pub links: AgencyLinks,
    /// Policies of the broker's operator that lift the bound of bytes on agencies' queues, as last seen.
    pub displaced: watch::Receiver<Vec<Displaced>>,
    /// How this instance stands to its regions.
    pub tenures: watch::Receiver<Tenures>,
    /// The epochs of the leases under which it began.
    pub epochs: HashMap<RegionCode, Epoch>,
    leases: Leases,
    lanes: Vec<JoinHandle<()>>,
}

/// Starts everything but the edges. Waits until this instance holds the leases of all its regions: a standby stands
/// here until the other one is gone.
///
/// # Errors
/// [`StartError`].
pub async fn start(config: &Config) -> Result<Hub, StartError> {
    crate::domain::read_tables();
    let url = config.database.url.expose_secret();
    let database = pool(url, config.database.pool_size)?;
    let missing = migrate::missing(url).await?;
    if !missing.is_empty() {
        return Err(StartError::OldSchema(missing.join(", ")));
    }
    let territories = Arc::new(TerritoryView::at_start(&database, &config.territory).await?);
    actix::spawn(territories::keep(Arc::clone(&territories), database.clone(), config.territory.clone()));
    let defaults = region_defaults(config)?;

    let leases = Leases::keep(
        database.clone(),
        LeaseSettings {
            holder: config.instance.clone(),
            regions: config.regions.clone(),
            ttl: Duration::from_secs(u64::from(config.lease_seconds)),
        },
    );
    let tenures = leases.tenures();
    let epochs = held(tenures.clone(), &config.regions).await;

    let mut desks = HashMap::new();
    for region in &config.regions {
        desks.insert(*region, load::service_desks(&database, *region).await?);
    }
    // The queue of a closed desk stays, so that nothing which is still on its way to it has nowhere to go.
    let parties = desks.iter().flat_map(|(region, desks): (&RegionCode, &ServiceDesks)| {
        let kinds = service_kind::all().iter().map(|kind| &kind.key);
        let keys = kinds.chain(desks.iter().map(|desk| &desk.key));
        keys.map(|key| Party { region: *region, service: key.clone() })
    });
    let settings =
        BrokerSettings { url: config.broker.url.clone(), name: format!("hub112 {}", config.instance) };
    let broker =
        Broker::connect(&settings, Some(Topology::new(parties).and_hubs(territories.now().regions())))?;
    let relay = outbox_relay::start(broker.clone(), pool_unsynced(url, 4)?, RelaySettings::default());
    relay.set_regions(config.regions.clone());
    let to_relay = relay.clone();
    let (journal, lanes) =
        Journal::start(&JournalSettings::new(url), Arc::new(move |rows| to_relay.committed(rows)));

    let (track_points, tracked) = mpsc::channel(65_536);
    actix::spawn(tracks::write(pool_unsynced(url, 1)?, tracked));
    actix::spawn(upkeep::run(database.clone(), config.retention.dead_letters()));
    let units = Arc::new(UnitIndex::default());
    actix::spawn(tracks::rebuild_index(Arc::clone(&units)));
    let roads = Arc::new(RoadView::default());
    actix::spawn(roads::keep(Arc::clone(&roads), database.clone()));
    let names = Arc::new(GazetteerView::default());
    actix::spawn(gazetteer::keep(Arc::clone(&names), database.clone()));
    let people = Arc::new(DemandView::default());
    actix::spawn(demand::keep(
        Arc::clone(&people),
        database.clone(),
        Arc::clone(&roads),
        Arc::clone(&territories),
    ));
    let fence = FenceView::new(Arc::clone(&territories), config.positions.doubt);
    let outlook = Outlook {
        fence: Arc::new(fence),
        arrival: config.positions.arrival,
        roads: Arc::clone(&roads),
        station_area: None,
    };
    let sequel = Sequel::new(track_points);
    let staff = Staff {
        epochs: epochs.clone(),
        journal: journal.clone(),
        database: database.clone(),
        units: Arc::clone(&units),
        sequel: sequel.clone(),
        outlook,
        station_areas: config.positions.station_area_m.clone(),
        broker: broker.clone(),
    };
    let mut services = BTreeMap::new();
    for (region, desks) in &desks {
        for service in desks.services() {
            services.insert((*region, service.clone()), staff.start(*region, &service)?);
        }
    }
    let mut lines = Lines {
        regions: HashMap::new(),
        services,
        desks,
        staff,
        database: database.clone(),
        journal: journal.clone(),
        territories,
        units: Arc::clone(&units),
        roads,
        gazetteer: names,
        demand: people,
    };
    for (region, epoch) in &epochs {
        let hub = RegionHub::new(RegionHubSeat {
            region: *region,
            epoch: *epoch,
            journal: journal.clone(),
            database: database.clone(),
            defaults: defaults.clone(),
            sequel: sequel.clone(),
        });
        lines.regions.insert(*region, Supervisor::start(|_| hub));
    }
    let board = Switchboard::new(lines);
    sequel.connect(board.clone());
    for region in &config.regions {
        // Answers once the region's state is read: nothing is taken in before.
        if let Err(e) = board.ready(*region).await {
            warn!(%region, error = %e, "the region is not ready yet");
        }
    }
    for region in &config.regions {
        super::sequel::take_up(&board, *region).await;
    }
    let reports: Arc<dyn AgencyReports> = Arc::new(board.clone());
    let management =
        ManagementAt { url: config.broker.management_url.clone(), vhost: config.broker.vhost.clone() };
    let (to_displaced, displaced) = watch::channel(Vec::new());
    actix_rt::spawn(bound_queues(broker.link(), management.clone(), to_displaced));
    let standing = {
        let (tenures, epochs) = (tenures.clone(), epochs.clone());
        move || Standing::of(&tenures.borrow(), &epochs)
    };
    actix_rt::spawn(closed_accounts::keep(
        broker.link(),
        management.clone(),
        board.clone(),
        database.clone(),
        standing,
    ));
    let settings = InboxSettings { management: Some(management), ..InboxSettings::default() };
    let inbox = agency_inbox::start(&broker, &config.regions, &reports, &database, settings)?;
    let links = agency_links::start(&broker, &relay, &database, &board, &config.regions, inbox.heard());
    let direct = Arc::new(Direct::new(reports, database.clone()));
    info!(regions = config.regions.len(), "the hub is ready");
    Ok(Hub {
        board,
        database,
        probed: pool(url, 1)?,
        broker,
        relay,
        inbox,
        direct,
        links,
        displaced,
        tenures,
        epochs,
        leases,
        lanes,
    })
}

impl Hub {
    /// Stops in order: nothing more comes in, what is decided becomes durable, what is on its way goes out, leases are given
    /// back. It ends in any case: with the broker or the database away a step would wait for them, and what it leaves
    /// undone comes again to whoever starts next.
    pub async fn stop(self) {
        self.leases.claim_no_more();
        let standing = self.standing();
        within("consuming", self.inbox.stop()).await;
        self.links.stop();
        self.board.journal().close();
        within("writing what is decided", async { drop(join_all(self.lanes).await) }).await;
        // What it still holds whoever deposed it has sent, and newer ones since.
        let patience = if standing == Standing::Deposed { Duration::ZERO } else { LONGEST_STEP };
        within("sending", self.relay.stop(patience)).await;
        within("giving the leases back", self.leases.release()).await;
        within("closing the connection to the broker", self.broker.close()).await;
    }

    fn standing(&self) -> Standing {
        Standing::of(&self.tenures.borrow(), &self.epochs)
    }
}

/// Keeps the bound of bytes on agencies' queues: until the management interface takes it, and again and again, for a broker
/// that was made anew has lost it. What an operator's policies make of it is told to whoever asks.
async fn bound_queues(
    mut link: watch::Receiver<Link>,
    at: ManagementAt,
    displaced: watch::Sender<Vec<Displaced>>,
) {
    let bound = async || {
        let management = Management::new(&at.url, &at.vhost)?;
        management.bound_agency_queues(MAX_WAITING_BYTES).await?;
        management.displaced_bounds().await
    };
    // Soon again at first: a broker that has just been given its queues may not have put its policies on them yet.
    let mut pause = Duration::from_secs(1);
    loop {
        // Connected, the queues are declared; the end of the connection's keeper is that of the hub.
        if link.wait_for(Link::is_up).await.is_err() {
            return;
        }
        match bound().await {
            Ok(seen) => {
                let changed =
                    displaced.send_if_modified(|before| std::mem::replace(before, seen.clone()) != seen);
                seen.iter().filter(|_| changed).for_each(|one| warn!("{one}"));
            }
            Err(error) => {
                warn!(%error, "the queues of agencies are bounded by number alone for now; trying again");
            }
        }
        actix_rt::time::sleep(pause).await;
        pause = (pause * 2).min(BOUND_AGAIN);
    }
}

/// A step of the end, given up after a while.
async fn within(what: &str, step: impl Future<Output = ()>) {
    if tokio::time::timeout(LONGEST_STEP, step).await.is_err() {
        warn!(what, "a step of the end took too long and was given up");
    }
}

fn region_defaults(config: &Config) -> Result<RegionSettings, StartError> {
    let limits: Limits = serde_json::to_value(&config.region_defaults.limits)
        .and_then(|limits| serde_json::from_value(serde_json::json!({ "seconds": limits })))
        .map_err(|e| StartError::Setting(format!("region_defaults.limits: {e}")))?;
    limits.check()?;
    Ok(RegionSettings { limits, ..RegionSettings::default() })
}

/// Waits until this instance holds every region.
async fn held(mut tenures: watch::Receiver<Tenures>, regions: &[RegionCode]) -> HashMap<RegionCode, Epoch> {
    let mut said = false;
    loop {
        {
            let now = tenures.borrow_and_update();
            let epochs: HashMap<RegionCode, Epoch> = regions
                .iter()
                .filter_map(|region| match now.get(region) {
                    Some(Tenure::Held(epoch)) => Some((*region, *epoch)),
                    _ => None,
                })
                .collect();
            if epochs.len() == regions.len() {
                return epochs;
            }
            let other = now.values().any(|t| matches!(t, Tenure::Waiting { holder: Some(_) }));
            if other && !said {
                said = true;
                info!("another instance holds a lease; standing by");
            }
        }
        if tenures.changed().await.is_err() {
            return HashMap::new();
        }
    }
}

/// While another instance may have taken over, and when one has, what agencies say is left to it, and it says what they are to
/// hear.
async fn rest_in_doubt(
    mut tenures: watch::Receiver<Tenures>,
    epochs: HashMap<RegionCode, Epoch>,
    broker: Broker,
) {
    loop {
        let standing = Standing::of(&tenures.borrow_and_update(), &epochs);
        broker.rest(standing != Standing::Acts);
        if tenures.changed().await.is_err() {
            return;
        }
    }
}

/// Runs the hub with its edges until the process is told to stop, or until it is deposed.
///
/// # Errors
/// [`StartError`].
pub async fn serve(config: Config) -> Result<(), StartError> {
    let hub = start(&config).await?;
    let mut tenures = hub.tenures.clone();
    actix::spawn(rest_in_doubt(hub.tenures.clone(), hub.epochs.clone(), hub.broker.clone()));
    let spool = Spool::open(&config.spool_dir)?;
    actix::spawn(spool.clone().hand_over(hub.board.clone()));
    let server = crate::api::serve(&config, &hub, spool).await?;
    let handle = server.handle();
    let mut serving = actix::spawn(server);
    let epochs = hub.epochs.clone();
    let deposed = async move {
        // An error means that nobody keeps the leases any more.
        drop(tenures.wait_for(|now| Standing::of(now, &epochs) == Standing::Deposed).await);
    };
    tokio::select! {
        _ = &mut serving => info!("told to stop"),
        () = deposed => {
            warn!("another instance has taken over; stopping, to start again as its standby");
            handle.stop(false).await;
        }
    }
    hub.stop().await;
    Ok(())
}
