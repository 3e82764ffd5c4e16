//! The tables beside the journal.

use bytes::Bytes;
use deadpool_postgres::Pool;
use hub112::actors::tracks::{self, BATCH, GATHER};
use hub112::domain::decision::{Expected, Refusal};
use hub112::domain::delivery::{DeliveryStage, DeliveryStep};
use hub112::domain::envelope::{Decision, ErrorCode, Party};
use hub112::domain::ids::{AccountName, DistributionId, IncidentId, RegionCode, ServiceKey, UnitId};
use hub112::domain::quantities::{Metres, Point};
use hub112::domain::unit::{Position, PositionSource};
use hub112::store::account::{self, Account, ChangedBy, Role};
use hub112::store::agency_link::{NewLink, Way};
use hub112::store::append::{Idempotency, InboxMark};
use hub112::store::dead_letter::{self, NewDeadLetter};
use hub112::store::delivery::{self, News};
use hub112::store::inbox::Mark;
use hub112::store::outbox::{self, Settlement};
use hub112::store::position_track::{self, Track};
use hub112::store::{agency_link, database, inbox, partition, setting};
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::appends::{append, outbox_row, running};
use crate::world::World;

fn region() -> RegionCode {
    "75".parse().expect("a region")
}

fn party(service: &str) -> Party {
    Party { region: region(), service: ServiceKey::new(service).expect("a service") }
}

async fn world() -> (World, Pool) {
    let world = World::new().await;
    let pool = database::pool(&world.database_url, 4).expect("pool");
    (world, pool)
}

fn second(n: i64) -> Timestamp {
    Timestamp::from_second(1_770_000_000 + n).expect("a time")
}

/// An envelope to two services about an incident.
fn envelope(incident: Uuid, sequence: u64) -> String {
    format!(
        r#"{{"contract":"1.0","sent_at":"{}","incident":"{incident}","recipients":[
            {{"region":"75","service":"police","sequence":{sequence}}},
            {{"region":"75","service":"fire_rescue","sequence":{}}}],"content_type":"notice","content":{{}}}}"#,
        second(0),
        sequence + 10
    )
}

#[tokio::test]
async fn for_every_incident_and_agency_the_hub_knows_how_far_a_message_got() {
    let hub = running().await;
    let incident = Uuid::now_v7();
    let mut one = append("region/75", 0, "{}");
    let mut row = outbox_row(&incident.to_string(), &envelope(incident, 4));
    row.routing_keys = vec!["75.police.notice".to_owned(), "75.fire_rescue.notice".to_owned()];
    one.outbox.push(row.clone());
    hub.journal.append(one).await.expect("append");
    let (id, row) = hub.handed_over.recv().expect("handed over");
    let stages = async || {
        let rows = delivery::of_incident(&hub.pool, IncidentId(incident), None, 200).await.expect("read");
        rows.into_iter()
            .map(|row| (row.to.service.to_string(), row.delivery.stage(), row.sequence))
            .collect::<Vec<_>>()
    };
    let expected = |service: &str, stage, sequence| (service.to_owned(), Some(stage), sequence);
    assert_eq!(
        stages().await,
        [expected("fire_rescue", DeliveryStage::Sent, None), expected("police", DeliveryStage::Sent, None)],
        "durable, not yet in the broker"
    );
    // The agency is quicker than the confirm: known by its outbox row.
    let news = |service: &str, step, n| News {
        distribution: row.distribution,
        at_party: party(service),
        step,
        at: second(n),
    };
    let early = [news("police", DeliveryStep::Acknowledged, 3)];
    assert_eq!(delivery::record(&hub.pool, &early).await.expect("record"), []);
    let settled = Settlement {
        id: Some(id),
        in_broker: row.routing_keys.clone(),
        unroutable: Vec::new(),
        row: std::sync::Arc::new(row.clone()),
        at: second(2),
    };
    for _ in 0..2 {
        outbox::settle(&hub.pool, std::slice::from_ref(&settled)).await.expect("settle");
    }
    assert_eq!(outbox::oldest(&hub.pool, &[region()], 10).await.expect("oldest"), Vec::<i64>::new());
    let more = [
        news("police", DeliveryStep::Read { by: "Айгуль".to_owned() }, 9),
        news("police", DeliveryStep::Read { by: "Серик".to_owned() }, 8),
        news("police", DeliveryStep::Answered { decision: Decision::Accept }, 10),
        news("police", DeliveryStep::Acknowledged, 7),
        news("fire_rescue", DeliveryStep::Rejected { code: ErrorCode::MalformedContent }, 5),
    ];
    for _ in 0..2 {
        assert_eq!(delivery::record(&hub.pool, &more).await.expect("record"), []);
    }
    assert_eq!(
        stages().await,
        [
            expected("fire_rescue", DeliveryStage::Rejected, Some(14)),
            expected("police", DeliveryStage::Answered, Some(4)),
        ]
    );
    let rows = delivery::of_distribution(&hub.pool, row.distribution).await.expect("read");
    let police = &rows.iter().find(|row| row.to == party("police")).expect("police").delivery;
    assert_eq!(
        (
            police.sent_at,
            police.in_broker_at,
            police.acknowledged_at,
            police.read_at,
            police.read_by.as_deref()
        ),
        (Some(second(0)), Some(second(2)), Some(second(3)), Some(second(8)), Some("Серик")),
        "of repetitions the first in time stands"
    );
}

