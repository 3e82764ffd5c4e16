use std::time::Duration;

use hub112::store::{database, migrate};

use crate::world::{World, free_port, wait_until};

#[tokio::test]
async fn a_world_is_migrated_and_its_own() {
    let (one, other) = tokio::join!(World::new(), World::new());
    assert_eq!(migrate::missing(&one.database_url).await.expect("missing"), Vec::<String>::new());
    assert_ne!(one.database_url, other.database_url);
    assert_ne!(one.vhost, other.vhost);

    one.pg().await.batch_execute("CREATE TABLE mine (x int)").await.expect("a table");
    let there: bool = other
        .pg()
        .await
        .query_one("SELECT to_regclass('mine') IS NOT NULL", &[])
        .await
        .expect("an answer")
        .get(0);
    assert!(!there, "the table of one world shows in another");
}

#[actix_web::test]
async fn a_virtual_host_is_open_to_a_stock_client() {
    let world = World::new().await;
    let options = lapin::ConnectionProperties::default();
    let connection = lapin::Connection::connect(&world.amqp_url, options).await.expect("a connection");
    let channel = connection.create_channel().await.expect("a channel");
    let queue =
        channel.queue_declare("q".into(), Default::default(), Default::default()).await.expect("a queue");
    assert_eq!(queue.message_count(), 0);
}

#[tokio::test]
async fn a_world_leaves_nothing_behind() {
    let world = World::new().await;
    let (url, management, vhost, dir) =
        (world.database_url.clone(), world.management_url.clone(), world.vhost.clone(), world.dir.clone());
    drop(world);
    assert!(database::connect(&url, "test").await.is_err(), "the database is still there");
    assert!(!dir.exists());
    let vhosts = std::process::Command::new("curl")
        .args(["--silent", "--fail", &format!("{management}/api/vhosts")])
        .output()
        .expect("curl runs");
    let vhosts = String::from_utf8_lossy(&vhosts.stdout).into_owned();
    assert!(vhosts.contains("hub112"), "{vhosts}");
    assert!(!vhosts.contains(&format!("\"{vhost}\"")), "the virtual host is still there");
}

#[test]
fn a_free_port_can_be_taken_and_is_never_lent_out() {
    let port = free_port();
    assert!(port < 32_768);
    std::net::TcpListener::bind(("127.0.0.1", port)).expect("free");
}

#[tokio::test]
#[should_panic(expected = "not within 20ms: the sun rises")]
async fn waiting_in_vain_says_for_what() {
    wait_until("the sun rises", Duration::from_millis(20), async || false).await;
}
