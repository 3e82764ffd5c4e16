//! Calls pour in on one card, and several officers act at once: what an act rests on is what its officer saw, no more;
//! nobody is sent twice, and nobody is left without.

use std::cell::Cell;
use std::rc::Rc;

use hub112::store::account::Role;
use serde_json::{Value, json};

use super::asking::{Asker, House, LONG, call};
use crate::world::wait_until;

const ARREST: &str = "Остановка сердца, человек не дышит, лежит на полу";

async fn ambulance(admin: &Asker, id: &str, lat: f64) {
    let point = json!({"lat": lat, "lon": 76.8897});
    let seen = jiff::Timestamp::now() - jiff::SignedDuration::from_secs(10);
    let unit = json!({
        "id": id, "service": "ambulance", "region": "75", "call_sign": id, "kind": "ambulance",
        "capabilities": ["transport", "resuscitation"], "station": "s", "home": point,
        "position": {"point": point, "at": seen, "source": "station", "accuracy": null},
    });
    admin.make(&format!("/units/{id}"), &unit).await.expect(204);
}

/// One more call about the same, from another telephone.
fn again(n: usize) -> Value {
    let mut message = call(ARREST);
    message["sender"]["call_back"]["number"] = json!(format!("+7701{n:07}"));
    message
}

async fn open(officer: &Asker) -> String {
    let taken = officer.post("/messages", &call(ARREST)).await.expect(201);
    format!("/incidents/{}", taken["incident"].as_str().expect("a card"))
}

async fn joined(officer: &Asker, card: &str, n: usize) {
    let taken = officer.post("/messages", &again(n)).await.expect(201);
    assert_eq!(taken["incident"].as_str(), card.strip_prefix("/incidents/"), "it is one event");
}

fn requests(card: &Value) -> Vec<Value> {
    card["requests"].as_object().map(|all| all.values().cloned().collect()).unwrap_or_default()
}

fn of<'a>(requests: &'a [Value], service: &str) -> Vec<&'a Value> {
    requests.iter().filter(|r| r["service"] == service).collect()
}

fn recommended(request: &Value) -> usize {
    request["recommended"].as_array().map_or(0, Vec::len)
}

/// A category rests on the category that was seen, whoever has called meanwhile.
#[actix_web::test]
async fn a_category_is_changed_for_the_one_that_was_seen_whoever_has_called_meanwhile() {
    let house = House::open().await;
    let (asel, bolat) =
        (house.caller("asel", Role::DutyOfficer).await, house.caller("bolat", Role::DutyOfficer).await);
    let card = open(&asel).await;
    let seen = asel.get(&card).await.header("etag").expect("a version").to_owned();
    joined(&asel, &card, 1).await;
    let path = format!("{card}/category");
    asel.put_for(&seen, &path, &json!({"code": "unconscious"})).await.expect(200);
    let late = bolat.put_for(&seen, &path, &json!({"code": "cardiac_arrest"})).await;
    assert_eq!((late.status, late.problem()), (412, "stale"), "somebody else has changed it");
    let ahead = bolat.put_for("\"9999\"", &path, &json!({"code": "cardiac_arrest"})).await;
    assert_eq!(ahead.problem(), "stale", "nobody has seen a version that is still to come");

    let seen = asel.get(&card).await.header("etag").expect("a version").to_owned();
    joined(&asel, &card, 2).await;
    let over = json!({"outcome": "resolved"});
    let unseen = asel.post_for(&seen, &format!("{card}/close"), &over).await;
    assert_eq!(unseen.problem(), "stale", "who closes a card has seen all that callers said");
    let seen = asel.get(&card).await.header("etag").expect("a version").to_owned();
    asel.post_for(&seen, &format!("{card}/notes"), &json!({"text": "жильцы вышли"})).await.expect(200);
    asel.post_for(&seen, &format!("{card}/close"), &over).await.expect(200);
}

