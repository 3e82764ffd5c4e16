use hub112::store::append::{Append, ReadRow, ReadTable, StoredEvent};
use hub112::store::stream::Stream;
use hub112::store::verify::{Finding, Progress, Projector, Replay, verify};

use super::appends::{Running, append, row, running};

/// A fold of the tests: the body of an event is the state of the card that it names.
struct Cards;

impl Replay for Cards {
    fn take(&mut self, event: &StoredEvent, rows: &mut dyn Projector) -> Result<(), String> {
        let card: serde_json::Value = serde_json::from_str(&event.body).map_err(|e| e.to_string())?;
        let id = card["number"].as_str().ok_or("a card without a number")?;
        rows.put(ReadRow {
            table: ReadTable::Incident,
            id: id.to_owned(),
            open: true,
            state: event.body.clone(),
        });
        Ok(())
    }
}

fn replay(_: &Stream) -> Box<dyn Replay> {
    Box::new(Cards)
}

fn card(stream: &str, seq: u64, id: &str, words: &str) -> Append {
    let body = format!("{{\"number\":\"{id}\",\"words\":\"{words}\"}}");
    let mut one = append(stream, seq, &body);
    one.rows.push(row(ReadTable::Incident, id, &body));
    one
}

/// Three streams of ten events over four cards each.
async fn written() -> Running {
    let hub = running().await;
    for seq in 0..10 {
        for name in ["region/71", "region/75", "service/75/police"] {
            let id = format!("{name} {}", seq % 4);
            hub.journal.append(card(name, seq, &id, &format!("words {seq}"))).await.expect("append");
        }
    }
    hub
}

async fn findings(hub: &Running) -> Vec<Finding> {
    verify(&hub.pool, None, Some(&replay), |_| {}).await.expect("verify").findings
}

/// What an intruder with the rights of the tables' owner can do.
async fn tamper(hub: &Running, sql: &str) {
    let client = hub.world.pg().await;
    let forced = format!("ALTER TABLE journal DISABLE TRIGGER USER; {sql}");
    client.batch_execute(&forced).await.expect("the intruder's statement");
}

#[tokio::test]
async fn an_untouched_journal_verifies_and_progress_is_told() {
    let hub = written().await;
    let mut last: Option<Progress> = None;
    let verdict = verify(&hub.pool, None, Some(&replay), |progress| last = Some(progress.clone())).await;
    let verdict = verdict.expect("verify");
    assert!(verdict.is_clean(), "{:?}", verdict.findings);
    assert_eq!((verdict.streams, verdict.events, verdict.rows), (3, 30, 12));
    let last = last.expect("progress");
    assert_eq!((last.events, last.of, last.findings), (30, 30, 0));
    let region = verify(&hub.pool, Some("75".parse().expect("a region")), Some(&replay), |_| {}).await;
    let region = region.expect("verify");
    assert_eq!((region.streams, region.events, region.rows, region.is_clean()), (2, 20, 8, true));
}

#[tokio::test]
async fn the_hub_itself_can_neither_change_nor_delete_an_event() {
    let hub = written().await;
    let client = hub.world.pg().await;
    for sql in ["UPDATE journal SET by = 'x'", "DELETE FROM journal WHERE seq = 3"] {
        let error = client.batch_execute(sql).await.expect_err("append-only");
        assert_eq!(error.code().map(|code| code.code()), Some("H1121"), "{sql}");
    }
}

#[tokio::test]
async fn a_changed_column_of_an_event_is_found_with_its_stream_and_number() {
    for (column, value) in [
        ("body", "'{\"number\":\"region/75 0\",\"words\":\"words 4.\"}'"),
        ("by", "'somebody'"),
        ("kind", "'closed'"),
        ("at", "at + interval '1 microsecond'"),
        ("trace", "'00-trace'"),
        ("about", "gen_random_uuid()"),
        ("hash", "decode(repeat('00', 32), 'hex')"),
        ("prev_hash", "decode(repeat('00', 32), 'hex')"),
    ] {
        let hub = written().await;
        tamper(
            &hub,
            &format!("UPDATE journal SET {column} = {value} WHERE stream = 'region/75' AND seq = 5"),
        )
        .await;
        let found = verify(&hub.pool, None, None, |_| {}).await.expect("verify").findings;
        let changed = |seq| Finding::Changed { stream: "region/75".to_owned(), seq };
        // A changed digest also belies the event behind it.
        let expected = if column == "hash" { vec![changed(5), changed(6)] } else { vec![changed(5)] };
        assert_eq!(found, expected, "{column}");
    }
}

