//! Nothing is lost, doubled or overtaken between the outbox and an agency, whatever breaks between.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::StreamExt;
use hub112::actors::outbox_relay::{self, RelayHandle, RelaySettings};
use hub112::agency::sequence::{Arrival, Sequences};
use hub112::bus::connection::Broker;
use hub112::bus::topology::Topology;
use hub112::domain::envelope::Party;
use hub112::domain::ids::IncidentId;
use hub112::store::database;
use lapin::options::BasicAckOptions;
use tokio::sync::mpsc;
use uuid::Uuid;

use super::setting::{LIMIT, broker, commit, consume, count, hub_broker, manage, notice, party, read};
use crate::world::{Server, World, wait_until};

fn relay(world: &World, broker: &Broker) -> RelayHandle {
    let pool = database::pool_unsynced(&world.database_url, 4).expect("a pool");
    let handle = outbox_relay::start(broker.clone(), pool, RelaySettings::default());
    handle.set_regions(vec!["75".parse().expect("a region")]);
    handle
}

/// What an agency makes of its queue: the numbers of each incident as it takes them, and what it had to put right.
struct Agency {
    taken: mpsc::UnboundedReceiver<(IncidentId, u64)>,
    doubles: Arc<AtomicU64>,
    waited: Arc<AtomicU64>,
}

/// Consumes the queue over every broken connection until the test ends.
fn agency(url: &str, party: Party) -> Agency {
    let (tell, taken) = mpsc::unbounded_channel();
    let (doubles, waited) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
    let agency = Agency { taken, doubles: Arc::clone(&doubles), waited: Arc::clone(&waited) };
    let link = broker(url, &format!("agency {party}"), None);
    tokio::spawn(async move {
        let mut sequences = Sequences::new(Duration::from_secs(60));
        while !tell.is_closed() {
            let Ok((channel, mut consumer)) = consume(&link, &party).await else {
                // The broker restarts, and its queues are not there yet.
                tokio::time::sleep(Duration::from_millis(50)).await;
                continue;
            };
            loop {
                let next = tokio::select! {
                    next = consumer.next() => next,
                    () = channel.lost() => None,
                };
                let Some(Ok(delivery)) = next else { break };
                let envelope = read(&delivery.data);
                let incident = envelope.head.incident.expect("an incident");
                let own = envelope.head.recipients.iter().find(|r| r.party() == party);
                let sequence = own.and_then(|r| r.sequence).expect("a sequence");
                let now = tokio::time::Instant::now();
                match sequences.arrive(&incident, sequence, (incident, sequence), now) {
                    Arrival::Taken(messages) => {
                        for message in messages {
                            // A test that has seen enough has dropped its end.
                            let _ = tell.send(message);
                        }
                    }
                    Arrival::Double(_) => {
                        doubles.fetch_add(1, Ordering::Relaxed);
                    }
                    Arrival::Waits => {
                        waited.fetch_add(1, Ordering::Relaxed);
                    }
                }
                let _ = channel.answer(delivery.ack(BasicAckOptions::default())).await;
            }
        }
    });
    agency
}

impl Agency {
    /// Takes so many messages.
    async fn take(&mut self, n: usize) -> Vec<(IncidentId, u64)> {
        let mut taken = Vec::with_capacity(n);
        while taken.len() < n {
            let next = tokio::time::timeout(LIMIT, self.taken.recv()).await;
            taken.push(
                next.unwrap_or_else(|_| panic!("only {} of {n} came", taken.len())).expect("an agency"),
            );
        }
        taken
    }
}