/// A wave rests on the requests, the category, the place, and that the card is open.
#[actix_web::test]
async fn a_wave_goes_out_for_the_card_that_was_seen_and_not_beside_another_wave() {
    let house = House::open().await;
    let admin = house.caller("admin", Role::Administrator).await;
    let (asel, bolat) =
        (house.caller("asel", Role::DutyOfficer).await, house.caller("bolat", Role::DutyOfficer).await);
    for n in 1..=4 {
        ambulance(&admin, &format!("75-a-{n}"), 43.2389).await;
    }
    let card = open(&asel).await;
    let seen = asel.get(&card).await.header("etag").expect("a version").to_owned();
    joined(&asel, &card, 1).await;
    let forces = format!("{card}/forces");
    let sent = asel.post_for(&seen, &forces, &json!({})).await.expect(200);
    assert_eq!(of(&requests(&sent), "ambulance").len(), 1);
    let named = json!({"forces": [{"service": "ambulance", "act": "first_wave", "capabilities": ["transport"],
        "count": 1, "units": ["75-a-3"]}]});
    let none = bolat.post_for(&seen, &forces, &json!({})).await;
    assert_eq!(none.problem(), "conflict", "the plan asks nobody else");
    assert_eq!(
        bolat.post_for(&seen, &forces, &named).await.problem(),
        "stale",
        "forces were asked for since"
    );
    assert_eq!(bolat.post_for("seven", &forces, &named).await.problem(), "stale", "a tag that is none");
    let now = bolat.get(&card).await;
    assert_eq!(requests(&now.body).len(), requests(&sent).len());
    let seen = now.header("etag").expect("a version").to_owned();
    asel.replace(&format!("{card}/category"), &json!({"code": "building_fire"})).await.expect(200);
    assert_eq!(bolat.post_for(&seen, &forces, &named).await.problem(), "stale", "it is a fire by now");
    let seen = bolat.get(&card).await.header("etag").expect("a version").to_owned();
    let more = bolat.post_for(&seen, &forces, &named).await.expect(200);
    assert_eq!(of(&requests(&more), "ambulance").len(), 2, "who has seen it may ask for more");
}

/// Sixteen callers at once about one event, until dropped.
struct Flood(Rc<Cell<bool>>);

impl Flood {
    fn on(officer: &Asker) -> Self {
        let goes_on = Rc::new(Cell::new(true));
        for caller in 0..16 {
            let (goes_on, officer) = (Rc::clone(&goes_on), officer.clone());
            actix_web::rt::spawn(async move {
                for n in 0.. {
                    if !goes_on.get() {
                        break;
                    }
                    officer.post("/messages", &again(caller * 100_000 + n)).await;
                }
            });
        }
        Self(goes_on)
    }
}

impl Drop for Flood {
    fn drop(&mut self) {
        self.0.set(false);
    }
}

fn messages(card: &Value) -> usize {
    let between = card["messages_between"].as_u64().unwrap_or_default();
    card["messages"].as_array().map_or(0, Vec::len) + usize::try_from(between).expect("so many")
}

#[actix_web::test]
async fn forces_are_sent_and_a_category_is_corrected_while_calls_pour_in() {
    let house = House::open().await;
    let admin = house.caller("admin", Role::Administrator).await;
    let asel = house.caller("asel", Role::DutyOfficer).await;
    ambulance(&admin, "75-a-1", 43.2389).await;
    let card = open(&asel).await;
    let flood = Flood::on(&asel);
    wait_until("calls pour in", LONG, async || messages(&asel.get(&card).await.expect(200)) > 50).await;
    let seen = asel.get(&card).await;
    let before = messages(&seen.body);
    let sent = asel.post(&format!("{card}/forces"), &json!({})).await.expect(200);
    assert_eq!(of(&requests(&sent), "ambulance").len(), 1, "at the first try");
    let seen = seen.header("etag").expect("a version");
    let corrected = asel.put_for(seen, &format!("{card}/category"), &json!({"code": "unconscious"})).await;
    let corrected = corrected.expect(200);
    assert!(messages(&corrected) > before, "calls came meanwhile");
    drop(flood);
}