#[tokio::test]
async fn an_acknowledgement_of_what_was_never_sent_changes_nothing_and_is_named() {
    let hub = running().await;
    let mut one = append("region/75", 0, "{}");
    let row = outbox_row("k", "no envelope");
    one.outbox.push(row.clone());
    hub.journal.append(one).await.expect("append");
    let news = |distribution, service: &str| News {
        distribution,
        at_party: party(service),
        step: DeliveryStep::Acknowledged,
        at: second(1),
    };
    let stranger = DistributionId(Uuid::now_v7());
    // Sent, never sent, and sent to somebody else.
    let all =
        [news(row.distribution, "police"), news(stranger, "police"), news(row.distribution, "utilities")];
    let mut unknown = delivery::record(&hub.pool, &all).await.expect("record");
    unknown.sort_by_key(|(distribution, _)| *distribution != stranger);
    assert_eq!(unknown, [(stranger, party("police")), (row.distribution, party("utilities"))]);
    let known = hub.world.pg().await.query_one("SELECT count(*) FROM delivery", &[]).await.expect("count");
    assert_eq!(known.get::<_, i64>(0), 1);
}

#[tokio::test]
async fn an_unroutable_message_lies_among_the_dead_letters_until_a_person_settles_it() {
    let (_world, pool) = world().await;
    let row = std::sync::Arc::new(outbox_row("k", "body"));
    let settled = Settlement {
        id: None,
        in_broker: vec!["75.police.notice".to_owned()],
        unroutable: vec!["75.ambulance.notice".to_owned()],
        row: row.clone(),
        at: second(1),
    };
    outbox::settle(&pool, &[settled]).await.expect("settle");
    let rows = delivery::of_distribution(&pool, row.distribution).await.expect("read");
    let stages: Vec<_> = rows.iter().map(|row| (row.to.service.as_str(), row.delivery.stage())).collect();
    assert_eq!(
        stages,
        [("ambulance", Some(DeliveryStage::Unroutable)), ("police", Some(DeliveryStage::InBroker))]
    );
    let poison = NewDeadLetter {
        region: Some("75".to_owned()),
        queue: "hub.dead".to_owned(),
        sender: Some("75.police".to_owned()),
        message_id: None,
        routing_key: "75.police.report".to_owned(),
        reason: "malformed_envelope".to_owned(),
        said: None,
        headers: r#"{"x-death": 1}"#.to_owned(),
        body: Bytes::from_static(b"\xff"),
    };
    dead_letter::keep(&pool, &poison).await.expect("keep");
    let open = dead_letter::open(&pool, None, 0, 10).await.expect("open");
    assert_eq!(
        open.iter().map(|one| one.letter.reason.as_str()).collect::<Vec<_>>(),
        ["unroutable", "malformed_envelope"]
    );
    assert_eq!(open[1].letter, poison);
    let id = open[0].id;
    assert!(dead_letter::settle(&pool, id, "officer", "told by phone").await.expect("settle"));
    assert!(!dead_letter::settle(&pool, id, "other", "again").await.expect("settle"), "once");
    let settled = dead_letter::find(&pool, id).await.expect("find").expect("there").settled.expect("settled");
    assert_eq!((settled.by.as_str(), settled.settlement.as_str()), ("officer", "told by phone"));
    assert_eq!(dead_letter::open(&pool, None, 0, 10).await.expect("open").len(), 1);
}