fn in_order(taken: &[(IncidentId, u64)], incident: IncidentId, n: u64) {
    let numbers: Vec<u64> = taken.iter().filter(|t| t.0 == incident).map(|t| t.1).collect();
    assert_eq!(numbers, (1..=n).collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_message_to_three_services_reaches_each_and_leaves_the_outbox() {
    let world = World::new().await;
    let to = ["75.ambulance", "75.police", "75.fire_rescue"];
    let hub = hub_broker(&world, &to).await;
    let relay = relay(&world, &hub);
    let mut agencies: Vec<Agency> = to.iter().map(|p| agency(&world.amqp_url, party(p))).collect();
    let pg = world.pg().await;
    let incident = IncidentId(Uuid::now_v7());
    relay.committed(commit(&pg, vec![notice(incident, 1, &to)]).await);
    for agency in &mut agencies {
        assert_eq!(agency.take(1).await, [(incident, 1)]);
    }
    wait_until("the row is gone", LIMIT, async || count(&pg, "outbox").await == 0).await;
    let rows =
        pg.query("SELECT service, sequence, in_broker_at FROM delivery", &[]).await.expect("deliveries");
    assert_eq!(rows.len(), 3);
    for row in rows {
        assert_eq!(row.get::<_, Option<i64>>(1), Some(1));
        assert!(row.get::<_, Option<jiff::Timestamp>>(2).is_some(), "{} has it", row.get::<_, String>(0));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_of_many_frames_comes_whole() {
    let world = World::new().await;
    let hub = hub_broker(&world, &["75.police"]).await;
    let relay = relay(&world, &hub);
    let link = broker(&world.amqp_url, "agency", None);
    let (_channel, mut consumer) = consume(&link, &party("75.police")).await.expect("a consumer");
    let pg = world.pg().await;
    let mut row = notice(IncidentId(Uuid::now_v7()), 1, &["75.police"]);
    // The relay passes on what it is given; the numbers make every part of it unlike the others.
    row.body = (0..100_000u32).flat_map(u32::to_le_bytes).collect::<Vec<u8>>().into();
    let sent = row.body.clone();
    relay.committed(commit(&pg, vec![row]).await);
    let delivery = tokio::time::timeout(LIMIT, consumer.next()).await.expect("in time");
    assert!(delivery.expect("a delivery").expect("a message").data == sent, "{} bytes", sent.len());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_broken_connection_costs_neither_a_message_nor_the_order() {
    let world = World::new().await;
    let hub = hub_broker(&world, &["75.ambulance"]).await;
    let relay = relay(&world, &hub);
    let mut agency = agency(&world.amqp_url, party("75.ambulance"));
    let pg = world.pg().await;
    let incidents: Vec<IncidentId> = (0..8).map(|_| IncidentId(Uuid::now_v7())).collect();
    let done = Arc::new(AtomicBool::new(false));
    let killed = Arc::new(AtomicUsize::new(0));
    let killer = {
        let (done, killed) = (Arc::clone(&done), Arc::clone(&killed));
        let (url, vhost) = (world.management_url.clone(), world.vhost.clone());
        std::thread::spawn(move || {
            actix_rt::System::new().block_on(async move {
                let management = hub112::bus::accounts::Management::new(&url.into(), &vhost)
                    .expect("the management interface");
                while !done.load(Ordering::Relaxed) {
                    let ended = management.end_connections("hub").await.expect("connections");
                    killed.fetch_add(ended, Ordering::Relaxed);
                    actix_rt::time::sleep(Duration::from_millis(300)).await;
                }
            })
        })
    };
    // The management interface lists a new connection only after seconds: work goes on until two were broken.
    let mut n = 0;
    let mut pace = tokio::time::interval(Duration::from_millis(10));
    let limit = tokio::time::Instant::now() + LIMIT;
    while killed.load(Ordering::Relaxed) < 2 {
        assert!(pace.tick().await < limit, "the connection was not broken twice");
        n += 1;
        let rows = incidents.iter().map(|i| notice(*i, n, &["75.ambulance"])).collect();
        relay.committed(commit(&pg, rows).await);
    }
    let taken = agency.take(incidents.len() * usize::try_from(n).expect("small")).await;
    done.store(true, Ordering::Relaxed);
    killer.join().expect("the killer");
    incidents.iter().for_each(|i| in_order(&taken, *i, n));
    wait_until("the outbox is empty", LIMIT, async || count(&pg, "outbox").await == 0).await;
    assert!(agency.taken.try_recv().is_err(), "nothing comes twice");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rows_that_nobody_handed_over_are_found_in_order_at_the_start() {
    let world = World::new().await;
    let hub = hub_broker(&world, &["75.police"]).await;
    let pg = world.pg().await;
    let incident = IncidentId(Uuid::now_v7());
    // Left behind by a process that ended between commit and publish.
    commit(&pg, (1..=40).map(|n| notice(incident, n, &["75.police"])).collect()).await;
    let relay = relay(&world, &hub);
    relay.committed(commit(&pg, (41..=60).map(|n| notice(incident, n, &["75.police"])).collect()).await);
    let mut agency = agency(&world.amqp_url, party("75.police"));
    in_order(&agency.take(60).await, incident, 60);
    assert_eq!(agency.waited.load(Ordering::Relaxed), 0, "already in order on the wire");
    assert_eq!(agency.doubles.load(Ordering::Relaxed), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_recipient_without_a_queue_is_recorded_and_holds_up_nobody() {
    let world = World::new().await;
    let hub = hub_broker(&world, &["75.ambulance"]).await;
    let relay = relay(&world, &hub);
    let mut agency = agency(&world.amqp_url, party("75.ambulance"));
    let pg = world.pg().await;
    let incident = IncidentId(Uuid::now_v7());
    relay.committed(commit(&pg, vec![notice(incident, 1, &["75.ambulance", "75.telecom"])]).await);
    assert_eq!(agency.take(1).await, [(incident, 1)]);
    wait_until("the row is gone", LIMIT, async || count(&pg, "outbox").await == 0).await;
    let failure: Option<String> = pg
        .query_one("SELECT failure FROM delivery WHERE service = 'telecom'", &[])
        .await
        .expect("a delivery")
        .get(0);
    assert_eq!(failure.as_deref(), Some("unroutable"));
    assert_eq!(count(&pg, "dead_letter").await, 1);
}

/// The broker says nothing when one of several recipients has no queue: whoever is told has to have one before.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_desk_that_opens_at_any_moment_misses_nothing_that_it_is_told() {
    let world = World::new().await;
    let pg = world.pg().await;
    for moment in 0..12 {
        let main = format!("{}.utilities", 10 + moment);
        let desk = format!("{main}-gas");
        // Opened before, while and after the queues of the others are made.
        let hub = broker(&world.amqp_url, "hub", Some(Topology::new([party(&main), party("75.police")])));
        let pool = database::pool_unsynced(&world.database_url, 4).expect("a pool");
        let relay = outbox_relay::start(hub.clone(), pool, RelaySettings::default());
        relay.set_regions(vec![party(&main).region]);
        tokio::time::sleep(Duration::from_millis(5) * moment).await;
        hub.want(&party(&desk));
        let incident = IncidentId(Uuid::now_v7());
        relay.committed(commit(&pg, vec![notice(incident, 1, &[&main, &desk])]).await);
        let mut told = agency(&world.amqp_url, party(&desk));
        assert_eq!(told.take(1).await, [(incident, 1)], "opened {} ms after the hub", 5 * moment);
        hub.close().await;
    }
    assert_eq!(count(&pg, "dead_letter").await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_queue_that_somebody_made_otherwise_is_used_and_costs_nobody_theirs() {
    let world = World::new().await;
    let other = broker(&world.amqp_url, "administrator", None);
    let channel = other.channel().await.expect("a channel");
    let durable = lapin::options::QueueDeclareOptions { durable: true, ..Default::default() };
    let made = channel.queue_declare("agency.75.ambulance".into(), durable, Default::default());
    channel.answer(made).await.expect("a classic queue");
    let to = ["75.ambulance", "75.police"];
    let hub = hub_broker(&world, &to).await;
    let relay = relay(&world, &hub);
    let pg = world.pg().await;
    let incident = IncidentId(Uuid::now_v7());
    relay.committed(commit(&pg, vec![notice(incident, 1, &to)]).await);
    for service in to {
        assert_eq!(agency(&world.amqp_url, party(service)).take(1).await, [(incident, 1)], "{service}");
    }
    assert_eq!(count(&pg, "dead_letter").await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_queue_deleted_in_the_broker_is_made_again_and_nothing_vanishes_unseen() {
    let world = World::new().await;
    let hub = hub_broker(&world, &["75.ambulance"]).await;
    let relay = relay(&world, &hub);
    let pg = world.pg().await;
    let channel = hub.channel().await.expect("a channel");
    channel
        .queue_delete("agency.75.ambulance".into(), lapin::options::QueueDeleteOptions::default())
        .await
        .expect("deleted");
    let incident = IncidentId(Uuid::now_v7());
    relay.committed(commit(&pg, vec![notice(incident, 1, &["75.ambulance"])]).await);
    wait_until("the row is gone", LIMIT, async || count(&pg, "outbox").await == 0).await;
    wait_until("it is among the unroutable", LIMIT, async || {
        let depths = manage(&world, async |m| m.depths().await).await.expect("depths");
        depths.iter().any(|(queue, n)| queue == "hub112.unroutable" && *n == 1)
    })
    .await;
    hub.redeclare().await.expect("declared again");
    let mut agency = agency(&world.amqp_url, party("75.ambulance"));
    let other = IncidentId(Uuid::now_v7());
    relay.committed(commit(&pg, vec![notice(other, 1, &["75.ambulance"])]).await);
    assert_eq!(agency.take(1).await, [(other, 1)]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_thousand_updates_of_one_incident_survive_a_restart_of_the_broker_in_order() {
    let world = World::alone().await;
    let hub = hub_broker(&world, &["75.ambulance"]).await;
    let relay = relay(&world, &hub);
    let mut agency = agency(&world.amqp_url, party("75.ambulance"));
    let pg = world.pg().await;
    let incident = IncidentId(Uuid::now_v7());
    let n: u64 = 2_000;
    let updates: Vec<_> = (1..=n).map(|i| notice(incident, i, &["75.ambulance"])).collect();
    let (before, after) = updates.split_at(700);
    relay.committed(commit(&pg, before.to_vec()).await);
    let mut taken = agency.take(300).await;
    tokio::task::block_in_place(|| world.servers().stop(Server::Broker));
    wait_until("the link is down", LIMIT, async || !hub.link().borrow().is_up()).await;
    // While the broker is away decisions go on.
    for chunk in after.chunks(100) {
        relay.committed(commit(&pg, chunk.to_vec()).await);
    }
    assert!(relay.state().borrow().held <= RelaySettings::default().capacity, "memory is bounded");
    tokio::task::block_in_place(|| world.servers().start(Server::Broker));
    taken.extend(agency.take(usize::try_from(n).expect("small") - 300).await);
    in_order(&taken, incident, n);
    wait_until("the outbox is empty", LIMIT, async || count(&pg, "outbox").await == 0).await;
}
