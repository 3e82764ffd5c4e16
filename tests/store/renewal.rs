//! Rows that a program before this one wrote: told from faults, and written anew.

use hub112::store::append::{Append, ReadRow, ReadTable, StoredEvent};
use hub112::store::lease::{self, Claim};
use hub112::store::stream::Stream;
use hub112::store::verify::{self, Finding, OlderRow, Projector, Replay, Verdict};

use super::appends::{Running, append, row, running};

/// A fold of the tests: the body of an event is the state of the card that it names.
struct Cards;

impl Replay for Cards {
    fn take(&mut self, event: &StoredEvent, rows: &mut dyn Projector) -> Result<(), String> {
        let card: serde_json::Value = serde_json::from_str(&event.body).map_err(|e| e.to_string())?;
        let id = card["id"].as_str().ok_or("a card without an id")?.to_owned();
        rows.put(ReadRow { table: ReadTable::Incident, id, open: true, state: event.body.clone() });
        Ok(())
    }
}

fn replay(_: &Stream) -> Box<dyn Replay> {
    Box::new(Cards)
}

fn card(stream: &str, seq: u64, id: &str) -> Append {
    let body = format!(
        "{{\"id\":\"{id}\",\"words\":\"words {seq}\",\"pieces\":[1.50],\
         \"place\":{{\"district\":\"x\",\"ways\":[{{\"name\":\"a\",\"km\":1}},{{\"name\":\"b\",\"km\":2}}]}}}}"
    );
    let mut one = append(stream, seq, &body);
    one.rows.push(row(ReadTable::Incident, id, &body));
    one
}

/// Two streams of eight events over four cards each.
async fn written() -> Running {
    let hub = running().await;
    for seq in 0..8 {
        for name in ["region/75", "service/75/police"] {
            hub.journal.append(card(name, seq, &format!("{name} {}", seq % 4))).await.expect("append");
        }
    }
    hub
}

async fn older(hub: &Running, sql: &str) {
    hub.world.pg().await.batch_execute(sql).await.expect("changed");
}

const STRIPPED: &str = "UPDATE incident SET state = state - 'pieces' WHERE id = 'region/75 1'";
const STRIPPED_WITHIN: &str = "UPDATE incident SET state = state #- '{place,ways,1,km}' #- '{place,district}' WHERE id = 'service/75/police 2'";
const CHANGED: &str =
    "UPDATE incident SET state = (state - 'pieces') || '{\"words\": \"else\"}' WHERE id = 'region/75 3'";

async fn verified(hub: &Running) -> Verdict {
    verify::verify(&hub.pool, None, Some(&replay), |_| {}).await.expect("verify")
}

async fn renewed(hub: &Running) -> Verdict {
    let region = "75".parse().expect("a region");
    verify::renew(&hub.pool, region, &replay, async || Ok(true), |_| {}).await.expect("renew")
}

async fn rows(hub: &Running) -> Vec<(String, String, i64)> {
    let client = hub.world.pg().await;
    let found = client.query("SELECT id, state::text, version FROM incident ORDER BY id", &[]).await;
    found.expect("rows").iter().map(|row| (row.get(0), row.get(1), row.get(2))).collect()
}

fn lacks(id: &str, fields: &[&str]) -> OlderRow {
    let lacks = fields.iter().map(|&field| field.to_owned()).collect();
    OlderRow { table: ReadTable::Incident, id: id.to_owned(), lacks }
}

fn changed() -> Finding {
    Finding::RowDiffers {
        table: ReadTable::Incident,
        id: "region/75 3".to_owned(),
        fields: vec!["state.pieces".to_owned(), "state.words".to_owned()],
    }
}

#[tokio::test]
async fn a_row_that_lacks_a_field_is_of_an_older_form_is_renewed_and_then_is_as_it_was() {
    let hub = written().await;
    let before = rows(&hub).await;
    older(&hub, STRIPPED).await;
    older(&hub, STRIPPED_WITHIN).await;
    let verdict = verified(&hub).await;
    assert!(verdict.is_clean(), "{:?}", verdict.findings);
    let within = ["state.place.district", "state.place.ways[].km"];
    assert_eq!(
        verdict.older.listed,
        [lacks("region/75 1", &["state.pieces"]), lacks("service/75/police 2", &within)]
    );
    let counted: Vec<_> =
        verdict.older.fields.iter().map(|((_, field), rows)| (field.as_str(), *rows)).collect();
    assert_eq!(counted, [("state.pieces", 1), (within[0], 1), (within[1], 1)]);
    assert_eq!((verdict.older.rows, verdict.older.renewed), (2, 0));
    assert_ne!(rows(&hub).await, before, "verifying changes nothing");

    let verdict = renewed(&hub).await;
    assert_eq!((verdict.findings.len(), verdict.older.rows, verdict.older.renewed), (0, 2, 2));
    assert_eq!(rows(&hub).await, before);
    assert_eq!(verified(&hub).await.older.rows, 0);
    assert_eq!(renewed(&hub).await.older.renewed, 0, "again it changes nothing");
    assert_eq!(rows(&hub).await, before);
}