#[tokio::test]
async fn a_dead_letter_settled_long_ago_loses_its_text_and_keeps_who_settled_it_and_why() {
    let (world, pool) = world().await;
    let letter = NewDeadLetter {
        region: Some("75".to_owned()),
        queue: "hub112.inbox.75".to_owned(),
        sender: Some("agency.75.police".to_owned()),
        message_id: Some("m".to_owned()),
        routing_key: "75.police.report".to_owned(),
        reason: "malformed_envelope".to_owned(),
        said: None,
        headers: r#"{"x-death": 1}"#.to_owned(),
        body: Bytes::from_static(b"Asel, +77011112233"),
    };
    let mut ids = Vec::new();
    for _ in 0..4 {
        ids.push(dead_letter::keep(&pool, &letter).await.expect("keep"));
    }
    assert!(dead_letter::settle(&pool, ids[0], "officer", "told by phone").await.expect("settle"));
    assert!(dead_letter::mend(&pool, ids[1], "officer", "a comma", "{}").await.expect("mend"));
    assert!(dead_letter::settle(&pool, ids[2], "officer", "lately").await.expect("settle"));
    let age = "UPDATE dead_letter SET settled_at = $2 WHERE id = ANY($1)";
    world.pg().await.execute(age, &[&ids[..2].to_vec(), &second(10)]).await.expect("long ago");
    for (before, emptied) in [(second(10), 0), (second(11), 2), (second(12), 0)] {
        assert_eq!(dead_letter::empty(&pool, before).await.expect("empty"), emptied, "before {before}");
    }
    let find = async |id| dead_letter::find(&pool, id).await.expect("find").expect("there");
    for (id, why) in [(ids[0], "told by phone"), (ids[1], "a comma")] {
        let dead = find(id).await;
        let settled = dead.settled.expect("settled");
        assert_eq!((&dead.letter.body[..], dead.letter.headers.as_str()), (&b""[..], "{}"));
        assert_eq!((settled.by.as_str(), settled.settlement.as_str()), ("officer", why));
        assert!(settled.mended.is_none() && settled.emptied_at.is_some());
        assert_eq!(dead.letter.reason, letter.reason);
    }
    for id in &ids[2..] {
        assert_eq!(find(*id).await.letter, letter, "settled lately, or by nobody");
    }
}

#[tokio::test]
async fn the_answer_to_a_request_is_kept_for_its_repetition_and_let_go_when_old() {
    let hub = running().await;
    let kept = Idempotency {
        account: "officer".to_owned(),
        key: "k".to_owned(),
        fingerprint: vec![7; 32],
        status: 201,
        body: Bytes::from_static(b"{\"id\":1}"),
    };
    let mut one = append("region/75", 0, "{}");
    one.idempotency = Some(kept.clone());
    let mark = |id: &str, digest: u8| InboxMark {
        sender: "75.police".to_owned(),
        message_id: id.to_owned(),
        digest: vec![digest],
    };
    one.inbox = Some(mark("m", 1));
    hub.journal.append(one).await.expect("append");
    let answer = async |key: &str| inbox::answer(&hub.pool, "officer", key).await.expect("answer");
    assert_eq!(answer("k").await, Some(kept));
    assert_eq!(answer("l").await, None);
    let known = async |id: &str, digest: u8| inbox::mark(&hub.pool, &mark(id, digest)).await.expect("mark");
    assert_eq!(known("m", 1).await, Some(Mark::Taken));
    assert_eq!(known("m", 2).await, Some(Mark::Another), "an id used again");
    assert_eq!(known("n", 1).await, None);
    let later = Timestamp::now() + SignedDuration::from_hours(1);
    for (before, gone) in [(second(0), 0), (later, 1)] {
        assert_eq!(inbox::prune_marks(&hub.pool, before).await.expect("prune"), gone);
        assert_eq!(inbox::prune_answers(&hub.pool, before).await.expect("prune"), gone);
    }
}

