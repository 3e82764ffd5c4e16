//! The partitions of time: made before their time comes, put away when nobody asks any more.

use deadpool_postgres::{Pool, Transaction};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};

use super::database::StoreError;

/// Months of the journal made ahead.
const MONTHS_AHEAD: i32 = 3;
/// Days of tracks made ahead.
const DAYS_AHEAD: i32 = 3;
/// Instances that start together make partitions one after the other.
const LOCK: i64 = 0x0112_7061_7274;

/// Makes the partitions of now and of the time ahead. Rows that came before their partition and lie in the default
/// one are moved. Call it at the start and once a day. Gives the names of those made.
///
/// # Errors
/// [`StoreError`]; what was made before stays.
pub async fn make_ahead(pool: &Pool, now: Timestamp) -> Result<Vec<String>, StoreError> {
    let today = now.to_zoned(TimeZone::UTC).date();
    let mut made = Vec::new();
    for ahead in 0..=MONTHS_AHEAD {
        let from = plus(today.first_of_month(), Span::new().months(ahead))?;
        let name = format!("journal_{:04}{:02}", from.year(), from.month());
        if make(pool, "journal", &name, from, plus(from, Span::new().months(1))?).await? {
            made.push(name);
        }
    }
    for ahead in 0..=DAYS_AHEAD {
        let from = plus(today, Span::new().days(ahead))?;
        let name = format!("position_track_{:04}{:02}{:02}", from.year(), from.month(), from.day());
        if make(pool, "position_track", &name, from, plus(from, Span::new().days(1))?).await? {
            made.push(name);
        }
    }
    Ok(made)
}

/// Drops the days of tracks that ended before a time. Gives their names.
///
/// # Errors
/// [`StoreError`].
pub async fn drop_tracks(pool: &Pool, before: Timestamp) -> Result<Vec<String>, StoreError> {
    let last = before.to_zoned(TimeZone::UTC).date();
    let keep_from = format!("position_track_{:04}{:02}{:02}", last.year(), last.month(), last.day());
    let client = pool.get().await?;
    let rows = client
        .query(
            "SELECT c.relname::text FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid \
             WHERE i.inhparent = 'position_track'::regclass AND c.relname ~ '^position_track_[0-9]{8}$' \
             AND c.relname < $1 ORDER BY 1",
            &[&keep_from],
        )
        .await?;
    let names: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
    for name in &names {
        client.batch_execute(&format!("DROP TABLE {name}")).await?;
    }
    Ok(names)
}

fn plus(date: Date, span: Span) -> Result<Date, StoreError> {
    date.checked_add(span).map_err(|error| StoreError::Row { table: "partition", reason: error.to_string() })
}

/// Makes one partition unless it is there. Names and dates are the program's own, so that they may stand in the
/// text of statements that take no parameters.
async fn make(pool: &Pool, parent: &str, name: &str, from: Date, to: Date) -> Result<bool, StoreError> {
    let mut client = pool.get().await?;
    let there: bool = client.query_one("SELECT to_regclass($1) IS NOT NULL", &[&name]).await?.get(0);
    if there {
        return Ok(false);
    }
    let transaction = client.transaction().await?;
    transaction.execute("SELECT pg_advisory_xact_lock($1)", &[&LOCK]).await?;
    let there: bool = transaction.query_one("SELECT to_regclass($1) IS NOT NULL", &[&name]).await?.get(0);
    if there {
        return Ok(false);
    }
    let span = format!("FOR VALUES FROM ('{from} 00:00:00+00') TO ('{to} 00:00:00+00')");
    let within = format!("at >= '{from} 00:00:00+00' AND at < '{to} 00:00:00+00'");
    let early: bool = transaction
        .query_one(&format!("SELECT EXISTS (SELECT FROM {parent}_default WHERE {within})"), &[])
        .await?
        .get(0);
    if early {
        move_early(&transaction, parent, name, &span, &within).await?;
    } else {
        transaction.batch_execute(&format!("CREATE TABLE {name} PARTITION OF {parent} {span}")).await?;
    }
    transaction.commit().await?;
    Ok(true)
}

/// The default partition is taken out for the moment: inside it, its rows could not be moved, as those of the
/// journal cannot be deleted.
async fn move_early(
    transaction: &Transaction<'_>,
    parent: &str,
    name: &str,
    span: &str,
    within: &str,
) -> Result<(), StoreError> {
    transaction
        .batch_execute(&format!(
            "ALTER TABLE {parent} DETACH PARTITION {parent}_default; \
             CREATE TABLE {name} PARTITION OF {parent} {span}; \
             INSERT INTO {parent} SELECT * FROM {parent}_default WHERE {within}; \
             DELETE FROM {parent}_default WHERE {within}; \
             ALTER TABLE {parent} ATTACH PARTITION {parent}_default DEFAULT"
        ))
        .await?;
    Ok(())
}
