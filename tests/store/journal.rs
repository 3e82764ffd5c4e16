use futures_util::future::join_all;
use hub112::store::append::{Epoch, Idempotency, InboxMark, JournalError, RawMessage, ReadTable};
use hub112::store::journal::{
    Cursor, HistoryEnd, end, last_seq, last_seqs, read_about, read_since, read_stream,
};
use hub112::store::{outbox, read_table};

use super::appends::{append, event, outbox_row, row, running, stream};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sixty_four_appenders_at_once_leave_every_stream_without_gap_or_double() {
    let hub = running().await;
    let appenders = (0..64_u64).map(|n| {
        let journal = hub.journal.clone();
        tokio::spawn(async move {
            let name = format!("service/{}/police", 10 + n % 16);
            let mut written = 0;
            let mut expected = 0;
            // Four appenders share a stream: who lost the race reads where the stream ends and tries again.
            while written < 25 {
                match journal.append(append(&name, expected, &format!("{{\"by\":{n}}}"))).await {
                    Ok(committed) => {
                        written += 1;
                        expected = committed.last;
                    }
                    Err(JournalError::WrongSeq { found, .. }) => expected = found,
                    Err(other) => panic!("{other}"),
                }
            }
        })
    });
    for done in join_all(appenders).await {
        done.expect("an appender");
    }
    for region in 10..26 {
        let stream = stream(&format!("service/{region}/police"));
        let events = read_stream(&hub.pool, &stream, 0, 1000).await.expect("read");
        let seqs: Vec<u64> = events.iter().map(|e| e.seq).collect();
        assert_eq!(seqs, (1..=100).collect::<Vec<_>>(), "{stream}");
        assert_eq!(last_seq(&hub.pool, &stream).await.expect("head"), 100);
    }
    let asked = ["service/11/police", "service/11/ambulance", "service/10/police"].map(stream);
    assert_eq!(last_seqs(&hub.pool, &asked).await.expect("heads"), [100, 0, 100], "one has no event yet");
}

#[tokio::test]
async fn appends_queued_without_waiting_are_written_in_the_order_of_the_calls() {
    let hub = running().await;
    let queued: Vec<_> =
        (0..500_u64).map(|n| hub.journal.append(append("region/75", n, &format!("{{\"n\":{n}}}")))).collect();
    for (n, outcome) in join_all(queued).await.into_iter().enumerate() {
        let committed = outcome.expect("an append");
        assert_eq!((committed.first, committed.last), (n as u64 + 1, n as u64 + 1));
    }
    let events = read_stream(&hub.pool, &stream("region/75"), 0, 1000).await.expect("read");
    for (n, stored) in events.iter().enumerate() {
        assert_eq!(stored.body, format!("{{\"n\":{n}}}"));
    }
}

#[tokio::test]
async fn one_bad_append_of_a_batch_fails_alone_and_its_own_stream_stops_behind_it() {
    let hub = running().await;
    let mut queued = Vec::new();
    for n in 0..100_u64 {
        let name = format!("service/{}/police", 10 + n % 50);
        let body = if n == 37 { "{not json" } else { "{}" };
        queued.push(hub.journal.append(append(&name, n / 50, body)));
    }
    for (n, outcome) in join_all(queued).await.into_iter().enumerate() {
        match (n, outcome) {
            (37, Err(JournalError::Rejected(reason))) => assert!(reason.contains("json"), "{reason}"),
            (87, Err(JournalError::WrongSeq { expected: 1, found: 0, .. })) => {}
            (37 | 87, other) => panic!("{n}: {other:?}"),
            (_, outcome) => drop(outcome.expect("a good append")),
        }
    }
}

#[tokio::test]
async fn a_body_keeps_its_text_to_the_byte_and_its_time_to_the_microsecond() {
    let hub = running().await;
    let body = "{ \"б\" : 1.50,\n \"a\": [ ],\"a\":2}";
    let mut one = append("region/75", 0, body);
    one.events[0].at = "2026-02-03T04:05:06.123456789Z".parse().expect("a time");
    one.events[0].trace = Some("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01".to_owned());
    let mut feed = hub.journal.subscribe();
    let committed = hub.journal.append(one.clone()).await.expect("append");
    let read = read_stream(&hub.pool, &stream("region/75"), 0, 10).await.expect("read");
    assert_eq!(read[0].body, body);
    assert_eq!(read[0].at.to_string(), "2026-02-03T04:05:06.123456Z");
    assert_eq!(read[0].trace, one.events[0].trace);
    assert_eq!((read[0].lane, read[0].position), (committed.lane, committed.position));
    let told = feed.recv().await.expect("told");
    assert_eq!(told.events, read, "what subscribers are told is what is stored");
}

