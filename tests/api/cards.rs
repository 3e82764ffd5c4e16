//! What an officer does with cards, over HTTP: corrected, merged, split, linked, gathered, recommended for, ended.

use hub112::config::TerritoryFiles;
use hub112::domain::quantities::Point;
use hub112::store::account::Role;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::asking::{Answer, Asker, House, LONG, call};
use crate::world::wait_until;

/// An officer at cards.
struct Cards {
    officer: Asker,
}

impl Cards {
    async fn open(&self, message: &Value) -> String {
        let taken = self.officer.post("/messages", message).await.expect(201);
        taken["incident"].as_str().expect("an incident").to_owned()
    }

    async fn card(&self, id: &str) -> Value {
        self.officer.get(&format!("/incidents/{id}")).await.expect(200)
    }

    async fn ask(&self, method: &str, id: &str, what: &str, body: Value) -> Answer {
        let path = format!("/incidents/{id}/{what}");
        self.officer.ask(method, &path, Some(&body), &[("If-Match", "*")]).await
    }

    async fn post(&self, id: &str, what: &str, body: Value) -> Answer {
        self.ask("POST", id, what, body).await
    }

    async fn put(&self, id: &str, what: &str, body: Value) -> Answer {
        self.ask("PUT", id, what, body).await
    }
}

/// The same words far from the others.
fn at(words: &str, lat: f64, lon: f64) -> Value {
    let mut message = call(words);
    message["location"]["fix"]["point"] = json!({"lat": lat, "lon": lon});
    message
}

fn links(card: &Value, relation: &str) -> Vec<Value> {
    let all = card["links"].as_array().expect("links").iter();
    all.filter(|l| l[0] == relation).map(|l| l[1].clone()).collect()
}

#[actix_web::test]
async fn parts_are_gathered_under_a_major_incident_and_it_closes_last() {
    let house = House::open().await;
    let cards = Cards { officer: house.caller("asel", Role::DutyOfficer).await };
    let major = cards.open(&at("Землетрясение, рушатся дома", 43.20, 76.80)).await;
    let part = cards.open(&at("Горит квартира", 43.30, 76.95)).await;
    let link = |relation: &str, other: &str| json!({"relation": relation, "other": other});
    let linked = cards.post(&major, "links", link("parent_of", &part)).await.expect(200);
    assert_eq!(links(&linked, "parent_of"), [json!(part)]);
    assert_eq!(links(&cards.card(&part).await, "child_of"), [json!(major)]);
    let deeper = cards.open(&at("Утечка газа", 43.10, 76.70)).await;
    assert_eq!(cards.post(&part, "links", link("parent_of", &deeper)).await.problem(), "conflict");
    assert_eq!(cards.post(&major, "links", link("parent_of", &major)).await.problem(), "conflict");

    let resolved = || json!({"outcome": "resolved"});
    assert_eq!(cards.post(&major, "close", resolved()).await.problem(), "conflict", "a part is open");
    let unlinked = cards.post(&part, "unlink", link("child_of", &major)).await.expect(200);
    assert_eq!(links(&unlinked, "child_of"), Vec::<Value>::new());
    // What is reported as an emergency is identified before it is closed (c.5(3)¶1).
    let event = json!({"standing": "event", "basis": "a light shock, nobody hurt"});
    cards.post(&major, "identification", event).await.expect(200);
    cards.post(&major, "close", resolved()).await.expect(200);
    let reopened = cards.post(&major, "reopen", json!({"reason": "повторный толчок"})).await.expect(200);
    assert_eq!(reopened["status"], "open");
    assert_eq!(cards.post(&major, "reopen", json!({"reason": "ещё раз"})).await.problem(), "conflict");
}

