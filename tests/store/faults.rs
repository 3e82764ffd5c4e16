//! What the journal does when its connection, its server or its lease is taken away.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::future::join_all;
use hub112::actors::journal::{Journal, JournalHealth, JournalSettings};
use hub112::actors::lease::{LeaseSettings, Leases, Tenure};
use hub112::store::append::{Epoch, JournalError};
use hub112::store::journal::{last_seq, read_stream};
use hub112::store::lease::{Claim, claim, renew};
use hub112::store::verify::verify;
use hub112::store::{database, outbox};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::appends::{append, outbox_row, running, stream};
use crate::world::{Server, World, wait_until};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_connections_are_killed_nothing_acknowledged_is_lost_and_nothing_is_there_twice() {
    const STREAMS: u64 = 16;
    const KILLS: usize = 20;
    let hub = running().await;
    let client = hub.world.pg().await;
    let acknowledged = Arc::new(AtomicUsize::new(0));
    let done = Arc::new(AtomicBool::new(false));
    // One or both connections, each time when some more appends have been acknowledged.
    let killer = async {
        let mut killed = 0;
        while killed < KILLS {
            let before = acknowledged.load(Ordering::Relaxed);
            wait_until("some more are acknowledged", LONG, async || {
                acknowledged.load(Ordering::Relaxed) > before + 20
            })
            .await;
            let rows = client
                .query(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                     WHERE datname = current_database() AND application_name = 'hub112 journal' \
                     AND random() < 0.7",
                    &[],
                )
                .await
                .expect("kill");
            killed += rows.len();
        }
        done.store(true, Ordering::Relaxed);
    };
    let appenders = (0..STREAMS).map(|n| {
        let journal = hub.journal.clone();
        let acknowledged = Arc::clone(&acknowledged);
        let done = Arc::clone(&done);
        tokio::spawn(async move {
            let name = format!("service/{}/police", 10 + n);
            let mut seq = 0;
            while !done.load(Ordering::Relaxed) {
                let mut one = append(&name, seq, &format!("{{\"seq\":{}}}", seq + 1));
                one.outbox.push(outbox_row(&name, &format!("{name} {}", seq + 1)));
                let committed = journal.append(one).await.expect("an append waits for the connection");
                seq += 1;
                assert_eq!(committed.last, seq);
                acknowledged.fetch_add(1, Ordering::Relaxed);
            }
            seq
        })
    });
    let (written, ()) = tokio::join!(join_all(appenders), killer);
    let written: Vec<u64> = written.into_iter().map(|one| one.expect("an appender")).collect();
    for (n, count) in written.iter().enumerate() {
        let events = read_stream(&hub.pool, &stream(&format!("service/{}/police", 10 + n)), 0, 100_000)
            .await
            .expect("read");
        let bodies: Vec<String> = events.into_iter().map(|event| event.body).collect();
        assert_eq!(bodies, (1..=*count).map(|seq| format!("{{\"seq\":{seq}}}")).collect::<Vec<_>>());
    }
    let verdict = verify(&hub.pool, None, None, |_| {}).await.expect("verify");
    assert!(verdict.is_clean(), "{:?}", verdict.findings);
    let handed: Vec<_> = hub.handed_over.try_iter().collect();
    let ids: Vec<i64> = handed.iter().map(|(id, _)| *id).collect();
    let mut sorted = ids.clone();
    sorted.sort_unstable();
    let regions: Vec<_> = ["75".parse().expect("a region")].into();
    assert_eq!(outbox::oldest(&hub.pool, &regions, 1_000_000).await.expect("oldest"), sorted);
    let mut by_key: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (_, row) in handed {
        by_key.entry(row.ordering_key).or_default().push(String::from_utf8_lossy(&row.body).into_owned());
    }
    assert_eq!(by_key.len() as u64, STREAMS);
    for ((key, bodies), count) in by_key.into_iter().zip(written) {
        assert_eq!(
            bodies,
            (1..=count).map(|seq| format!("{key} {seq}")).collect::<Vec<_>>(),
            "in order, each once"
        );
    }
}

/// Passes bytes between the journal and the server, until it is told to cut the next answer off.
struct Between {
    url: String,
    cut: Arc<AtomicBool>,
    cuts: Arc<AtomicUsize>,
}

async fn between(world: &World) -> Between {
    let config: tokio_postgres::Config = world.database_url.parse().expect("an address");
    let tokio_postgres::config::Host::Tcp(host) = &config.get_hosts()[0] else { panic!("tests use TCP") };
    let target = (host.clone(), config.get_ports()[0]);
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("listen");
    let port = listener.local_addr().expect("an address").port();
    let (cut, cuts) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let (cutting, counting) = (Arc::clone(&cut), Arc::clone(&cuts));
    tokio::spawn(async move {
        while let Ok((inner, _)) = listener.accept().await {
            let outer = TcpStream::connect(target.clone()).await.expect("the server");
            tokio::spawn(pass(inner, outer, Arc::clone(&cutting), Arc::clone(&counting)));
        }
    });
    let url = world.database_url.replace(&format!(":{}/", config.get_ports()[0]), &format!(":{port}/"));
    assert_ne!(url, world.database_url);
    Between { url, cut, cuts }
}

