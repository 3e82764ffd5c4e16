use std::time::Duration;

use lapin::options::{BasicGetOptions, BasicPublishOptions, ConfirmSelectOptions, QueueDeclareOptions};
use lapin::types::FieldTable;
use lapin::{BasicProperties, Channel, Connection, ConnectionProperties};

use crate::world::{Server, World, wait_until};

async fn channel(world: &World) -> Option<Channel> {
    let connection = Connection::connect(&world.amqp_url, ConnectionProperties::default()).await.ok()?;
    connection.create_channel().await.ok()
}

#[actix_web::test]
async fn the_database_keeps_what_was_committed_through_a_crash() {
    let world = World::alone().await;
    let client = world.pg().await;
    client
        .batch_execute("CREATE TABLE kept (x int); INSERT INTO kept VALUES (112)")
        .await
        .expect("committed");
    world.servers().crash(Server::Postgres);
    wait_until("the old session has ended", Duration::from_secs(10), async || client.is_closed()).await;
    world.servers().start(Server::Postgres);
    let kept: i32 = world.pg().await.query_one("SELECT x FROM kept", &[]).await.expect("the row").get(0);
    assert_eq!(kept, 112);
}

#[actix_web::test]
async fn the_broker_keeps_what_it_confirmed_through_a_crash() {
    let world = World::alone().await;
    let to_broker = channel(&world).await.expect("a channel");
    let mut quorum = FieldTable::default();
    quorum.insert("x-queue-type".into(), lapin::types::AMQPValue::LongString("quorum".into()));
    let durable = QueueDeclareOptions { durable: true, ..Default::default() };
    to_broker.queue_declare("kept".into(), durable, quorum).await.expect("a queue");
    // RabbitMQ notes the names of its quorum queues about half a second late. One that it forgot in a crash comes
    // back empty and without a leader; what is proved here concerns a queue that stands.
    wait_until("the broker has noted the queue", Duration::from_secs(20), async || {
        world.servers().broker_has_noted(&format!("{}_kept", world.vhost))
    })
    .await;
    to_broker.confirm_select(ConfirmSelectOptions::default()).await.expect("confirms");
    let properties = BasicProperties::default().with_delivery_mode(2);
    let confirm = to_broker
        .basic_publish("".into(), "kept".into(), BasicPublishOptions::default(), b"112", properties)
        .await
        .expect("published")
        .await
        .expect("a confirm");
    assert!(confirm.is_ack());

    world.servers().crash(Server::Broker);
    assert!(channel(&world).await.is_none(), "the broker still answers");
    world.servers().start(Server::Broker);

    let again = channel(&world).await.expect("a channel");
    let kept = again.basic_get("kept".into(), BasicGetOptions::default()).await.expect("an answer");
    assert_eq!(kept.expect("the message").delivery.data, b"112");
}
