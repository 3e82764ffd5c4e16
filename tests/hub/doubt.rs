//! An instance that is cut off from the database, and not from the broker, leaves what agencies say to whoever can write it
//! down; when it reaches the database again it listens again.

use std::time::Duration;

use hub112::store::database::pool;
use hub112::store::lease::{self, Claim};
use lapin::options::{BasicGetOptions, BasicPublishOptions, ConfirmSelectOptions, QueueDeclareOptions};
use lapin::types::FieldTable;
use lapin::{BasicProperties, Channel, Connection, ConnectionProperties};

use super::desk::LONG;
use crate::world::{Line, World, wait_until};

/// What a busy machine may add to what is due at once.
const SOON: Duration = Duration::from_secs(2);

/// Whether somebody consumes what agencies say to the hub of Almaty.
pub async fn is_heard(channel: &Channel) -> bool {
    let options = QueueDeclareOptions { passive: true, durable: true, ..Default::default() };
    let queue = channel.queue_declare("hub112.inbox.75".into(), options, FieldTable::default()).await;
    queue.expect("its queue").consumer_count() > 0
}

#[actix_web::test]
async fn an_instance_cut_off_from_the_database_lets_go_of_its_channels_until_it_reaches_it_again() {
    let mut world = World::new().await;
    let line = Line::before(&mut world.database_url);
    let hub = world.hub_with("regions = [\"75\"]\nlease_seconds = 2\n").await;
    let broker =
        Connection::connect(&world.amqp_url, ConnectionProperties::default()).await.expect("a connection");
    let channel = broker.create_channel().await.expect("a channel");
    let listening = async |wanted: bool| {
        let what = if wanted { "the hub listens" } else { "the hub has let go" };
        wait_until(what, LONG, async || is_heard(&channel).await == wanted).await;
    };
    listening(true).await;
    line.cut();
    listening(false).await;
    assert!(!hub.is_ready(), "it says so as well");
    line.mend();
    listening(true).await;
    wait_until("it is ready again", LONG, async || hub.is_ready()).await;
}

/// A partition says nothing: no connection ends, and no question is answered. When its lease has run out another may act.
#[actix_web::test]
async fn an_instance_whose_database_falls_silent_lets_go_when_its_lease_runs_out() {
    let mut world = World::new().await;
    let pg = world.pg().await;
    let line = Line::before(&mut world.database_url);
    let hub = world.hub_with("regions = [\"75\"]\nlease_seconds = 2\n").await;
    let broker =
        Connection::connect(&world.amqp_url, ConnectionProperties::default()).await.expect("a connection");
    let channel = broker.create_channel().await.expect("a channel");
    wait_until("the hub listens", LONG, async || is_heard(&channel).await).await;
    line.silence();
    wait_until("its lease has run out", LONG, async || {
        let free = "SELECT expires_at < clock_timestamp() FROM lease WHERE region = '75'";
        pg.query_one(free, &[]).await.expect("the lease").get(0)
    })
    .await;
    wait_until("the hub has let go", SOON, async || !is_heard(&channel).await).await;
    assert!(!hub.is_ready(), "it says so as well");
    line.mend();
    wait_until("the hub listens again", LONG, async || is_heard(&channel).await).await;
    wait_until("it is ready again", LONG, async || hub.is_ready()).await;
}

/// Another has taken the region over meanwhile. Until it has ended the one that finds itself deposed takes nothing that is said
/// to the hub: it could only throw it away.
#[actix_web::test]
async fn an_instance_that_comes_back_deposed_takes_nothing_of_what_agencies_say_while_it_ends() {
    let mut world = World::new().await;
    let pool = pool(&world.database_url, 2).expect("a pool");
    let line = Line::before(&mut world.database_url);
    let mut hub = world.hub_with("regions = [\"75\"]\nlease_seconds = 2\n").await;
    let broker =
        Connection::connect(&world.amqp_url, ConnectionProperties::default()).await.expect("a connection");
    let channel = broker.create_channel().await.expect("a channel");
    wait_until("the hub listens", LONG, async || is_heard(&channel).await).await;
    line.silence();
    wait_until("another has taken the region", LONG, async || {
        let claim = lease::claim(&pool, "75".parse().expect("a region"), "another", LONG).await;
        matches!(claim.expect("asked"), Claim::Held(_))
    })
    .await;
    wait_until("the hub has let go", SOON, async || !is_heard(&channel).await).await;
    let (options, none) = (BasicPublishOptions::default(), BasicProperties::default());
    channel.confirm_select(ConfirmSelectOptions::default()).await.expect("confirms");
    let said = channel.basic_publish("".into(), "hub112.inbox.75".into(), options, b"{", none).await;
    said.expect("published").await.expect("in the queue");
    line.mend();
    wait_until("it has noticed and gone", LONG, async || hub.has_ended()).await;
    let options = BasicGetOptions { no_ack: true };
    let got = channel.basic_get("hub112.inbox.75".into(), options).await.expect("the queue");
    let got = got.expect("what was said is there for whoever acts");
    assert!(!got.delivery.redelivered, "nobody has had it");
}