#[tokio::test]
async fn of_several_states_of_one_row_in_a_batch_the_last_counts() {
    let hub = running().await;
    let queued: Vec<_> = (0..20_u64)
        .map(|n| {
            let mut one = append("region/75", n, "{}");
            one.rows.push(row(ReadTable::Incident, "i", &format!("{{\"number\":\"{n}\"}}")));
            one.rows.push(row(ReadTable::Unit, &format!("u{n}"), "{}"));
            hub.journal.append(one)
        })
        .collect();
    for outcome in join_all(queued).await {
        outcome.expect("append");
    }
    let incident = read_table::find(&hub.pool, ReadTable::Incident, "i").await.expect("find").expect("there");
    assert_eq!((incident.state.as_str(), incident.version), ("{\"number\": \"19\"}", 20));
    let mut units = 0;
    read_table::load_open::<hub112::store::database::StoreError>(
        &hub.pool,
        ReadTable::Unit,
        "75".parse().expect("a region"),
        None,
        |_| {
            units += 1;
            Ok(())
        },
    )
    .await
    .expect("load");
    assert_eq!(units, 20);
}

#[tokio::test]
async fn a_message_keeps_its_bytes_through_later_states() {
    let hub = running().await;
    let id = uuid::Uuid::now_v7();
    let mut first = append("region/75", 0, "{}");
    first.rows.push(row(ReadTable::Message, &id.to_string(), "{\"channel\":\"call\"}"));
    first.raw_message = Some(RawMessage {
        id: hub112::domain::ids::MessageId(id),
        media_type: "application/json".to_owned(),
        raw: bytes::Bytes::from_static(b"\xff\x00 as received"),
    });
    let mut second = append("region/75", 1, "{}");
    second.rows.push(row(ReadTable::Message, &id.to_string(), "{\"channel\":\"call\",\"incident\":\"x\"}"));
    for outcome in [hub.journal.append(first).await, hub.journal.append(second).await] {
        outcome.expect("append");
    }
    let raw = read_table::raw_message(&hub.pool, hub112::domain::ids::MessageId(id)).await.expect("read");
    assert_eq!(
        raw,
        Some(("application/json".to_owned(), bytes::Bytes::from_static(b"\xff\x00 as received")))
    );
}

#[tokio::test]
async fn an_idempotency_key_and_an_agency_message_have_their_effect_once() {
    let hub = running().await;
    let key = |stream: &str, expected, key: &str| {
        let mut one = append(stream, expected, "{}");
        one.idempotency = Some(Idempotency {
            account: "officer".to_owned(),
            key: key.to_owned(),
            fingerprint: vec![1],
            status: 201,
            body: bytes::Bytes::from_static(b"{}"),
        });
        one
    };
    let mark = |stream: &str, expected, id: &str| {
        let mut one = append(stream, expected, "{}");
        one.inbox =
            Some(InboxMark { sender: "75.police".to_owned(), message_id: id.to_owned(), digest: vec![1] });
        one
    };
    hub.journal.append(key("region/75", 0, "a")).await.expect("the first");
    hub.journal.append(mark("region/75", 1, "m")).await.expect("the first");
    // In one batch: a known key, a key twice, a known mark, a mark twice, and innocents between them.
    let outcomes = join_all([
        hub.journal.append(key("region/10", 0, "a")),
        hub.journal.append(key("region/11", 0, "b")),
        hub.journal.append(key("region/12", 0, "b")),
        hub.journal.append(append("region/13", 0, "{}")),
        hub.journal.append(mark("region/14", 0, "m")),
        hub.journal.append(mark("region/15", 0, "n")),
        hub.journal.append(mark("region/16", 0, "n")),
        hub.journal.append(append("region/17", 0, "{}")),
    ])
    .await;
    let duplicate_key =
        |key: &str| Err(JournalError::DuplicateKey { account: "officer".to_owned(), key: key.to_owned() });
    let duplicate_mark = |id: &str| {
        Err(JournalError::DuplicateMessage { sender: "75.police".to_owned(), message_id: id.to_owned() })
    };
    let seen: Vec<_> = outcomes.into_iter().map(|outcome| outcome.map(|c| c.last)).collect();
    assert_eq!(seen[0], duplicate_key("a"));
    assert_eq!(seen[4], duplicate_mark("m"));
    // The lanes work side by side, so either of a pair may be the first.
    let mut keys = [seen[1].clone(), seen[2].clone()];
    keys.sort_by_key(Result::is_err);
    assert_eq!(keys, [Ok(1), duplicate_key("b")]);
    let mut marks = [seen[5].clone(), seen[6].clone()];
    marks.sort_by_key(Result::is_err);
    assert_eq!(marks, [Ok(1), duplicate_mark("n")]);
    assert_eq!((&seen[3], &seen[7]), (&Ok(1), &Ok(1)));
    let client = hub.world.pg().await;
    let counts = client
        .query_one(
            "SELECT (SELECT count(*) FROM idempotency), (SELECT count(*) FROM inbox), (SELECT count(*) FROM journal)",
            &[],
        )
        .await
        .expect("count");
    let counts: (i64, i64, i64) = (counts.get(0), counts.get(1), counts.get(2));
    assert_eq!(counts, (2, 2, 6));
}

