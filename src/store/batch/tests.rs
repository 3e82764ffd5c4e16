use super::*;
use crate::store::append::{NewEvent, OutboxRow, ReadRow};
use crate::store::chain::GENESIS;
use crate::store::stream::Stream;

fn entry(stream: &str, expected: u64, events: usize, epoch: u64) -> Entry {
    let stream: Stream = stream.parse().expect("stream");
    let event = NewEvent {
        kind: "noted".into(),
        at: Timestamp::UNIX_EPOCH,
        by: "hub".into(),
        trace: None,
        about: None,
        body: "{}".into(),
    };
    Entry::new(Append::new(stream, expected, Epoch(epoch), vec![event; events])).expect("entry")
}

fn heads(names: &[&str]) -> HashMap<String, Head> {
    let head = Head { seq: 0, hash: GENESIS, epoch: Epoch(1) };
    names.iter().map(|name| ((*name).to_owned(), head)).collect()
}

#[test]
fn appends_of_one_stream_follow_one_another_and_a_refused_one_takes_those_behind_it_along() {
    let entries = [
        entry("region/75", 0, 2, 1),
        entry("service/75/police", 0, 1, 1),
        entry("region/75", 2, 1, 1),
        entry("region/75", 9, 1, 1),
        entry("region/75", 10, 1, 1),
        entry("region/75", 3, 1, 0),
    ];
    let indexed: Vec<_> = entries.iter().enumerate().collect();
    let plan = Plan::new(&indexed, &heads(&["region/75", "service/75/police"]), 3, 100);
    let placed: Vec<_> = plan.placed.iter().map(|(i, _, p)| (*i, p.first, p.position)).collect();
    assert_eq!(placed, [(0, 1, 100), (1, 1, 102), (2, 3, 103)]);
    assert_eq!(plan.next_position, 104);
    let found: Vec<_> = plan
        .refused
        .iter()
        .map(|(i, error)| match error {
            JournalError::WrongSeq { found, .. } => (*i, *found),
            JournalError::Deposed { current, .. } => (*i, 1000 + current),
            other => panic!("{other}"),
        })
        .collect();
    assert_eq!(found, [(3, 3), (4, 3), (5, 1001)]);
}

#[test]
fn a_statement_has_as_many_parameters_as_are_given_to_it() {
    let mut whole = entry("region/75", 0, 1, 1);
    for table in ReadTable::ALL {
        let row = ReadRow { table, id: "a".into(), open: true, state: "{}".into() };
        whole.append.rows.extend([row.clone(), row]);
    }
    whole.append.inbox =
        Some(crate::store::append::InboxMark { sender: "a".into(), message_id: "1".into(), digest: vec![1] });
    whole.append.outbox.push(OutboxRow {
        distribution: crate::domain::ids::DistributionId(uuid::Uuid::nil()),
        region: "75".parse().expect("region"),
        ordering_key: "k".into(),
        routing_keys: vec!["75.police.notice".into()],
        kind: "notice".into(),
        priority: 0,
        expires_at: None,
        body: bytes::Bytes::new(),
    });
    let bare = entry("region/75", 0, 1, 1);
    let next = entry("region/75", 1, 1, 1);
    let batches = [(vec![&bare], false), (vec![&whole], false), (vec![&whole, &next], true)];
    for (batch, of_arrays) in batches {
        let batch: Vec<(usize, &Entry)> = batch.into_iter().enumerate().collect();
        let plan = Plan::new(&batch, &heads(&["region/75"]), 0, 1);
        assert_eq!(plan.refused.len(), 0);
        let (shape, params) = plan.statement();
        assert_eq!(shape.takes_nothing(), of_arrays);
        let text = shape.statement();
        assert!(text.contains(&format!("${}", params.len())), "{text}");
        assert!(!text.contains(&format!("${}", params.len() + 1)), "{text}");
        assert_eq!(shape.nothing().len(), params.len());
    }
}

#[test]
fn what_cannot_be_written_is_refused_before_it_is_queued() {
    let bare = entry("region/75", 0, 1, 1).append;
    let no_events = Append { events: vec![], ..bare.clone() };
    let raw = crate::store::append::RawMessage {
        id: crate::domain::ids::MessageId(uuid::Uuid::nil()),
        media_type: "application/json".into(),
        raw: bytes::Bytes::new(),
    };
    let rowless = Append { raw_message: Some(raw), ..bare };
    for append in [no_events, rowless] {
        assert!(matches!(Entry::new(append), Err(JournalError::Rejected(_))));
    }
}
