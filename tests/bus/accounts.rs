//! An agency speaks only for itself: the broker sees to that before the hub does.

use hub112::bus::topology::{IN, OUT, agency_queue};
use lapin::options::{BasicConsumeOptions, BasicPublishOptions, ConfirmSelectOptions, QueueDeclareOptions};
use lapin::types::{FieldTable, ShortString};
use lapin::{BasicProperties, Channel};

use super::setting::{agency_url, broker, consume, hub_broker, party};
use crate::world::World;

/// Publishes and waits for the broker's word on it.
async fn publish(channel: &Channel, exchange: &str, key: &str, user_id: Option<&str>) -> lapin::Result<()> {
    channel.confirm_select(ConfirmSelectOptions::default()).await?;
    let properties = match user_id {
        Some(user) => BasicProperties::default().with_user_id(user.into()),
        None => BasicProperties::default(),
    };
    let (exchange, key) = (ShortString::from(exchange), ShortString::from(key));
    channel.basic_publish(exchange, key, BasicPublishOptions::default(), b"{}", properties).await?.await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_broker_lets_an_agency_speak_and_listen_only_for_itself() {
    let world = World::new().await;
    let ambulance = party("11.ambulance");
    let _hub = hub_broker(&world, &["11.ambulance", "11.police"]).await;
    let url = agency_url(&world, &ambulance).await;
    let link = broker(&url, "agency", None);
    let own = "agency.11.ambulance";

    let channel = link.channel().await.expect("a channel");
    publish(&channel, IN, "11.ambulance.unit_status", Some(own)).await.expect("its own key");
    consume(&link, &ambulance).await.expect("its own queue");

    let refused = [
        (IN, "11.police.unit_status", own, "another's key"),
        (IN, "10.ambulance.unit_status", own, "another region's key"),
        (IN, "11.ambulance", own, "no kind"),
        (OUT, "11.police.forces_request", own, "the hub's exchange"),
        ("", "agency.11.police", own, "another's queue"),
        (IN, "11.ambulance.unit_status", "agency.11.police", "another's user_id"),
    ];
    for (exchange, key, user, what) in refused {
        let channel = link.channel().await.expect("a channel");
        let error = publish(&channel, exchange, key, Some(user)).await.expect_err(what);
        assert!(error.is_amqp_soft_error(), "{what}: {error}");
    }
    let channel = link.channel().await.expect("a channel");
    let other = ShortString::from(agency_queue(&party("11.police")));
    let options = BasicConsumeOptions::default();
    let read = channel.basic_consume(other, "spy".into(), options, FieldTable::default()).await;
    assert!(read.is_err_and(|e| e.is_amqp_soft_error()), "another's queue is not read");
    let channel = link.channel().await.expect("a channel");
    let made = channel
        .queue_declare("own.queue".into(), QueueDeclareOptions::default(), FieldTable::default())
        .await;
    assert!(made.is_err(), "an agency makes no queues");
    assert!(link.link().borrow().is_up(), "the connection stays through all of it");
}

/// 112-R c.3(7): several desks under one sub-clause, each with an account of its own.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_broker_keeps_the_desks_of_one_kind_apart() {
    let world = World::new().await;
    let hub = hub_broker(&world, &["15.utilities", "15.utilities-power"]).await;
    let gas = party("15.utilities-gas");
    hub.serve(&gas).await;
    let accounts = [agency_url(&world, &party("15.utilities")).await, agency_url(&world, &gas).await];
    let [main, own] = accounts.map(|url| broker(&url, "agency", None));
    consume(&own, &gas).await.expect("its own queue");

    let keys = ["15.utilities.unit_status", "15.utilities-gas.unit_status", "15.utilities-power.unit_status"];
    for (link, account, may) in [(&main, "agency.15.utilities", 0), (&own, "agency.15.utilities-gas", 1)] {
        for (n, key) in keys.into_iter().enumerate() {
            let channel = link.channel().await.expect("a channel");
            let published = publish(&channel, IN, key, Some(account)).await;
            assert_eq!(published.is_ok(), n == may, "{account} under {key}: {published:?}");
        }
    }
    for (link, queue) in [(&main, "15.utilities-gas"), (&own, "15.utilities"), (&own, "15.utilities-power")] {
        let channel = link.channel().await.expect("a channel");
        let other = ShortString::from(agency_queue(&party(queue)));
        let options = BasicConsumeOptions::default();
        let read = channel.basic_consume(other, "spy".into(), options, FieldTable::default()).await;
        assert!(read.is_err_and(|e| e.is_amqp_soft_error()), "{queue} is another's");
    }
    hub.redeclare().await.expect("the queue made under way is one of the topology");
}