async fn pass(inner: TcpStream, outer: TcpStream, cut: Arc<AtomicBool>, cuts: Arc<AtomicUsize>) {
    let (mut from_hub, mut to_hub) = inner.into_split();
    let (mut from_server, mut to_server) = outer.into_split();
    let up = tokio::spawn(async move { tokio::io::copy(&mut from_hub, &mut to_server).await });
    let mut buffer = vec![0; 65536];
    while let Ok(read @ 1..) = from_server.read(&mut buffer).await {
        if cut.swap(false, Ordering::SeqCst) {
            // The server has done what it was asked and says so; the hub never hears it.
            cuts.fetch_add(1, Ordering::SeqCst);
            break;
        }
        if to_hub.write_all(&buffer[..read]).await.is_err() {
            break;
        }
    }
    up.abort();
}

#[tokio::test]
async fn a_commit_whose_answer_is_lost_is_found_in_the_journal_and_not_written_again() {
    let world = World::new().await;
    let between = between(&world).await;
    let (sender, handed_over) = std::sync::mpsc::channel();
    let settings = JournalSettings { lanes: 1, ..JournalSettings::new(&between.url) };
    let (journal, _) = Journal::start(
        &settings,
        Arc::new(move |rows| rows.into_iter().for_each(|row| drop(sender.send(row)))),
    );
    let one = |seq: u64| {
        let mut one = append("region/75", seq, &format!("{{\"seq\":{}}}", seq + 1));
        one.outbox.push(outbox_row("incident", &seq.to_string()));
        one
    };
    journal.append(one(0)).await.expect("the first");
    for seq in 1..=5 {
        between.cut.store(true, Ordering::SeqCst);
        let committed = journal.append(one(seq)).await.expect("found again");
        assert_eq!(committed.last, seq + 1);
        assert_eq!(between.cuts.load(Ordering::SeqCst) as u64, seq, "the answer was cut off");
    }
    let pool = database::pool(&world.database_url, 2).expect("pool");
    assert_eq!(last_seq(&pool, &stream("region/75")).await.expect("head"), 6);
    let rows: Vec<_> = handed_over.try_iter().collect();
    assert_eq!(rows.len(), 6, "each outbox row is handed over once, with its id");
    assert_eq!(
        outbox::oldest(&pool, &["75".parse().expect("a region")], 100).await.expect("oldest"),
        rows.iter().map(|(id, _)| *id).collect::<Vec<_>>()
    );
    let verdict = verify(&pool, None, None, |_| {}).await.expect("verify");
    assert!(verdict.is_clean(), "{:?}", verdict.findings);
}