#[tokio::test]
async fn outbox_rows_reach_the_relay_in_the_order_of_commit_with_the_ids_of_the_table() {
    let hub = running().await;
    let queued: Vec<_> = (0..100_u64)
        .map(|n| {
            let mut one = append("region/75", n, "{}");
            one.outbox.push(outbox_row("incident", &format!("{n}a")));
            one.outbox.push(outbox_row("incident", &format!("{n}b")));
            hub.journal.append(one)
        })
        .collect();
    let committed: Vec<_> = join_all(queued).await.into_iter().map(|o| o.expect("append")).collect();
    let handed: Vec<_> = hub.handed_over.try_iter().collect();
    let bodies: Vec<String> =
        handed.iter().map(|(_, row)| String::from_utf8_lossy(&row.body).into_owned()).collect();
    let expected: Vec<String> = (0..100).flat_map(|n| [format!("{n}a"), format!("{n}b")]).collect();
    assert_eq!(bodies, expected);
    let ids: Vec<i64> = handed.iter().map(|(id, _)| *id).collect();
    assert!(ids.is_sorted());
    assert_eq!(
        ids,
        committed.iter().flat_map(|c| c.outbox_ids.iter().flatten()).copied().collect::<Vec<_>>()
    );
    let region = ["75".parse().expect("a region")];
    assert_eq!(outbox::oldest(&hub.pool, &region, 1000).await.expect("oldest"), ids);
    assert_eq!(outbox::load(&hub.pool, &ids).await.expect("load"), handed, "the table says the same");
}

#[tokio::test]
async fn a_feed_resumed_from_a_cursor_misses_nothing_and_repeats_nothing() {
    let hub = running().await;
    let names: Vec<String> = (10..20).map(|n| format!("region/{n}")).collect();
    for name in &names {
        hub.journal.append(append(name, 0, "{}")).await.expect("append");
    }
    let cursor: Cursor = end(&hub.pool).await.expect("end").to_string().parse().expect("a cursor");
    for seq in 1..8 {
        for name in &names {
            hub.journal.append(append(name, seq, "{}")).await.expect("append");
        }
    }
    let mut resumed = cursor;
    let mut seen = Vec::new();
    loop {
        let events = read_since(&hub.pool, &mut resumed, 7).await.expect("read");
        if events.is_empty() {
            break;
        }
        seen.extend(events.into_iter().map(|e| (e.stream.to_string(), e.seq)));
    }
    seen.sort();
    let mut expected: Vec<_> = names.iter().flat_map(|n| (2..=8).map(move |s| (n.clone(), s))).collect();
    expected.sort();
    assert_eq!(seen, expected);
    assert_eq!(resumed, end(&hub.pool).await.expect("end"));
}

