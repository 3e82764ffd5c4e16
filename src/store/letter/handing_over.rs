//! The way back: an agency that goes over to AMQP finds in its queue what it had not taken of its letters. They go there by
//! the outbox, whose relay publishes in order and again after any break.

use std::collections::BTreeSet;

use deadpool_postgres::Pool;

use super::super::database::StoreError;
use crate::domain::envelope::Party;

/// A letter `l` that its agency neither took nor read, and that is of use: of one of the kinds `counted`, or not expired.
/// What is acknowledged while this happens is known by its delivery before its letter is taken.
const WAITS: &str = "l.taken_at IS NULL AND (l.expires_at IS NULL OR l.expires_at > now() OR l.kind = ANY($3)) \
    AND NOT EXISTS (SELECT FROM delivery d WHERE d.distribution = l.distribution AND d.region = l.region \
      AND d.service = l.service AND (d.acknowledged_at IS NOT NULL OR d.read_at IS NOT NULL))";

/// Those of these agencies for whom letters wait.
///
/// # Errors
/// [`StoreError`].
pub async fn left_behind(
    pool: &Pool,
    parties: impl IntoIterator<Item = &Party>,
    counted: &[&str],
) -> Result<BTreeSet<Party>, StoreError> {
    let parties: Vec<&Party> = parties.into_iter().collect();
    let client = pool.get().await?;
    let text = format!(
        "SELECT n.number FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS n(region, service, number) \
         WHERE EXISTS (SELECT FROM letter l WHERE l.region = n.region AND l.service = n.service AND {WAITS})"
    );
    let statement = client.prepare_cached(&text).await?;
    let regions: Vec<String> = parties.iter().map(|party| party.region.to_string()).collect();
    let services: Vec<&str> = parties.iter().map(|party| party.service.as_str()).collect();
    let mut found = BTreeSet::new();
    for row in client.query(&statement, &[&regions, &services, &counted]).await? {
        let number: i64 = row.try_get(0)?;
        let party = usize::try_from(number - 1).ok().and_then(|place| parties.get(place));
        found.extend(party.copied().cloned());
    }
    Ok(found)
}

/// Moves the letters that wait for an agency to the outbox, in their order, all of them or none; gives how many. None are
/// moved while the outbox has something for the agency already, or when it is not `quiet` after all: that was told later
/// and would come before them. With `at_once` neither matters.
///
/// # Errors
/// [`StoreError`]; then nothing has moved.
pub async fn hand_over(
    pool: &Pool,
    to: &Party,
    counted: &[&str],
    at_once: bool,
    quiet: impl AsyncFnOnce() -> bool,
) -> Result<u64, StoreError> {
    let mut client = pool.get().await?;
    let transaction = client.transaction().await?;
    // Ordered as the outbox orders what it is given: one incident, one order; what is about none, per recipient.
    let moved = transaction
        .execute(
            &format!(
                "WITH moved AS (DELETE FROM letter l WHERE l.region = $1 AND l.service = $2 AND {WAITS} \
                   AND ($4 OR NOT EXISTS (SELECT FROM outbox o \
                     WHERE EXISTS (SELECT FROM unnest(o.routing_keys) AS key WHERE starts_with(key, $5)))) \
                   RETURNING l.id, l.distribution, l.kind, l.priority, l.expires_at, l.body, \
                     convert_from(l.body, 'UTF8')::json AS message) \
                 INSERT INTO outbox (distribution, region, ordering_key, routing_keys, kind, priority, expires_at, body) \
                 SELECT m.distribution, coalesce(m.message #>> '{{sender,region}}', $1), \
                   coalesce(m.message ->> 'incident', $6), ARRAY[$5 || m.kind], m.kind, m.priority, m.expires_at, m.body \
                 FROM moved m ORDER BY m.id"
            ),
            &[
                &to.region.to_string(),
                &to.service.as_str(),
                &counted,
                &at_once,
                &format!("{to}."),
                &to.to_string(),
            ],
        )
        .await?;
    if moved > 0 && (at_once || quiet().await) {
        transaction.commit().await?;
        return Ok(moved);
    }
    transaction.rollback().await?;
    Ok(0)
}
