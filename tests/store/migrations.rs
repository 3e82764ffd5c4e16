use hub112::store::migrate;

use crate::world::World;

/// A database beside the world's, without a schema. Give it to [`drop`] at the end.
async fn empty(world: &World) -> (String, String) {
    let name = format!("{}_empty", world.vhost);
    let create = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
    world.pg().await.batch_execute(&create).await.expect("none");
    world.pg().await.batch_execute(&format!("CREATE DATABASE {name}")).await.expect("create");
    (world.database_url.replace(&world.vhost, &name), name)
}

async fn drop(world: &World, name: &str) {
    world.pg().await.batch_execute(&format!("DROP DATABASE {name} WITH (FORCE)")).await.expect("drop");
}

/// A database as it was before a step of the schema, with that step done once more.
struct Old {
    world: World,
    name: String,
    client: tokio_postgres::Client,
    driven: tokio::task::JoinHandle<Result<(), tokio_postgres::Error>>,
}

impl Old {
    /// `before` takes away what the step makes, and puts in what it found.
    async fn with(before: &str, step: &str) -> Self {
        let world = World::new().await;
        let (url, name) = empty(&world).await;
        migrate::run(&url, |_| {}).await.expect("the schema");
        let (client, connection) =
            tokio_postgres::connect(&url, tokio_postgres::NoTls).await.expect("a connection");
        let driven = tokio::spawn(connection);
        client.batch_execute(before).await.expect("as it was");
        client.batch_execute(step).await.expect("the step");
        Self { world, name, client, driven }
    }

    async fn end(self) {
        std::mem::drop(self.client);
        self.driven.await.expect("it ends").expect("without a fault");
        drop(&self.world, &self.name).await;
    }
}

#[tokio::test]
async fn migrating_twice_changes_nothing_the_second_time() {
    let world = World::new().await;
    let (url, name) = empty(&world).await;
    let all = migrate::missing(&url).await.expect("missing");
    let mut seen = Vec::new();
    let first = migrate::run(&url, |step| seen.push(step.name)).await.expect("first run");
    assert_eq!((first, &seen), (all.len(), &all));
    assert_eq!(migrate::run(&url, |_| {}).await.expect("second run"), 0);
    assert_eq!(migrate::missing(&url).await.expect("missing"), Vec::<String>::new());
    drop(&world, &name).await;
}

#[tokio::test]
async fn two_instances_that_start_together_migrate_once() {
    let world = World::new().await;
    let (url, name) = empty(&world).await;
    let all = migrate::missing(&url).await.expect("missing").len();
    let (one, other) = tokio::join!(migrate::run(&url, |_| {}), migrate::run(&url, |_| {}));
    assert_eq!(one.expect("one") + other.expect("other"), all);
    drop(&world, &name).await;
}

#[tokio::test]
async fn cases_of_warning_leave_the_row_of_their_region_for_rows_of_their_own_and_keep_their_count() {
    // As it was before: both cases in the row of the region, which also keeps other things.
    let before = r#"DROP TABLE warning;
            INSERT INTO region_state (region, id, open, version, state, updated_at) VALUES
            ('75', '75', true, 9, '{"region": "75", "heard": {"police": 3}, "warnings": [
                {"number": 1, "ended": {"reason": "the water fell"}}, {"number": 2, "basis": "chlorine"}]}', now()),
            ('75', '75/next_number', true, 9, '5', now()), ('71', '71', true, 2, '{"region": "71", "warnings": []}', now())"#;
    let old = Old::with(before, include_str!("../../migrations/V22__warnings.sql")).await;
    let client = &old.client;
    let rows =
        client.query("SELECT id, open, state ->> 'basis' FROM warning ORDER BY id", &[]).await.expect("rows");
    let rows: Vec<(String, bool, Option<String>)> =
        rows.iter().map(|row| (row.get(0), row.get(1), row.get(2))).collect();
    assert_eq!(rows, [("75/1".into(), false, None), ("75/2".into(), true, Some("chlorine".into()))]);
    let kept = client
        .query("SELECT state ->> 'last_warning', state ? 'warnings' FROM region_state WHERE id = region ORDER BY id", &[])
        .await
        .expect("regions");
    let kept: Vec<(Option<String>, bool)> = kept.iter().map(|row| (row.get(0), row.get(1))).collect();
    assert_eq!(kept, [(Some("0".into()), false), (Some("2".into()), false)]);
    old.end().await;
}

#[tokio::test]
async fn the_messages_of_a_card_about_which_many_called_leave_it_for_rows_of_their_own() {
    let before = r#"DROP TABLE message_between;
            INSERT INTO incident (region, id, open, version, state, updated_at)
            SELECT '75', 'card-' || n, true, 9, jsonb_build_object('number', 'x', 'links', links, 'messages',
                (SELECT jsonb_agg(jsonb_build_object('id', 'm' || m)) FROM generate_series(1, n) m)), now()
            FROM (VALUES (30, '[]'::jsonb), (33, '[["split_into", "c"], ["related", "d"]]')) AS card (n, links)"#;
    let old = Old::with(before, include_str!("../../migrations/V30__messages_between.sql")).await;
    let client = &old.client;
    let rows = client
        .query("SELECT id, incident, place, state #>> '{message,id}' FROM message_between WHERE open ORDER BY place", &[])
        .await
        .expect("rows");
    let rows: Vec<(String, String, i64, String)> =
        rows.iter().map(|row| (row.get(0), row.get(1), row.get(2), row.get(3))).collect();
    let between = |m: i64| (format!("card-33/m{m}"), "card-33".to_owned(), m, format!("m{m}"));
    assert_eq!(rows, [11, 12, 13].map(between), "one place on, for one was taken off before");
    let cards = client
        .query(
            "SELECT jsonb_array_length(state -> 'messages'), (state ->> 'messages_between')::bigint, \
             state #>> '{messages,9,id}', state #>> '{messages,10,id}', state #>> '{messages,29,id}' FROM incident ORDER BY id",
            &[],
        )
        .await
        .expect("cards");
    let on = |row: &tokio_postgres::Row| [row.get::<_, String>(2), row.get(3), row.get(4)];
    assert_eq!(
        (cards[0].get(0), cards[0].get(1), on(&cards[0])),
        (30, None::<i64>, ["m10", "m11", "m30"].map(str::to_owned))
    );
    assert_eq!(
        (cards[1].get(0), cards[1].get(1), on(&cards[1])),
        (30, Some(3_i64), ["m10", "m14", "m33"].map(str::to_owned))
    );
    old.end().await;
}