#[actix_web::test]
async fn a_message_joined_by_mistake_is_split_off_and_a_card_opened_twice_is_merged() {
    let house = House::open().await;
    let cards = Cards { officer: house.caller("asel", Role::DutyOfficer).await };
    let one = cards.open(&at("Горит дом", 43.20, 76.80)).await;
    let two = cards.open(&at("Пожар в доме", 43.40, 77.00)).await;
    let merged = cards.post(&one, "merge", json!({"from": two, "reason": "один пожар"})).await.expect(200);
    let messages: Vec<Value> =
        merged["messages"].as_array().expect("messages").iter().map(|m| m["id"].clone()).collect();
    assert_eq!(messages.len(), 2);
    assert_eq!(cards.card(&two).await["status"], "merged");
    let off = json!({"message": messages[1], "reason": "другой дом"});
    let left = cards.post(&one, "split", off.clone()).await.expect(200);
    assert_eq!(left["messages"].as_array().map(Vec::len), Some(1));
    let [new] = &links(&left, "split_into")[..] else { panic!("{left}") };
    let new = cards.card(new.as_str().expect("an id")).await;
    assert_eq!((&new["messages"][0]["id"], &new["status"]), (&messages[1], &json!("open")));
    assert_eq!(cards.post(&one, "split", off).await.problem(), "not-found");
    let last = json!({"message": messages[0], "reason": "и этот"});
    assert_eq!(cards.post(&one, "split", last).await.problem(), "conflict", "a card keeps its last message");
}

#[actix_web::test]
async fn the_scale_follows_the_figures_once_an_administrator_has_certified_the_thresholds() {
    let house = House::open().await;
    let cards = Cards { officer: house.caller("asel", Role::DutyOfficer).await };
    let admin = house.caller("admin", Role::Administrator).await;
    let card = cards.open(&call("Взрыв в жилом доме")).await;
    let figures = |affected: u32| json!({"affected": affected, "injured": 2});
    let unverified = cards.put(&card, "consequences", figures(60)).await.expect(200);
    assert_eq!(unverified["scales"], json!([]), "nothing is proposed from thresholds that nobody certified");
    let stated = json!({"scale": "object", "basis": "сообщение пожарных"});
    let card_then = cards.put(&card, "scale", stated).await.expect(200);
    assert_eq!(card_then["scales"][0]["by"]["account"], "asel");

    let mut settings = admin.get("/settings").await.expect(200);
    settings["thresholds"]["local"]["affected_min"] = json!(10);
    settings["thresholds"]["regional"]["affected_min"] = json!(50);
    settings["thresholds"]["certified_by"] = json!("somebody");
    admin.replace("/settings", &settings).await.expect(204);
    let certified = admin.get("/settings").await.expect(200)["thresholds"]["certified_by"].clone();
    assert_eq!(certified, "admin", "who enters them answers for them");
    let proposed = cards.put(&card, "consequences", figures(80)).await.expect(200);
    let last = proposed["proposed_scale"].clone();
    assert_eq!((&last["scale"], &last["by"]["who"]), (&json!("regional"), &json!("rule")));
    assert_eq!(
        proposed["scales"], card_then["scales"],
        "what a person stated stands until a person takes another"
    );
    assert_eq!(proposed["consequences"].as_array().map(Vec::len), Some(2), "every version is kept");
    let (figures, unknown) = (&proposed["consequences"][1]["figures"], &last["unknown"]);
    assert_eq!(
        (&figures["dead"], &figures["disrupted"], unknown),
        (&json!(null), &json!(null), &json!(null))
    );
    let dead_alone = cards.put(&card, "consequences", json!({"dead": 12})).await.expect(200);
    let last = dead_alone["proposed_scale"].clone();
    assert_eq!((&last["scale"], &last["unknown"]), (&json!("local"), &json!(["affected"])), "at least local");
    let impossible = json!({"affected": 1, "dead": 5});
    assert_eq!(cards.put(&card, "consequences", impossible).await.body["field"], "affected");

    let scales = cards.officer.get("/scales").await.expect(200);
    let regional = scales.as_array().expect("scales").iter().find(|s| s["row"]["scale"] == "regional");
    let acts: Vec<&str> = regional.expect("regional")["effects"]
        .as_array()
        .expect("effects")
        .iter()
        .map(|e| e["act"].as_str().expect("an act"))
        .collect();
    for act in ["declares", "leads", "tells_akims"] {
        assert!(acts.contains(&act), "{act} in {acts:?}");
    }

    let corrected = cards.put(&card, "subject", json!({"subject": "fire"})).await.expect(200);
    assert_eq!(corrected["subject"], "fire");
    let marked = cards.put(&card, "public-resonance", json!({"public_resonance": true})).await.expect(200);
    assert_eq!(marked["public_resonance"], true);
}

