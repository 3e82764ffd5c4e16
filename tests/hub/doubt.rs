//! An instance that is cut off from the database, and not from the broker, leaves what agencies say to whoever can write it
//! down; when it reaches the database again it listens again.

use lapin::options::QueueDeclareOptions;
use lapin::types::FieldTable;
use lapin::{Connection, ConnectionProperties};

use super::desk::LONG;
use crate::world::{Line, World, wait_until};

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
        wait_until(what, LONG, async || {
            let options = QueueDeclareOptions { passive: true, durable: true, ..Default::default() };
            let queue = channel.queue_declare("hub112.inbox.75".into(), options, FieldTable::default()).await;
            (queue.expect("its queue").consumer_count() > 0) == wanted
        })
        .await;
    };
    listening(true).await;
    line.cut();
    listening(false).await;
    assert!(!hub.is_ready(), "it says so as well");
    line.mend();
    listening(true).await;
    wait_until("it is ready again", LONG, async || hub.is_ready()).await;
}
