//! Brings the database to the schema of this program.

use refinery::{Migration, Runner, Target};

use super::database::{StoreError, connect};

/// Every migration, in order. A test compares the list with the folder.
const MIGRATIONS: [(&str, &str); 34] = [
    ("V1__journal", include_str!("../../migrations/V1__journal.sql")),
    ("V2__read_tables", include_str!("../../migrations/V2__read_tables.sql")),
    ("V3__exchange", include_str!("../../migrations/V3__exchange.sql")),
    ("V4__accounts_and_settings", include_str!("../../migrations/V4__accounts_and_settings.sql")),
    ("V5__position_track", include_str!("../../migrations/V5__position_track.sql")),
    ("V6__letters", include_str!("../../migrations/V6__letters.sql")),
    ("V7__desk", include_str!("../../migrations/V7__desk.sql")),
    ("V8__delivery_in_place", include_str!("../../migrations/V8__delivery_in_place.sql")),
    ("V9__registers", include_str!("../../migrations/V9__registers.sql")),
    ("V10__mending_and_changes", include_str!("../../migrations/V10__mending_and_changes.sql")),
    ("V11__inbox_digest", include_str!("../../migrations/V11__inbox_digest.sql")),
    ("V12__compression", include_str!("../../migrations/V12__compression.sql")),
    ("V13__zone_geometry", include_str!("../../migrations/V13__zone_geometry.sql")),
    ("V14__geography", include_str!("../../migrations/V14__geography.sql")),
    ("V15__versions", include_str!("../../migrations/V15__versions.sql")),
    ("V16__territory", include_str!("../../migrations/V16__territory.sql")),
    ("V17__land_tiles", include_str!("../../migrations/V17__land_tiles.sql")),
    ("V18__service_desks", include_str!("../../migrations/V18__service_desks.sql")),
    ("V19__hazard_layers", include_str!("../../migrations/V19__hazard_layers.sql")),
    ("V20__dead_letter_words", include_str!("../../migrations/V20__dead_letter_words.sql")),
    ("V21__organisations", include_str!("../../migrations/V21__organisations.sql")),
    ("V22__warnings", include_str!("../../migrations/V22__warnings.sql")),
    ("V23__notices", include_str!("../../migrations/V23__notices.sql")),
    ("V24__changes_of_registers", include_str!("../../migrations/V24__changes_of_registers.sql")),
    ("V25__object_passports", include_str!("../../migrations/V25__object_passports.sql")),
    ("V26__land_cover", include_str!("../../migrations/V26__land_cover.sql")),
    ("V27__looks", include_str!("../../migrations/V27__looks.sql")),
    ("V28__object_element", include_str!("../../migrations/V28__object_element.sql")),
    ("V29__message_of_one_region", include_str!("../../migrations/V29__message_of_one_region.sql")),
    ("V30__messages_between", include_str!("../../migrations/V30__messages_between.sql")),
    ("V31__outbox_order", include_str!("../../migrations/V31__outbox_order.sql")),
    ("V32__dead_letter_age", include_str!("../../migrations/V32__dead_letter_age.sql")),
    ("V33__stood", include_str!("../../migrations/V33__stood.sql")),
    ("V34__account_trace", include_str!("../../migrations/V34__account_trace.sql")),
];

/// Instances that start together wait for one another on this advisory lock.
const LOCK: i64 = 0x0112_6d69_6772;

/// Why the schema was not brought up to date.
#[derive(Debug, thiserror::Error)]
pub enum MigrateError {
    /// The database cannot be reached or a statement outside the migrations failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A migration failed, or the database has one that this program does not know.
    #[error("the schema cannot be brought up to date: {}", chain(.0))]
    Refinery(#[from] refinery::Error),
}

fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(source) = next {
        text.push_str(": ");
        match source.downcast_ref::<tokio_postgres::Error>() {
            Some(postgres) => text.push_str(&super::database::explain(postgres)),
            None => text.push_str(&source.to_string()),
        }
        next = source.source();
    }
    text
}

/// One step of a migration, for those who watch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Its place in the list, from 1.
    pub number: usize,
    /// How many there are.
    pub of: usize,
    /// Its name.
    pub name: String,
    /// Whether it was applied now; otherwise it had been before.
    pub applied: bool,
}

/// Applies what is missing, each migration in a transaction of its own, and tells `progress` of each. Returns how
/// many were applied.
///
/// # Errors
/// [`MigrateError`]. What was applied before the failing migration stays.
pub async fn run(url: &str, mut progress: impl FnMut(Step)) -> Result<usize, MigrateError> {
    let mut client = connect(url, "hub112 migrate").await?;
    client.execute("SELECT pg_advisory_lock($1)", &[&LOCK]).await.map_err(StoreError::from)?;
    let migrations = migrations()?;
    let of = migrations.len();
    let mut applied = 0;
    for (index, migration) in migrations.iter().enumerate() {
        let report = Runner::new(&migrations)
            .set_target(Target::Version(migration.version()))
            .run_async(&mut client)
            .await?;
        let now = !report.applied_migrations().is_empty();
        applied += usize::from(now);
        progress(Step { number: index + 1, of, name: migration.to_string(), applied: now });
    }
    Ok(applied)
}

/// The names of migrations that the database lacks; empty when the schema is up to date.
///
/// # Errors
/// [`MigrateError`].
pub async fn missing(url: &str) -> Result<Vec<String>, MigrateError> {
    let client = connect(url, "hub112 check").await?;
    let known: bool = client
        .query_one("SELECT to_regclass('refinery_schema_history') IS NOT NULL", &[])
        .await
        .map_err(StoreError::from)?
        .get(0);
    let applied: Vec<i32> = if known {
        let rows = client.query("SELECT version FROM refinery_schema_history", &[]).await;
        rows.map_err(StoreError::from)?.iter().map(|row| row.get(0)).collect()
    } else {
        Vec::new()
    };
    Ok(migrations()?
        .iter()
        .filter(|migration| !applied.contains(&migration.version()))
        .map(ToString::to_string)
        .collect())
}

fn migrations() -> Result<Vec<Migration>, refinery::Error> {
    MIGRATIONS.iter().map(|(name, sql)| Migration::unapplied(name, sql)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_of_the_folder_is_a_migration_and_begins_with_why() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/migrations");
        let mut files: Vec<String> = std::fs::read_dir(folder)
            .expect("the folder of migrations")
            .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
            .collect();
        let number = |name: &String| name[1..].split("__").next().and_then(|n| n.parse::<u32>().ok());
        files.sort_by_key(number);
        let listed: Vec<String> = MIGRATIONS.iter().map(|(name, _)| format!("{name}.sql")).collect();
        assert_eq!(files, listed);
        for (name, sql) in MIGRATIONS {
            assert!(sql.starts_with("-- Why: "), "{name}");
        }
    }
}
