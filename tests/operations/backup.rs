use std::process::Command;

use crate::world::World;

/// Runs one of PostgreSQL's programs and gives what it printed; fails with what it complained of.
fn run(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output().expect("it runs");
    assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text")
}

#[tokio::test]
async fn a_dump_restores_into_an_empty_database() {
    let (world, empty) = tokio::join!(World::new(), World::with_empty_database());
    world
        .pg()
        .await
        .batch_execute(
            r#"INSERT INTO incident (region, id, open, version, state, updated_at)
               VALUES ('75', 'x', true, 1, '{"opened_at": "2026-11-23T10:00:00Z", "locations":
                       [{"location": {"fix": {"point": {"lat": 43.25, "lon": 76.95}}}}]}', now())"#,
        )
        .await
        .expect("an incident");

    let dump = world.dir.join("hub112.dump").display().to_string();
    run("pg_dump", &["--format=custom", &format!("--file={dump}"), &world.database_url]);
    let everything = run("pg_restore", &["--list", &dump]);
    // The extension is there already, and belongs to the superuser.
    let of_postgis = |line: &str| line.contains(" EXTENSION ") || line.contains(" spatial_ref_sys ");
    let list: Vec<&str> = everything.lines().filter(|line| !of_postgis(line)).collect();
    let wanted = world.dir.join("list").display().to_string();
    std::fs::write(&wanted, list.join("\n")).expect("the list");
    let into = format!("--dbname={}", empty.database_url);
    let use_list = format!("--use-list={wanted}");
    run("pg_restore", &["--no-owner", "--exit-on-error", &use_list, &into, &dump]);

    let restored = empty.pg().await.query_one("SELECT ST_X(point), ST_Y(point) FROM incident", &[]).await;
    let restored = restored.expect("the incident");
    assert_eq!((restored.get::<_, f64>(0), restored.get::<_, f64>(1)), (76.95, 43.25));
}