/// Who finds no place is told so before anything is decided: nothing has run ahead of the journal that would have to be
/// read again, from a database that is slow already.
#[tokio::test]
async fn a_place_is_taken_before_anything_is_decided_and_given_back_when_it_is_not_used() {
    let away = JournalSettings { lanes: 1, queue: 2, ..JournalSettings::new("host=127.0.0.1 port=1 user=x") };
    let (journal, _) = Journal::start(&away, Arc::new(|_| {}));
    let of = stream("region/75");
    let (first, second) = (journal.reserve(&of).expect("a place"), journal.reserve(&of).expect("another"));
    assert!(matches!(journal.reserve(&of), Err(JournalError::Busy)));
    drop(first);
    let _waits = journal.reserve(&of).expect("given back").append(append("region/75", 0, "{}"));
    drop(second);
    let _waits_too = journal.append(append("region/75", 1, "{}"));
    assert!(matches!(journal.reserve(&of), Err(JournalError::Busy)), "what waits keeps its place");
    assert!(matches!(journal.append(append("region/75", 2, "{}")).await, Err(JournalError::Busy)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_the_server_restarts_appends_wait_and_are_then_written() {
    let world = World::alone().await;
    let (journal, _) = Journal::start(&JournalSettings::new(&world.database_url), Arc::new(|_| {}));
    journal.append(append("region/75", 0, "{}")).await.expect("the first");
    world.servers().stop(Server::Postgres);
    let waiting: Vec<_> = (1..50).map(|seq| journal.append(append("region/75", seq, "{}"))).collect();
    let mut health = journal.health();
    let down = health.wait_for(|health| matches!(health, JournalHealth::Down { .. }));
    tokio::time::timeout(Duration::from_secs(30), down).await.expect("in time").expect("a journal");
    world.servers().start(Server::Postgres);
    for (outcome, seq) in join_all(waiting).await.into_iter().zip(2..) {
        assert_eq!(outcome.expect("written after the restart").last, seq);
    }
    let up = health.wait_for(|health| *health == JournalHealth::Up);
    tokio::time::timeout(Duration::from_secs(30), up).await.expect("in time").expect("a journal");
}

const LONG: Duration = Duration::from_secs(60);
const SHORT: Duration = Duration::from_millis(100);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deposed_instance_cannot_write_not_even_a_stream_that_nobody_wrote_before() {
    let hub = running().await;
    let region = "75".parse().expect("a region");
    let Claim::Held(old) = claim(&hub.pool, region, "a", SHORT).await.expect("claim") else {
        panic!("the region is free")
    };
    // The old instance writes as fast as it can, over the take-over.
    let acknowledged = tokio::spawn({
        let journal = hub.journal.clone();
        async move {
            let mut seq = 0;
            loop {
                let mut one = append("region/75", seq, "{}");
                one.epoch = old;
                match journal.append(one).await {
                    Ok(committed) => seq = committed.last,
                    Err(error) => return (seq, error),
                }
            }
        }
    });
    let mut new = old;
    wait_until("the lease expires", LONG, async || {
        if let Claim::Held(epoch) = claim(&hub.pool, region, "b", LONG).await.expect("claim") {
            new = epoch;
        }
        new > old
    })
    .await;
    let at_take_over = last_seq(&hub.pool, &stream("region/75")).await.expect("head");
    let (last, error) = acknowledged.await.expect("the old instance");
    assert_eq!(error, JournalError::Deposed { stream: stream("region/75"), own: old.0, current: new.0 });
    assert_eq!(last, at_take_over, "what the old one was told is what the new one finds");
    let mut unseen = append("service/75/police", 0, "{}");
    unseen.epoch = old;
    assert!(matches!(hub.journal.append(unseen).await, Err(JournalError::Deposed { .. })));
    let mut own = append("region/75", at_take_over, "{}");
    own.epoch = new;
    hub.journal.append(own).await.expect("the new one writes");
    assert!(renew(&hub.pool, "a", &[(region, old)], LONG).await.expect("renew").is_empty());
}

#[tokio::test]
async fn an_instance_that_restarts_takes_its_own_region_back_at_once_and_under_a_new_epoch() {
    let world = World::new().await;
    let pool = database::pool(&world.database_url, 2).expect("pool");
    let region = "75".parse().expect("a region");
    let first = claim(&pool, region, "a", LONG).await.expect("claim");
    let again = claim(&pool, region, "a", LONG).await.expect("claim");
    assert_eq!((first, again), (Claim::Held(Epoch(1)), Claim::Held(Epoch(2))));
    let other = claim(&pool, region, "b", LONG).await.expect("claim");
    assert!(matches!(other, Claim::Taken { holder, .. } if holder == "a"));
}

#[tokio::test]
async fn of_two_instances_one_holds_each_region_and_the_other_follows_when_it_goes() {
    let world = World::new().await;
    let pool = database::pool(&world.database_url, 4).expect("pool");
    let regions: Vec<_> =
        (70..=75).map(|n| hub112::domain::ids::RegionCode::new(n).expect("a region")).collect();
    let keep = |holder: &str| {
        let settings = LeaseSettings {
            holder: holder.to_owned(),
            regions: regions.clone(),
            ttl: Duration::from_millis(1200),
        };
        Leases::keep(pool.clone(), settings)
    };
    let all_held = |tenure: &Tenure| matches!(tenure, Tenure::Held(_));
    let one = keep("one");
    let mut of_one = one.tenures();
    of_one.wait_for(|tenures| tenures.values().all(all_held)).await.expect("one holds all");
    let other = keep("other");
    let mut of_other = other.tenures();
    of_other
        .wait_for(|tenures| {
            tenures
                .values()
                .all(|tenure| matches!(tenure, Tenure::Waiting { holder: Some((name, _)) } if name == "one"))
        })
        .await
        .expect("the other waits");
    // Longer than a lease: it is prolonged meanwhile.
    tokio::time::timeout(Duration::from_millis(2000), of_other.wait_for(|t| t.values().any(all_held)))
        .await
        .expect_err("the other gets nothing while the one lives");
    one.release().await;
    let held = of_other
        .wait_for(|tenures| tenures.values().all(all_held))
        .await
        .expect("the other holds all")
        .clone();
    let later = |tenure: &Tenure| matches!(tenure, Tenure::Held(Epoch(2..)));
    assert!(held.values().all(later), "{held:?}");
}