#[tokio::test]
async fn the_history_of_an_incident_is_read_from_every_stream_that_speaks_of_it() {
    let hub = running().await;
    let incident = uuid::Uuid::now_v7();
    let mut expected = Vec::new();
    for n in 0..10_u64 {
        for name in ["region/75", "service/75/police"] {
            let mut one = append(name, n, "{}");
            one.events[0].about = (n % 2 == 0).then_some(incident);
            hub.journal.append(one).await.expect("append");
            if n % 2 == 0 {
                expected.push((name.to_owned(), n + 1));
            }
        }
    }
    let incident = hub112::domain::ids::IncidentId(incident);
    let mut seen: Vec<hub112::store::append::StoredEvent> = Vec::new();
    loop {
        // As a caller goes on: by the text of the cursor.
        let end: Option<HistoryEnd> =
            seen.last().map(|last| HistoryEnd::from(last).to_string().parse().expect("a cursor"));
        let page = read_about(&hub.pool, incident, end.as_ref(), 3).await.expect("read");
        if page.is_empty() {
            break;
        }
        seen.extend(page);
    }
    let seen: Vec<_> = seen.into_iter().map(|e| (e.stream.to_string(), e.seq)).collect();
    assert_eq!(seen, expected);
}

#[tokio::test]
async fn a_full_queue_is_said_and_the_append_leaves_nothing() {
    let world = crate::world::World::new().await;
    let pool = hub112::store::database::pool(&world.database_url, 2).expect("pool");
    let settings = hub112::actors::journal::JournalSettings {
        queue: 8,
        lanes: 1,
        ..hub112::actors::journal::JournalSettings::new(&world.database_url)
    };
    let (journal, _) = hub112::actors::journal::Journal::start(&settings, std::sync::Arc::new(|_| {}));
    // On a current-thread runtime nothing is written until this task waits.
    let queued: Vec<_> = (0..12_u64).map(|n| journal.append(append("region/75", n, "{}"))).collect();
    let outcomes = join_all(queued).await;
    let busy = outcomes.iter().filter(|o| **o == Err(JournalError::Busy)).count();
    assert_eq!(busy, 4, "{outcomes:?}");
    assert_eq!(last_seq(&pool, &stream("region/75")).await.expect("head"), 8);
}

#[tokio::test]
async fn several_events_of_one_append_are_one_decision() {
    let hub = running().await;
    let mut one = append("region/75", 0, "{}");
    one.events = vec![event("{\"a\":1}"), event("{\"b\":2}"), event("{nonsense")];
    assert!(matches!(hub.journal.append(one).await, Err(JournalError::Rejected(_))));
    assert_eq!(last_seq(&hub.pool, &stream("region/75")).await.expect("head"), 0);
    let mut good = append("region/75", 0, "{}");
    good.events = vec![event("{\"a\":1}"), event("{\"b\":2}")];
    good.epoch = Epoch(3);
    let committed = hub.journal.append(good).await.expect("append");
    assert_eq!((committed.first, committed.last), (1, 2));
    let older = hub.journal.append(append("region/75", 2, "{}")).await;
    assert_eq!(
        older,
        Err(JournalError::Deposed { stream: stream("region/75"), own: 0, current: 3 }),
        "a smaller epoch than the stream's cannot write"
    );
}

#[tokio::test]
async fn a_closed_journal_writes_what_waits_and_takes_nothing_more_whoever_has_a_handle() {
    let world = crate::world::World::new().await;
    let settings = hub112::actors::journal::JournalSettings::new(&world.database_url);
    let (journal, lanes) = hub112::actors::journal::Journal::start(&settings, std::sync::Arc::new(|_| {}));
    let append_to = |stream: &str, n: u64| journal.append(append(stream, n, "{}"));
    let waiting: Vec<_> = (0..600)
        .map(|n| append_to(["region/75", "service/75/police"][usize::from(n % 2 == 1)], n / 2))
        .collect();
    journal.close();
    assert_eq!(append_to("region/75", 300).await, Err(JournalError::Closed));
    for ended in join_all(lanes).await {
        ended.expect("a lane ends, and not by a panic");
    }
    for outcome in join_all(waiting).await {
        outcome.expect("what waited is durable");
    }
    assert_eq!(append_to("region/75", 300).await, Err(JournalError::Closed));
}
