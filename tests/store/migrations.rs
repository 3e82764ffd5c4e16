use hub112::store::migrate;

use super::database::Database;

#[tokio::test]
async fn migrating_twice_changes_nothing_the_second_time() {
    let database = Database::empty().await;
    let all = migrate::missing(&database.url).await.expect("missing");
    let mut seen = Vec::new();
    let first = migrate::run(&database.url, |step| seen.push(step.name)).await.expect("first run");
    assert_eq!((first, &seen), (all.len(), &all));
    assert_eq!(migrate::run(&database.url, |_| {}).await.expect("second run"), 0);
    assert_eq!(migrate::missing(&database.url).await.expect("missing"), Vec::<String>::new());
}

#[tokio::test]
async fn two_instances_that_start_together_migrate_once() {
    let database = Database::empty().await;
    let (one, other) = tokio::join!(migrate::run(&database.url, |_| {}), migrate::run(&database.url, |_| {}));
    let applied = one.expect("one") + other.expect("other");
    assert_eq!(applied, migrate::missing(&Database::empty().await.url).await.expect("missing").len());
}