async fn unit(admin: &Asker, id: &str, region: &str, home: (f64, f64), seen: Timestamp) {
    let point = json!({"lat": home.0, "lon": home.1});
    let unit = json!({
        "id": id, "service": "ambulance", "region": region, "call_sign": id, "kind": "ambulance",
        "capabilities": ["transport", "resuscitation"], "station": "s", "home": point,
        "position": {"point": point, "at": seen - jiff::SignedDuration::from_secs(10), "source": "station",
            "accuracy": null},
    });
    admin.make(&format!("/units/{id}"), &unit).await.expect(204);
    let position = json!({"region": region, "service": "ambulance", "positions": [
        {"unit": id, "position": {"point": point, "at": seen, "source": "avl", "accuracy": null}}]});
    admin.post("/positions", &position).await.expect(204);
}

fn reasons(pick: &Value) -> Vec<String> {
    let reasons = pick["reasons"].as_array().expect("reasons").iter();
    reasons.map(|r| r["reason"].as_str().expect("a reason").to_owned()).collect()
}

#[actix_web::test]
async fn a_stale_unit_is_ranked_lower_and_says_so_and_a_neighbours_unit_comes_when_ones_own_do_not_suffice() {
    let house = House::of_two("19").await;
    let cards = Cards { officer: house.caller("asel", Role::DutyOfficer).await };
    let admin = house.account("admin", Role::Administrator, None, None).await;
    let now = Timestamp::now();
    let card = cards.open(&call("Остановка сердца, не дышит")).await;
    let path = format!("/incidents/{card}/recommendation");
    let ambulance = async || {
        let recommended = cards.officer.get(&path).await.expect(200);
        let needs = recommended["recommendation"]["needs"].as_array().expect("needs").clone();
        needs.into_iter().find(|n| n["need"]["service"] == "ambulance").expect("a need")
    };
    let none = ambulance().await;
    assert!(none["shortfall"].as_u64().is_some_and(|missing| missing > 0), "a shortfall is said: {none}");

    unit(&admin, "19-a-1", "19", (43.30, 76.99), now).await;
    let theirs = ambulance().await;
    assert_eq!(theirs["picks"][0]["unit"], "19-a-1");
    assert!(reasons(&theirs["picks"][0]).contains(&"neighbour_region".to_owned()), "{theirs}");

    unit(&admin, "75-a-stale", "75", (43.2390, 76.8898), now - jiff::SignedDuration::from_hours(1)).await;
    unit(&admin, "75-a-fresh", "75", (43.2420, 76.8950), now).await;
    let own = ambulance().await;
    assert_eq!(own["picks"][0]["unit"], "75-a-fresh", "{own}");
    let stale = [&own["picks"], &own["others"]]
        .iter()
        .flat_map(|list| list.as_array().expect("a list"))
        .find(|p| p["unit"] == "75-a-stale")
        .cloned()
        .expect("the stale one is shown");
    assert!(reasons(&stale).contains(&"stale_position".to_owned()), "{stale}");

    admin.delete("/units/75-a-fresh").await.expect(204);
    assert_eq!(admin.delete("/units/75-a-fresh").await.problem(), "not-found");
    let ids: Vec<Value> = cards.officer.get("/units").await.expect(200)["items"]
        .as_array()
        .expect("items")
        .iter()
        .map(|u| u["id"].clone())
        .collect();
    assert_eq!(ids, ["75-a-stale"]);
}