#[tokio::test]
async fn a_row_that_says_something_else_is_a_fault_and_stays_while_others_are_renewed() {
    let hub = written().await;
    older(&hub, CHANGED).await;
    older(&hub, STRIPPED).await;
    older(&hub, "UPDATE incident SET state = state - 'pieces', open = false WHERE id = 'region/75 0'").await;
    older(
        &hub,
        "UPDATE incident SET state = jsonb_set(state, '{place,way}', 'null') WHERE id = 'region/75 2'",
    )
    .await;
    let before = rows(&hub).await;
    let differs = |id: &str, fields: &[&str]| Finding::RowDiffers {
        table: ReadTable::Incident,
        id: id.to_owned(),
        fields: fields.iter().map(|&field| field.to_owned()).collect(),
    };
    let faults = [
        differs("region/75 0", &["open", "state.pieces"]),
        differs("region/75 2", &["state.place"]),
        changed(),
    ];
    let verdict = renewed(&hub).await;
    assert_eq!((verdict.findings.as_slice(), verdict.older.renewed), (faults.as_slice(), 1));
    let after = rows(&hub).await;
    let others: Vec<_> =
        before.iter().zip(&after).filter(|(was, is)| was != is).map(|(_, is)| &is.0).collect();
    assert_eq!(others, ["region/75 1"]);
    let verdict = verified(&hub).await;
    assert_eq!((verdict.findings.as_slice(), verdict.older.rows), (faults.as_slice(), 0));
}

#[tokio::test]
async fn nothing_is_renewed_from_a_journal_that_is_not_whole() {
    let hub = written().await;
    older(&hub, STRIPPED).await;
    older(&hub, "ALTER TABLE journal DISABLE TRIGGER USER; UPDATE journal SET by = 'x' WHERE seq = 2").await;
    let before = rows(&hub).await;
    let verdict = renewed(&hub).await;
    assert_eq!((verdict.findings.len(), verdict.older.rows, verdict.older.renewed), (2, 1, 0));
    assert_eq!(rows(&hub).await, before);
}

#[tokio::test]
async fn nothing_is_renewed_when_the_region_was_taken_meanwhile() {
    let hub = written().await;
    older(&hub, STRIPPED).await;
    let before = rows(&hub).await;
    let region = "75".parse().expect("a region");
    let verdict = verify::renew(&hub.pool, region, &replay, async || Ok(false), |_| {}).await.expect("renew");
    assert_eq!((verdict.older.rows, verdict.older.renewed), (1, 0));
    assert_eq!(rows(&hub).await, before);
}

#[tokio::test]
async fn a_region_that_is_served_is_not_renewed_and_one_that_was_renewed_is_free_again() {
    let hub = running().await;
    let region = "75".parse().expect("a region");
    let ttl = std::time::Duration::from_secs(60);
    let Claim::Held(epoch) = lease::claim(&hub.pool, region, "desk-1", ttl).await.expect("lease") else {
        panic!("nobody has it")
    };
    let refused = hub112::actors::replay::renew(&hub.pool, region, |_| {}).await.expect_err("it is served");
    let said = refused.to_string();
    assert!(said.contains("region 75 is served by desk-1") && said.contains("stop that hub"), "{said}");
    lease::release(&hub.pool, "desk-1", &[(region, epoch)]).await.expect("given back");
    let verdict = hub112::actors::replay::renew(&hub.pool, region, |_| {}).await.expect("nobody serves it");
    assert!(verdict.is_clean());
    let again = lease::claim(&hub.pool, region, "desk-1", ttl).await.expect("lease");
    assert!(matches!(again, Claim::Held(now) if now.0 == epoch.0 + 2), "{again:?}");
}
