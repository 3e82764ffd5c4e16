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
