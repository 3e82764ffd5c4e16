//! What an agency cannot read is seen by a person at the hub.

use lapin::options::{BasicPublishOptions, ConfirmSelectOptions};
use lapin::{BasicProperties, Connection, ConnectionProperties};

use super::desk::{Desk, LONG, call, text};
use crate::world::{World, wait_until};

#[actix_web::test]
async fn a_message_that_its_agency_cannot_read_is_a_dead_letter_and_the_next_is_taken() {
    let mut desk = Desk::open(World::new().await).await;
    desk.agency("ambulance", &[]);
    let connection = Connection::connect(&desk.world.amqp_url, ConnectionProperties::default()).await;
    let connection = connection.expect("the hub's broker");
    // A channel for each try: while there is no exchange yet the broker closes it.
    wait_until("the ambulance's queue has it", LONG, async || {
        let channel = connection.create_channel().await.expect("a channel");
        channel.confirm_select(ConfirmSelectOptions::default()).await.expect("confirms");
        let options = BasicPublishOptions { mandatory: true, ..BasicPublishOptions::default() };
        let properties = BasicProperties::default().with_delivery_mode(2);
        let key = "75.ambulance.incident_notice".into();
        let sent = channel.basic_publish("hub112.out".into(), key, options, b"{\"contract\":", properties);
        let Ok(sent) = sent.await else { return false };
        sent.await.is_ok_and(|confirmed| confirmed.take_message().is_none())
    })
    .await;
    let pg = desk.world.pg().await;
    wait_until("it is a dead letter", LONG, async || {
        let sql = "SELECT 1 FROM dead_letter WHERE queue = 'agency.75.ambulance' AND reason = 'rejected'";
        !pg.query(sql, &[]).await.expect("letters").is_empty()
    })
    .await;
    let card = desk.message(&call("человек без сознания, не дышит", 43.2389, 76.8897)).await;
    desk.request_forces(&card).await;
    desk.until("the ambulance has answered what came after it", &card, |card| {
        card["requests"].as_object().is_some_and(|all| {
            all.values().any(|r| r["service"] == "ambulance" && text(r, "/state") != "open")
        })
    })
    .await;
}