#[tokio::test]
async fn deleted_events_are_found_also_at_the_end_of_a_stream() {
    let hub = written().await;
    tamper(&hub, "DELETE FROM journal WHERE stream = 'region/75' AND seq IN (4, 5)").await;
    tamper(&hub, "DELETE FROM journal WHERE stream = 'region/71' AND seq = 10").await;
    let found = verify(&hub.pool, None, None, |_| {}).await.expect("verify").findings;
    let missing = |stream: &str, from, to| Finding::Missing { stream: stream.to_owned(), from, to };
    assert_eq!(found[..2], [missing("region/71", 10, 10), missing("region/75", 4, 5)]);
    assert!(found[2..].iter().all(|finding| matches!(finding, Finding::Lane { .. })), "{found:?}");
}

#[tokio::test]
async fn an_inserted_event_is_found_in_the_middle_and_behind_the_end() {
    let hub = written().await;
    let copy = |stream: &str, as_seq: u64| {
        format!(
            "INSERT INTO journal SELECT lane, 1000 + position, stream, {as_seq}, kind, at + interval '1 s', by, \
             trace, about, body, prev_hash, hash FROM journal WHERE stream = '{stream}' AND seq = 3"
        )
    };
    tamper(&hub, &copy("region/75", 3)).await;
    tamper(&hub, &copy("region/71", 11)).await;
    let found = verify(&hub.pool, None, None, |_| {}).await.expect("verify").findings;
    let added = |stream: &str, seq| Finding::Added { stream: stream.to_owned(), seq };
    let changed = Finding::Changed { stream: "region/71".to_owned(), seq: 11 };
    assert_eq!(found[..3], [changed, added("region/71", 11), added("region/75", 3)]);
}

#[tokio::test]
async fn a_stream_rewritten_as_a_whole_does_not_fit_its_head() {
    let hub = written().await;
    tamper(&hub, "UPDATE stream_head SET hash = decode(repeat('11', 32), 'hex') WHERE stream = 'region/75'")
        .await;
    let found = verify(&hub.pool, None, None, |_| {}).await.expect("verify").findings;
    assert_eq!(found, [Finding::Head { stream: "region/75".to_owned() }]);
}

#[tokio::test]
async fn a_read_row_that_the_journal_does_not_give_is_found_with_its_fields() {
    let hub = written().await;
    tamper(
        &hub,
        "UPDATE incident SET state = state || '{\"words\": \"else\"}', open = false WHERE id = 'region/75 1'",
    )
    .await;
    tamper(&hub, "DELETE FROM incident WHERE id = 'region/71 2'").await;
    tamper(
        &hub,
        "INSERT INTO incident SELECT region, 'x', open, version, state, updated_at FROM incident LIMIT 1",
    )
    .await;
    let table = ReadTable::Incident;
    let fields = vec!["open".to_owned(), "state.words".to_owned()];
    let expected = [
        Finding::RowDiffers { table, id: "region/75 1".to_owned(), fields },
        Finding::RowExtra { table, id: "x".to_owned() },
        Finding::RowMissing { table, id: "region/71 2".to_owned() },
    ];
    assert_eq!(findings(&hub).await, expected);
}

#[tokio::test]
async fn an_event_that_the_domain_cannot_replay_is_named() {
    let hub = written().await;
    hub.journal.append(append("region/71", 10, "{\"words\":1}")).await.expect("append");
    let expected = Finding::Unreplayable {
        stream: "region/71".to_owned(),
        seq: 11,
        reason: "a card without a number".to_owned(),
    };
    assert_eq!(findings(&hub).await, [expected]);
}