#[tokio::test]
async fn an_account_is_found_by_name_or_by_a_token_that_is_neither_expired_nor_taken_back() {
    let (_world, pool) = world().await;
    let police = Account {
        version: 1,
        name: AccountName::new("75.police").expect("a name"),
        role: Role::Agency,
        password_hash: None,
        region: Some(region()),
        service: Some(ServiceKey::new("police").expect("a service")),
        active: true,
    };
    let put = async |account: &Account| {
        account::put(&pool, account, None, None, ChangedBy::CommandLine("test")).await
    };
    put(&police).await.expect("put").expect("whatever there was");
    assert_eq!(account::find(&pool, "75.police").await.expect("find"), Some(police.clone()));
    let issue = async |n: u8, expires: Option<Timestamp>| {
        account::issue_token(&pool, &police.name, &[n; 32], "test", expires).await.expect("issue");
    };
    issue(1, None).await;
    issue(2, Some(Timestamp::now() + SignedDuration::from_hours(1))).await;
    issue(3, Some(Timestamp::now() - SignedDuration::from_hours(1))).await;
    let holds = async |n: u8| account::by_token(&pool, &[n; 32]).await.expect("by token").is_some();
    assert_eq!([holds(1).await, holds(2).await, holds(3).await, holds(4).await], [true, true, false, false]);
    assert!(account::revoke_token(&pool, &[1; 32]).await.expect("revoke"));
    assert!(!holds(1).await);
    put(&Account { active: false, ..police.clone() }).await.expect("put").expect("whatever there was");
    assert!(!holds(2).await, "an account that is not active");
    let nameless = Account { service: None, ..police };
    assert!(put(&nameless).await.is_err(), "an agency has a service");
}

#[tokio::test]
async fn a_setting_of_the_region_stands_before_the_countrys_and_its_history_stays() {
    let (_world, pool) = world().await;
    let get = async |region| setting::get(&pool, region, "hold_seconds").await.expect("get").map(|s| s.value);
    assert_eq!(get(Some(region())).await, None);
    setting::put(&pool, None, "hold_seconds", "30", "admin").await.expect("put");
    assert_eq!(get(Some(region())).await.as_deref(), Some("30"));
    setting::put(&pool, Some(region()), "hold_seconds", "40", "admin").await.expect("put");
    setting::put(&pool, Some(region()), "hold_seconds", "50", "other").await.expect("put");
    assert_eq!((get(Some(region())).await.as_deref(), get(None).await.as_deref()), (Some("50"), Some("30")));
    let history = setting::history(&pool, Some(region()), "hold_seconds").await.expect("history");
    let history: Vec<_> = history.iter().map(|s| (s.value.as_str(), s.changed_by.as_str())).collect();
    assert_eq!(history, [("50", "other"), ("40", "admin")]);
    assert_eq!(setting::all(&pool).await.expect("all").len(), 2);
    assert!(setting::put(&pool, None, "bad", "{", "admin").await.is_err());
}

#[tokio::test]
async fn an_agency_link_remembers_since_when_it_is_as_it_is() {
    let (_world, pool) = world().await;
    let service = ServiceKey::new("police").expect("a service");
    let by = AccountName::new("admin").expect("a name");
    let link = |way, phone| NewLink { region: region(), service: &service, way, phone: Some(phone) };
    let put = async |link, expected| agency_link::put(&pool, &link, expected, &by).await.expect("put");
    let first = link(Way::Amqp, "+77270000102");
    assert_eq!(put(first, Expected::Absent).await, Ok(()));
    let there = Refusal::Stale { expected: Expected::Absent, actual: Some(1) };
    assert_eq!(put(first, Expected::Absent).await, Err(there));
    for (connected, n) in [(true, 1), (true, 5), (false, 9), (false, 12)] {
        agency_link::heard(&pool, region(), &service, connected, second(n)).await.expect("heard");
    }
    assert_eq!(put(link(Way::Http, "102"), Expected::Version(1)).await, Ok(()));
    let stale = Refusal::Stale { expected: Expected::Version(1), actual: Some(2) };
    assert_eq!(put(link(Way::Phone, "103"), Expected::Version(1)).await, Err(stale));
    let links = agency_link::of_region(&pool, region()).await.expect("read");
    assert_eq!(links.len(), 1);
    let link = &links[0];
    assert_eq!((link.connected, link.changed_at, link.last_seen_at), (false, second(9), Some(second(5))));
    assert_eq!((link.way, link.phone.as_deref()), (Way::Http, Some("102")));
    assert_eq!(link.version, 2);
}

