//! An import that is killed goes on when it is run again; nobody has to clear anything away.

use std::process::{Command, Stdio};
use std::time::Duration;

use hub112::store::database;

use crate::api::asking::House;
use crate::world::wait_until;

const TOWN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/gis/demo/town.osm.pbf");
/// Whoever stages an address waits for this lock, which the test holds.
const HOLD: i64 = 112;
/// The tables of an import take the types of their columns from the tables in force: one waits.
const HELD: &str = "
    CREATE FUNCTION hold(text) RETURNS boolean LANGUAGE plpgsql AS
        'BEGIN PERFORM pg_advisory_xact_lock_shared(112); RETURN true; END';
    CREATE DOMAIN held AS text CHECK (hold(VALUE));
    ALTER TABLE address ALTER COLUMN house TYPE held";

#[actix_web::test]
async fn an_import_killed_in_the_middle_of_its_rows_goes_on_when_it_is_run_again() {
    let house = House::open().await;
    let pool = database::pool(&house.world.database_url, 2).expect("pool");
    let client = pool.get().await.expect("a connection");
    client.batch_execute(HELD).await.expect("held");
    let holder = pool.get().await.expect("a connection");
    holder.execute("SELECT pg_advisory_lock($1)", &[&HOLD]).await.expect("locked");

    let import = ["gis", "import", "osm", TOWN, "--source", "town"];
    let mut killed = Command::new(env!("CARGO_BIN_EXE_hub112"))
        .args(import)
        .env("HUB112_CONFIG", &house.hub.config)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("hub112 runs");
    let waits = "SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted \
                 AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))";
    wait_until("the roads are staged and an address waits", Duration::from_secs(60), async || {
        client.query_one(waits, &[]).await.expect("locks").get(0)
    })
    .await;
    killed.kill().expect("killed");
    killed.wait().expect("ended");
    holder.execute("SELECT pg_advisory_unlock($1)", &[&HOLD]).await.expect("unlocked");
    let left = "SELECT id, state FROM gis_import WHERE source = 'town'";
    let row = client.query_one(left, &[]).await.expect("one import");
    let (id, state): (i64, String) = (row.get(0), row.get(1));
    assert_eq!(state, "reading");
    wait_until("the session of the dead one has ended", Duration::from_secs(60), async || {
        let others = "SELECT NOT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() \
                      AND application_name = 'hub112 import')";
        client.query_one(others, &[]).await.expect("sessions").get(0)
    })
    .await;
    let roads: i64 =
        client.query_one(&format!("SELECT count(*) FROM road_{id}"), &[]).await.expect("roads").get(0);
    assert!(roads > 0, "some rows were there when it died");

    let said = |output: &std::process::Output| {
        let (out, err) = (&output.stdout, &output.stderr);
        (String::from_utf8_lossy(out).into_owned(), String::from_utf8_lossy(err).into_owned())
    };
    let again = house.hub.run(&import);
    let (out, err) = said(&again);
    assert!(again.status.success(), "{err}");
    assert!(err.contains("an earlier run of this version broke off while it read: its"), "{err}");
    assert!(!err.contains("from the beginning"), "{err}");
    let live: i64 = client
        .query_one("SELECT id FROM gis_import WHERE source = 'town' AND state = 'live'", &[])
        .await
        .expect("in force")
        .get(0);
    assert_eq!(live, id, "the import that was killed is the one in force");
    // It is what an import is that nobody killed.
    let counts = |text: &str| text.lines().find(|line| line.contains(" roads, ")).map(str::to_owned);
    let mut whole = import.to_vec();
    whole.push("--again");
    let (clean, _) = said(&house.hub.run(&whole));
    assert_eq!(counts(&out), counts(&clean));
    assert!(counts(&out).is_some(), "{out}");
}

/// How many rows of each kind the hub has, and of which sources the map is.
async fn in_force(client: &deadpool_postgres::Client) -> (Vec<i64>, Vec<String>) {
    let counts =
        "SELECT (SELECT count(*) FROM road), (SELECT count(*) FROM address), (SELECT count(*) FROM place)";
    let row = client.query_one(counts, &[]).await.expect("counts");
    let sources = "SELECT source FROM gis_import WHERE state = 'live' ORDER BY source";
    let sources = client.query(sources, &[]).await.expect("sources");
    ((0..3).map(|n| row.get(n)).collect(), sources.iter().map(|row| row.get(0)).collect())
}

#[actix_web::test]
async fn what_a_source_brought_is_taken_back_and_what_another_brought_stays() {
    let house = House::open().await;
    let pool = database::pool(&house.world.database_url, 1).expect("pool");
    let client = pool.get().await.expect("a connection");
    let run = |arguments: &[&str]| {
        let output = house.hub.run(arguments);
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (output.status.code(), text(&output.stdout), text(&output.stderr))
    };
    let import = |source: &str| {
        let (code, _, err) = run(&["gis", "import", "osm", TOWN, "--source", source]);
        assert_eq!(code, Some(0), "{err}");
    };
    let before = in_force(&client).await;
    import("north");
    let one = in_force(&client).await;
    assert!(one.0.iter().zip(&before.0).all(|(now, before)| now > before), "{before:?} {one:?}");
    import("south");
    let two = in_force(&client).await;
    assert_eq!(two.1.len(), before.1.len() + 2, "{two:?}");
    assert!(two.0.iter().zip(&one.0).all(|(now, before)| now > before), "{one:?} {two:?}");

    let (code, out, err) = run(&["gis", "remove", "nowhere"]);
    assert_eq!((code, out.as_str()), (Some(1), ""), "{err}");
    assert!(err.contains("nothing of nowhere is in force"), "{err}");
    assert_eq!(in_force(&client).await, two, "nothing was taken");

    let (code, out, err) = run(&["gis", "remove", "south"]);
    assert_eq!(code, Some(0), "{err}");
    let gone = two.0.iter().zip(&one.0).map(|(two, one)| two - one);
    let [roads, addresses, places] = gone.collect::<Vec<_>>()[..] else { panic!("three kinds") };
    let said = format!("south is no longer in force: {roads} roads, {addresses} addresses, {places} places");
    assert!(out.contains(&said), "{out}");
    assert_eq!(in_force(&client).await, one, "what the other brought stays");
    let (_, listed, _) = run(&["gis", "list"]);
    assert!(listed.contains("north in force") && !listed.contains("south"), "{listed}");
    let tables = "SELECT count(*) FROM pg_class WHERE relname ~ '^(road|address|place|street)_[0-9]+$' \
                  AND NOT EXISTS (SELECT FROM gis_import i WHERE i.state = 'live' \
                  AND relname = regexp_replace(relname, '[0-9]+$', '') || i.id)";
    let left: i64 = client.query_one(tables, &[]).await.expect("tables").get(0);
    assert_eq!(left, 0, "no table of its is left behind");

    // What is gone is gone, and comes back when it is imported again.
    let (code, _, err) = run(&["gis", "remove", "south"]);
    assert!(code == Some(1) && err.contains("nothing of south is in force"), "{err}");
    import("south");
    assert_eq!(in_force(&client).await, two);
    for source in ["north", "south"] {
        let (code, _, err) = run(&["gis", "remove", source]);
        assert_eq!(code, Some(0), "{err}");
    }
    assert_eq!(in_force(&client).await, before);
}