#[actix_web::test]
async fn the_rule_sends_forces_while_calls_pour_in() {
    let house = House::open().await;
    let admin = house.caller("admin", Role::Administrator).await;
    let asel = house.caller("asel", Role::DutyOfficer).await;
    let mut settings = admin.get("/settings").await.expect(200);
    settings["dispatch_by_rule"] = json!(true);
    admin.replace("/settings", &settings).await.expect(204);
    ambulance(&admin, "75-a-1", 43.2389).await;
    let flood = Flood::on(&asel);
    let list =
        async || asel.get("/incidents").await.expect(200)["items"].as_array().cloned().unwrap_or_default();
    wait_until("the rule asked for an ambulance, once", LONG, async || {
        list().await.iter().flat_map(requests).any(|r| r["service"] == "ambulance")
    })
    .await;
    drop(flood);
}

/// Whoever is held by another's wave is passed over for the next best.
#[actix_web::test]
async fn waves_that_go_out_at_once_each_get_units_while_there_are_any() {
    let house = House::open().await;
    let admin = house.caller("admin", Role::Administrator).await;
    let asel = house.caller("asel", Role::DutyOfficer).await;
    for n in 0..10 {
        ambulance(&admin, &format!("75-a-{n}"), 43.2389).await;
    }
    let mut cards = Vec::new();
    for n in 0..8 {
        let mut message = again(n);
        message["location"]["fix"]["point"] = json!({"lat": 43.15 + 0.02 * n as f64, "lon": 76.8897});
        let taken = asel.post("/messages", &message).await.expect(201);
        cards.push(format!("/incidents/{}", taken["incident"].as_str().expect("a card")));
    }
    let waves = cards.iter().map(|card| {
        let (asel, path) = (asel.clone(), format!("{card}/forces"));
        async move { asel.post(&path, &json!({})).await.expect(200) }
    });
    let sent = futures_util::future::join_all(waves).await;
    let mut units = Vec::new();
    for card in &sent {
        let asked = requests(card);
        let ambulances = of(&asked, "ambulance");
        assert_eq!(ambulances.iter().map(|r| recommended(r)).sum::<usize>(), 1, "one each: {ambulances:?}");
        assert_eq!(ambulances.len(), 1, "of one need one request");
        units.push(ambulances[0]["recommended"][0]["unit"].clone());
    }
    units.sort_by_key(Value::to_string);
    units.dedup();
    assert_eq!(units.len(), 8, "none twice: {units:?}");
}

/// A wave of which a part cannot be asked for goes out in no part, and holds nobody.
#[actix_web::test]
async fn a_wave_that_cannot_be_asked_for_as_a_whole_holds_nobody() {
    let house = House::open().await;
    let admin = house.caller("admin", Role::Administrator).await;
    let asel = house.caller("asel", Role::DutyOfficer).await;
    ambulance(&admin, "75-a-1", 43.2389).await;
    let card = open(&asel).await;
    let of = |service: &str, act: &str, units: &[&str]| json!({"service": service, "act": act, "count": 1, "units": units});
    let wave = json!({"forces": [of("ambulance", "first_wave", &["75-a-1"]), of("utilities-nobody", "additional", &["75-u-1"])]});
    assert_eq!(asel.post(&format!("{card}/forces"), &wave).await.problem(), "not-found");
    assert_eq!(requests(&asel.get(&card).await.expect(200)), Vec::<Value>::new());
    wait_until("the ambulance is free", std::time::Duration::from_secs(10), async || {
        let units = admin.get("/units?ids=75-a-1").await.expect(200);
        units["items"][0]["status"]["state"] == "available"
    })
    .await;
}
