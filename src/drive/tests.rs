use std::collections::BTreeSet;
use std::io::Write;
use std::sync::{Arc, Mutex};

use actix_web::{App, HttpResponse, HttpServer, web};
use clap::Parser;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::*;
use crate::domain::message::Message;

#[derive(Debug, Parser)]
struct Line {
    #[command(flatten)]
    options: Options,
}

fn asked(words: &str) -> Result<Options, clap::Error> {
    Line::try_parse_from(std::iter::once("drive").chain(words.split_whitespace())).map(|l| l.options)
}

#[test]
fn the_command_line_asks_for_one_source_and_one_way_in() {
    let options = asked("--file day.ndjson --token t --from 13:30 --to -33.9,-70.5 --speed-up 600").unwrap();
    assert_eq!((options.from, options.speed_up, options.to.lat()), (Some(48_600), 600.0, -33.9));
    assert_eq!((options.concurrency.get(), options.url.as_str()), (32, "http://127.0.0.1:8112"));
    let set = asked("--data d --set seattle-police --user a --password p").unwrap();
    assert_eq!(set.set, Some(Set::SeattlePolice));
    assert!(!format!("{set:?}").contains("\"p\""), "a password is not shown");
    for wrong in [
        "--token t",
        "--file a",
        "--file a --token t --data d --set montgomery",
        "--data d --token t",
        "--file a --token t --speed-up 0",
        "--file a --token t --from 25:00",
        "--file a --token t --to 91,0",
    ] {
        assert!(asked(wrong).is_err(), "{wrong}");
    }
}

/// A hub's door for positions that remembers what it was told.
fn positions_door(taken: &Arc<Mutex<Vec<Value>>>) -> String {
    let kept = taken.clone();
    let server = HttpServer::new(move || {
        let taken = kept.clone();
        App::new().route(
            "/api/v1/positions",
            web::post().to(move |body: web::Json<Value>| {
                taken.lock().unwrap().push(body.into_inner());
                async { HttpResponse::NoContent().finish() }
            }),
        )
    })
    .workers(1)
    .disable_signals()
    .bind(("127.0.0.1", 0))
    .unwrap();
    let url = format!("http://{}", server.addrs()[0]);
    actix_rt::spawn(server.run());
    url
}

#[actix_rt::test]
async fn positions_are_replayed_alone_and_each_unit_ends_where_it_was_last() {
    let taken: Arc<Mutex<Vec<Value>>> = Arc::default();
    let url = positions_door(&taken);
    let mut rows = "at_offset_s,region,service,unit,lat,lon\n".to_owned();
    for n in 0..40 {
        rows += &format!("{n},75,ambulance,75-ambulance-{},43.{:02},76.9\n", n % 2, 10 + n);
    }
    let path = file("positions", &rows);
    let line = format!("--url {url} --positions {} --token t --speed-up 100", path.display());
    run(asked(&line).unwrap()).await.unwrap();
    let taken = taken.lock().unwrap();
    assert!(taken.len() > 3, "at the pace of the file, not all at once: {}", taken.len());
    let last = |unit: &str| {
        let mut all = taken.iter().flat_map(|body| body["positions"].as_array().unwrap());
        all.rfind(|p| p["unit"] == unit).unwrap()["position"]["point"]["lat"].clone()
    };
    assert_eq!((last("75-ambulance-0"), last("75-ambulance-1")), (json!(43.48), json!(43.49)));
    std::fs::remove_file(path).unwrap();
}

#[test]
fn names_of_the_sets_are_those_of_the_command_line() {
    use clap::ValueEnum;
    for set in Set::ALL {
        assert_eq!(set.to_possible_value().unwrap().get_name(), set.name());
    }
}

#[test]
fn a_part_of_the_day_begins_at_its_time_and_ends_at_its_limit() {
    let day = include_str!("../../gis/demo/messages.ndjson");
    let all = lines::read("messages.ndjson", day.as_bytes()).unwrap();
    let part = wanted(all.clone(), Some(48_600), Some(10));
    assert_eq!(part.len(), 10);
    assert!(part[0].at >= 48_600 && part.iter().all(|r| all.contains(r)), "ids do not depend on the part");
}

/// A hub's door that remembers ids, as the real one does.
fn door() -> (String, Arc<Mutex<Vec<Message>>>) {
    let taken: Arc<Mutex<Vec<Message>>> = Arc::default();
    let kept = taken.clone();
    let server = HttpServer::new(move || {
        let taken = kept.clone();
        App::new().route(
            "/api/v1/messages",
            web::post().to(move |message: web::Json<Message>| {
                let mut taken = taken.lock().unwrap();
                let message = message.into_inner();
                let fit = message.check(Timestamp::now());
                let known = taken.iter().any(|m| m.id == message.id);
                let answer: (u16, Value) = match fit {
                    Err(e) => (422, json!({"title": "A value is not valid", "detail": e.to_string()})),
                    Ok(()) if known => (200, json!({"opened": false})),
                    Ok(()) => {
                        taken.push(message);
                        (201, json!({"opened": true}))
                    }
                };
                let status = awc::http::StatusCode::from_u16(answer.0).unwrap();
                async move { HttpResponse::build(status).json(answer.1) }
            }),
        )
    })
    .workers(1)
    .disable_signals()
    .bind(("127.0.0.1", 0))
    .unwrap();
    let url = format!("http://{}", server.addrs()[0]);
    actix_rt::spawn(server.run());
    (url, taken)
}

fn file(name: &str, text: &str) -> PathBuf {
    let path = std::env::temp_dir().join(format!("hub112-drive-{}-{name}.ndjson", std::process::id()));
    File::create(&path).unwrap().write_all(text.as_bytes()).unwrap();
    path
}

#[actix_rt::test]
async fn a_second_run_changes_nothing() {
    let (url, taken) = door();
    let lines: String =
        (0..50).map(|n| format!("{{\"at_offset_s\": {n}, \"text\": \"пожар {n}\"}}\n")).collect();
    let path = file("twice", &lines);
    let options = asked(&format!("--url {url} --file {} --token t --speed-up 1000", path.display())).unwrap();
    let first = run(options.clone()).await.unwrap();
    assert_eq!((first.sent, first.opened, first.known), (50, 50, 0));
    let second = run(options).await.unwrap();
    assert_eq!((second.sent, second.opened, second.known), (50, 0, 50));
    let ids: BTreeSet<_> = taken.lock().unwrap().iter().map(|m| m.id).collect();
    assert_eq!(ids.len(), 50);
    std::fs::remove_file(path).unwrap();
}

#[actix_rt::test]
async fn one_refusal_fails_the_run_and_is_told() {
    let (url, _) = door();
    let path = file("refused", "{\"at_offset_s\": 0, \"text\": \"пожар\"}\n{\"at_offset_s\": 1}\n");
    let options = asked(&format!("--url {url} --file {} --token t --speed-up 1000", path.display())).unwrap();
    let Err(DriveError::Refused(summary)) = run(options).await else { panic!("not refused") };
    assert_eq!((summary.opened, summary.refused), (1, 1));
    assert!(summary.to_string().contains("a heard message needs words"), "{summary}");
    std::fs::remove_file(path).unwrap();
}
