//! An import of the land is taken back: a wrong file, or one that nobody needs any more.

use tokio_postgres::error::SqlState;

use super::staging::{LOCK, TRIES, WAIT};
use super::{COLUMNS, TABLES, import};
use crate::domain::geography::{Import, ImportSource};
use crate::store::database::{self, StoreError};

/// What became of it.
#[derive(Debug)]
pub enum Removed {
    /// It is no longer in force.
    Gone(Box<Import>),
    /// Nothing of this source is in force.
    None,
    /// Borders of this source are in force: the hub is never without borders, other ones take their place.
    Borders,
    /// The source is being imported.
    Running,
}

/// Takes what a source brought out of force, in one transaction: nobody sees half of it gone, and hubs that run go on
/// without it within seconds, as after an import.
///
/// # Errors
/// [`StoreError`]; then all of it stays in force.
pub async fn remove(url: &str, source: &ImportSource) -> Result<Removed, StoreError> {
    let mut client = database::connect(url, "hub112 import").await?;
    let free: bool = client
        .query_one("SELECT pg_try_advisory_lock($1, hashtext($2))", &[&LOCK, &source.as_str()])
        .await?
        .get(0);
    if !free {
        return Ok(Removed::Running);
    }
    let mut tries = 0;
    loop {
        match take_out(&mut client, source).await {
            // Somebody reads for long: those behind are not kept waiting, and it is tried again.
            Err(StoreError::Statement(e)) if e.code() == Some(&SqlState::LOCK_NOT_AVAILABLE) => {
                tries += 1;
                if tries == TRIES {
                    return Err(StoreError::Statement(e));
                }
                tokio::time::sleep(std::time::Duration::from_secs(1)).await;
            }
            result => return result,
        }
    }
}

async fn take_out(client: &mut tokio_postgres::Client, source: &ImportSource) -> Result<Removed, StoreError> {
    let transaction = client.transaction().await?;
    transaction.batch_execute(&format!("SET LOCAL lock_timeout = '{WAIT}'")).await?;
    let text = format!(
        "UPDATE gis_import SET state = 'replaced' WHERE state = 'live' AND kind = 'osm' AND source = $1 \
         RETURNING {COLUMNS}"
    );
    let Some(row) = transaction.query_opt(&text, &[&source.as_str()]).await? else {
        let borders = "SELECT 1 FROM gis_import WHERE state = 'live' AND kind = 'boundaries' AND source = $1";
        let found = transaction.query_opt(borders, &[&source.as_str()]).await?;
        return Ok(if found.is_some() { Removed::Borders } else { Removed::None });
    };
    let gone = import(&row)?;
    for table in TABLES {
        let id = gone.id;
        let detach = format!("ALTER TABLE {table} DETACH PARTITION {table}_{id}; DROP TABLE {table}_{id}");
        transaction.batch_execute(&detach).await?;
    }
    transaction.commit().await?;
    Ok(Removed::Gone(Box::new(gone)))
}