/// Each need alone has units enough, all of them together have not: a neighbour's comes all the same (c.5(3)¶2).
#[actix_web::test]
async fn needs_that_share_too_few_units_of_ones_own_are_filled_by_a_neighbour() {
    let house = House::of_two("19").await;
    let cards = Cards { officer: house.caller("asel", Role::DutyOfficer).await };
    let admin = house.account("admin", Role::Administrator, None, None).await;
    for (id, lat) in [("75-f-1", 43.2390), ("75-f-2", 43.2420), ("19-f-1", 43.30)] {
        let point = json!({"lat": lat, "lon": 76.8898});
        let unit = json!({
            "id": id, "service": "fire_rescue", "region": &id[..2], "call_sign": id, "kind": "fire_engine",
            "capabilities": ["pump", "ladder"], "station": "s", "home": point,
            "position": {"point": point, "at": Timestamp::now(), "source": "station", "accuracy": null},
        });
        admin.make(&format!("/units/{id}"), &unit).await.expect(204);
    }
    let card = cards.open(&call("Горит дом, внутри люди")).await;
    cards.put(&card, "category", json!({"code": "building_fire", "severity": "p1"})).await.expect(200);
    let recommended = cards.officer.get(&format!("/incidents/{card}/recommendation")).await.expect(200);
    let needs = recommended["recommendation"]["needs"].as_array().expect("needs").clone();
    let of_fire: Vec<&Value> = needs.iter().filter(|n| n["need"]["service"] == "fire_rescue").collect();
    assert_eq!(of_fire.len(), 2, "pumps and a ladder: {recommended}");
    let mut picked: Vec<&str> = of_fire
        .iter()
        .flat_map(|n| n["picks"].as_array().expect("picks"))
        .map(|p| p["unit"].as_str().expect("an id"))
        .collect();
    picked.sort_unstable();
    assert_eq!(picked, ["19-f-1", "75-f-1", "75-f-2"]);
}

/// The last longitude of Almaty, going east from its middle along a parallel.
fn eastern_edge(lat: f64) -> f64 {
    let territory = hub112::actors::territories::load(&TerritoryFiles::default()).expect("the borders");
    let is_almaty = |lon: f64| {
        let point = Point::new(lat, lon).expect("a point");
        territory.locate(point).is_some_and(|(region, _)| region.to_string() == "75")
    };
    let steps = (0..2_000).map(|n| 76.945 + f64::from(n) * 0.0005);
    steps.take_while(|lon| is_almaty(*lon)).last().expect("the middle of Almaty")
}

#[actix_web::test]
async fn a_neighbouring_regions_hub_shows_the_card_near_its_border_as_it_is_told_and_until_it_ends() {
    let house = House::of_two("19").await;
    let cards = Cards { officer: house.caller("asel", Role::DutyOfficer).await };
    let neighbour = house.account("marat", Role::DutyOfficer, Some("19"), None).await;
    let edge = eastern_edge(43.25);
    let card = cards.open(&at("Горит дом", 43.25, edge)).await;
    let shown = async || {
        let page = neighbour.get("/neighbour-incidents").await.expect(200);
        let items = page["items"].as_array().expect("items").clone();
        items.into_iter().find(|i| i["incident"] == json!(card))
    };
    wait_until("the neighbour sees it", LONG, async || shown().await.is_some()).await;
    assert_eq!(shown().await.expect("the card")["from"], "75");
    cards.put(&card, "category", json!({"code": "explosion"})).await.expect(200);
    wait_until("the neighbour sees the correction", LONG, async || {
        shown().await.is_some_and(|c| c["notice"]["category"] == "explosion")
    })
    .await;
    let event = json!({"standing": "event", "basis": "a gas bottle, nobody hurt"});
    cards.post(&card, "identification", event).await.expect(200);
    cards.post(&card, "close", json!({"outcome": "resolved"})).await.expect(200);
    wait_until("the neighbour sees the end", LONG, async || {
        shown().await.is_some_and(|c| c["notice"]["stage"] == "closed")
    })
    .await;
    assert_eq!(cards.officer.get("/neighbour-incidents?region=19").await.problem(), "forbidden");
}