#[tokio::test]
async fn tracks_are_written_in_batches_and_read_back_in_order_whatever_their_day() {
    let (_world, pool) = world().await;
    partition::make_ahead(&pool, second(0)).await.expect("partitions");
    let unit = UnitId::new("75-ambulance-12").expect("a unit");
    let position = |n: i64| Position {
        point: Point::new(43.2 + n as f64 / 1e6, 76.9).expect("a point"),
        at: second(n * 3600),
        source: PositionSource::Avl,
        accuracy: (n % 2 == 0).then(|| Metres::saturating(12.5)),
    };
    let tracks: Vec<Track> =
        (-40..40).map(|n| Track { region: region(), unit: unit.clone(), position: position(n) }).collect();
    position_track::write(&pool, &tracks).await.expect("write");
    let read =
        position_track::read(&pool, &unit, second(-40 * 3600), second(40 * 3600), 1000).await.expect("read");
    assert_eq!(read, (-40..40).map(position).collect::<Vec<_>>());
}

/// DESIGN §10: ten thousand positions a second. Only a batch that is not full is waited after, for there is nothing to write.
#[tokio::test]
async fn more_tracks_than_one_batch_are_written_without_a_pause_between() {
    let (_world, pool) = world().await;
    partition::make_ahead(&pool, second(0)).await.expect("partitions");
    let batches: u64 = 10;
    let (sender, points) = tokio::sync::mpsc::channel(65_536);
    for n in 0..batches * BATCH as u64 {
        let unit = UnitId::new(&format!("75-police-{n}")).expect("a unit");
        let point = Point::new(43.2, 76.9).expect("a point");
        let position = Position { point, at: second(0), source: PositionSource::Avl, accuracy: None };
        sender.try_send(Track { region: region(), unit, position }).expect("room");
    }
    drop(sender);
    let since = std::time::Instant::now();
    tracks::write(pool.clone(), points).await;
    let took = since.elapsed();
    let client = pool.get().await.expect("a connection");
    let count = client.query_one("SELECT count(*) FROM position_track", &[]).await.expect("a count");
    assert_eq!(count.get::<_, i64>(0).unsigned_abs(), batches * BATCH as u64);
    assert!(took < GATHER * batches as u32, "{took:?}");
}

#[tokio::test]
async fn partitions_are_made_ahead_early_rows_move_into_them_and_old_tracks_go() {
    let hub = running().await;
    let client = hub.world.pg().await;
    let now: Timestamp = "2031-12-30T10:00:00Z".parse().expect("a time");
    let mut early = append("region/75", 0, "{}");
    early.events[0].at = "2032-01-31T23:59:59.999999Z".parse().expect("a time");
    hub.journal.append(early).await.expect("append");
    let unit = UnitId::new("u").expect("a unit");
    let position = Position {
        point: Point::new(43.2, 76.9).expect("a point"),
        at: now,
        source: PositionSource::Crew,
        accuracy: None,
    };
    position_track::write(&hub.pool, &[Track { region: region(), unit, position }]).await.expect("write");
    let made = partition::make_ahead(&hub.pool, now).await.expect("made");
    assert_eq!(
        made,
        [
            "journal_203112",
            "journal_203201",
            "journal_203202",
            "journal_203203",
            "position_track_20311230",
            "position_track_20311231",
            "position_track_20320101",
            "position_track_20320102"
        ]
    );
    assert_eq!(partition::make_ahead(&hub.pool, now).await.expect("again"), Vec::<String>::new());
    let within = async |table: &str| {
        let count =
            client.query_one(&format!("SELECT count(*) FROM ONLY {table}"), &[]).await.expect("count");
        count.get::<_, i64>(0)
    };
    assert_eq!((within("journal_203201").await, within("journal_default").await), (1, 0));
    let verdict = hub112::store::verify::verify(&hub.pool, None, None, |_| {}).await.expect("verify");
    assert!(verdict.is_clean(), "{:?}", verdict.findings);
    let undeletable = client.batch_execute("DELETE FROM journal").await.expect_err("still append-only");
    assert_eq!(undeletable.code().map(|code| code.code()), Some("H1121"));
    assert_eq!(within("position_track_20311230").await, 1);
    let before: Timestamp = "2032-01-01T12:00:00Z".parse().expect("a time");
    let dropped = partition::drop_tracks(&hub.pool, before).await.expect("drop");
    assert_eq!(dropped, ["position_track_20311230", "position_track_20311231"]);
}
