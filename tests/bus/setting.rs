//! A virtual host with the hub's topology, a database, and an agency's end of a queue.

use std::time::Duration;

use hub112::bus::BusError;
use hub112::bus::accounts::{AgencyAccount, Management, random_password};
use hub112::bus::connection::{Broker, BrokerSettings, LiveChannel};
use hub112::bus::topology::{Topology, agency_queue};
use hub112::domain::envelope::{
    CONTRACT, Envelope, Head, HubContent, IncidentNotice, Kind, NoticeStage, Party, Place, RawContent,
    Recipient, Status,
};
use hub112::domain::ids::{DistributionId, IncidentId};
use hub112::store::append::OutboxRow;
use lapin::Consumer;
use lapin::options::{BasicConsumeOptions, BasicQosOptions};
use lapin::types::{FieldTable, ShortString};
use secrecy::ExposeSecret;
use tokio_postgres::Client;
use uuid::Uuid;

use crate::world::World;

/// How long a test waits for what must happen.
pub const LIMIT: Duration = Duration::from_secs(30);

pub fn party(text: &str) -> Party {
    let (region, service) = text.split_once('.').expect("region.service");
    Party { region: region.parse().expect("a region"), service: service.parse().expect("a service") }
}

/// The hub's own connection, with queues for these services declared.
pub async fn hub_broker(world: &World, parties: &[&str]) -> Broker {
    let hub = broker(&world.amqp_url, "hub", Some(Topology::new(parties.iter().map(|p| party(p)))));
    let mut link = hub.link();
    link.wait_for(|l| l.is_up()).await.expect("a connection");
    hub
}

pub fn broker(url: &str, name: &str, topology: Option<Topology>) -> Broker {
    // With RUST_LOG a failing test tells what happened.
    let filter = tracing_subscriber::EnvFilter::from_default_env();
    let _ = tracing_subscriber::fmt().with_env_filter(filter).with_test_writer().try_init();
    let settings = BrokerSettings { url: url.to_owned().into(), name: name.to_owned() };
    Broker::connect(&settings, topology).expect("an address")
}

/// Makes the agency's account and gives its address. Accounts are common to all virtual hosts of the broker, so
/// each test that makes one has a region of its own.
pub async fn agency_url(world: &World, party: &Party) -> String {
    let account = AgencyAccount::regional(party);
    let (password, name) = (random_password(), account.name());
    let secret = password.clone();
    manage(world, async move |m| m.put_agency(&account, &secret).await).await.expect("an account");
    let (scheme, rest) = world.amqp_url.split_once("://").expect("an address");
    let (_, host) = rest.rsplit_once('@').expect("an address");
    format!("{scheme}://{name}:{}@{host}", password.expose_secret())
}

/// Asks the management interface, on a thread with the runtime that its client needs.
pub async fn manage<T: Send + 'static>(
    world: &World,
    ask: impl AsyncFnOnce(Management) -> T + Send + 'static,
) -> T {
    let (url, vhost) = (world.management_url.clone(), world.vhost.clone());
    let asking = tokio::task::spawn_blocking(move || {
        let management = || Management::new(&url.into(), &vhost).expect("the management interface");
        actix_rt::System::new().block_on(async move { ask(management()).await })
    });
    asking.await.expect("no panic")
}

/// The `n`-th notice of an incident to these services, as the hub's decision would put it into the outbox.
pub fn notice(incident: IncidentId, n: u64, to: &[&str]) -> OutboxRow {
    let parties: Vec<Party> = to.iter().map(|p| party(p)).collect();
    let region = parties[0].region;
    let now = jiff::Timestamp::now();
    let envelope = Envelope {
        head: Head {
            contract: CONTRACT,
            distribution_id: DistributionId(Uuid::now_v7()),
            sender: Party::hub(region),
            recipients: parties
                .iter()
                .map(|p| Recipient {
                    region: p.region,
                    service: p.service.clone(),
                    sequence: Some(n),
                    references: None,
                })
                .collect(),
            sent_at: now,
            expires_at: None,
            status: Status::Actual,
            kind: if n == 1 { Kind::Report } else { Kind::Update },
            references: None,
            incident: Some(incident),
            trace: None,
        },
        content: HubContent::IncidentNotice(IncidentNotice {
            stage: NoticeStage::Full,
            number: None,
            category: None,
            category_names: None,
            emergency: false,
            scale: None,
            scale_at_least: false,
            reported_at: now,
            place: Place::default(),
            text: format!("состояние {n}"),
            affected: None,
            affected_at_least: false,
            dangers: vec![],
            caller: None,
            reason: None,
            merged_into: None,
        }),
    };
    OutboxRow {
        distribution: envelope.head.distribution_id,
        region,
        ordering_key: incident.to_string(),
        routing_keys: envelope.routing_keys(),
        kind: "incident_notice".into(),
        priority: 5,
        expires_at: None,
        body: envelope.to_bytes().expect("an envelope").into(),
    }
}

/// Commits rows to the outbox as the journal does, and gives them with their ids.
pub async fn commit(pg: &Client, rows: Vec<OutboxRow>) -> Vec<(i64, OutboxRow)> {
    let mut committed = Vec::with_capacity(rows.len());
    for row in rows {
        let id = pg
            .query_one(
                "INSERT INTO outbox (distribution, region, ordering_key, routing_keys, kind, priority, expires_at, \
                 body) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id",
                &[
                    &row.distribution.0,
                    &row.region.to_string(),
                    &row.ordering_key,
                    &row.routing_keys,
                    &row.kind.as_ref(),
                    &i16::from(row.priority),
                    &row.expires_at,
                    &row.body.as_ref(),
                ],
            )
            .await
            .expect("an outbox row")
            .get(0);
        committed.push((id, row));
    }
    committed
}

/// Begins to consume an agency's queue.
pub async fn consume(broker: &Broker, party: &Party) -> Result<(LiveChannel, Consumer), BusError> {
    let channel = broker.channel().await?;
    channel.answer(channel.basic_qos(200, BasicQosOptions::default())).await?;
    let queue = ShortString::from(agency_queue(party));
    let options = BasicConsumeOptions::default();
    let consuming = channel.basic_consume(queue, "agency".into(), options, FieldTable::default());
    let consumer = channel.answer(consuming).await?;
    Ok((channel, consumer))
}

/// Reads a message as an agency does.
pub fn read(body: &[u8]) -> Envelope<RawContent> {
    Envelope::parse_from_hub(body).expect("an envelope")
}

/// How many rows a table has.
pub async fn count(pg: &Client, table: &str) -> i64 {
    pg.query_one(&format!("SELECT count(*) FROM {table}"), &[]).await.expect("a count").get(0)
}
