//! Forces of a neighbouring region where one's own do not suffice.

use std::time::Instant;

use hub112::store::account::Role;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use uuid::Uuid;

use super::asking::{Asker, House, LONG, call};
use crate::world::wait_until;

const ALMATY: (f64, f64) = (43.24, 76.89);
const ASTANA: (f64, f64) = (51.13, 71.43);

/// A gas service of one region for its own needs, and for a neighbour's.
async fn gas_desk(admin: &Asker, region: &str) {
    let new = json!({
        "names": {"kk": "Газ кк", "ru": "Газ ру", "en": "Gas"},
        "competence": {"categories": ["gas_smell"], "districts": []},
    });
    admin.make(&format!("/service-desks/utilities-gas?region={region}"), &new).await.expect(204);
}

async fn gas_crew(admin: &Asker, service: &str, id: &str, (lat, lon): (f64, f64)) {
    let region = id.split_once('-').expect("a region").0;
    let home = json!({"lat": lat, "lon": lon});
    let unit = json!({
        "id": id, "service": service, "region": region, "call_sign": id, "kind": "repair_vehicle",
        "capabilities": ["gas"], "station": "s", "home": home,
        "position": {"point": home, "at": Timestamp::now(), "source": "station", "accuracy": null},
    });
    admin.make(&format!("/units/{id}"), &unit).await.expect(204);
}

/// Whom the recommendation for a smell of gas takes of the utilities, and of which desk.
async fn gas_crews(officer: &Asker, region: &str) -> (String, Vec<(Value, Value)>) {
    let mut heard = call("Пахнет газом");
    let (lat, lon) = if region == "75" { (43.2389, 76.8897) } else { (51.13, 71.43) };
    heard["location"]["fix"]["point"] = json!({"lat": lat, "lon": lon});
    let taken = officer.post(&format!("/messages?region={region}"), &heard).await.expect(201);
    let card = format!("/incidents/{}", taken["incident"].as_str().expect("a card"));
    let recommended = officer.get(&format!("{card}/recommendation")).await.expect(200);
    let needs = recommended["recommendation"]["needs"].as_array().expect("needs").clone();
    let of_utilities =
        |need: &&Value| need["need"]["service"].as_str().expect("a key").starts_with("utilities");
    let need = needs.iter().find(of_utilities).expect("the utilities are asked");
    let picks = need["picks"].as_array().expect("picks");
    (card, picks.iter().map(|pick| (pick["unit"].clone(), pick["service"].clone())).collect())
}

/// c.3(7): the word of a further desk is its region's own; a neighbour is asked by the kind, and its own register says
/// which desk. Who asks under a word of its own finds the neighbour's main desk, and the other way round.
#[actix_web::test]
async fn a_neighbours_crew_is_found_under_whatever_desk_its_region_keeps_it() {
    let house = House::of_two("71").await;
    let admin = house.account("admin", Role::Administrator, None, None).await;
    let officer = house.account("country", Role::DutyOfficer, None, None).await;
    gas_desk(&admin, "75").await;
    gas_crew(&admin, "utilities", "71-g-1", ALMATY).await;
    let (card, picks) = gas_crews(&officer, "75").await;
    assert_eq!(picks, [(json!("71-g-1"), json!("utilities"))], "the neighbour's main desk");
    let asked = officer.post(&format!("{card}/forces"), &json!({})).await.expect(200);
    let requests = asked["requests"].as_object().expect("requests");
    let theirs: Vec<&Value> = requests.values().filter(|r| r["service_region"] == "71").collect();
    assert_eq!(theirs.len(), 1, "{asked}");
    assert_eq!((&theirs[0]["service"], &theirs[0]["act"]), (&json!("utilities"), &json!("additional")));
    assert_eq!(theirs[0]["recommended"][0]["unit"], "71-g-1", "its own desk holds it");

    // The other way round: who has a main desk alone finds the crew that the neighbour keeps under its gas desk.
    gas_crew(&admin, "utilities-gas", "75-g-1", ASTANA).await;
    let (_, picks) = gas_crews(&officer, "71").await;
    assert_eq!(picks, [(json!("75-g-1"), json!("utilities-gas"))]);
}

/// A message may reach a hub far from where it happened: the rule sends nobody across the country, who would be too far is
/// said to be missing, and an officer may name him all the same.
#[actix_web::test]
async fn nobody_is_sent_unasked_to_another_region_far_away_and_the_shortfall_says_why() {
    let house = House::open().await;
    let admin = house.caller("admin", Role::Administrator).await;
    let officer = house.caller("asel", Role::DutyOfficer).await;
    let mut settings = admin.get("/settings").await.expect(200);
    settings["dispatch_by_rule"] = json!(true);
    admin.replace("/settings", &settings).await.expect(204);
    gas_crew(&admin, "utilities", "75-g-1", ALMATY).await;
    let heard = async |(lat, lon): (f64, f64)| {
        let mut heard = call("Пахнет газом");
        heard["location"]["fix"]["point"] = json!({"lat": lat, "lon": lon});
        let taken = officer.post("/messages", &heard).await.expect(201);
        format!("/incidents/{}", taken["incident"].as_str().expect("a card"))
    };
    let far = heard(ASTANA).await;
    let recommended = officer.get(&format!("{far}/recommendation")).await.expect(200);
    let needs = recommended["recommendation"]["needs"].as_array().expect("needs");
    let need = needs.iter().find(|need| need["need"]["service"] == "utilities").expect("utilities");
    assert_eq!((&need["picks"], &need["shortfall"], &need["too_far"]), (&json!([]), &json!(1), &json!(1)));
    assert_eq!(need["others"][0]["unit"], "75-g-1");
    let reasons = need["others"][0]["reasons"].as_array().expect("reasons");
    assert!(reasons.contains(&json!({"reason": "too_far"})), "{need}");

    let here = heard((43.2389, 76.8897)).await;
    wait_until("the rule has served the card that lies here", LONG, async || {
        !officer.get(&here).await.expect(200)["requests"].as_object().expect("requests").is_empty()
    })
    .await;
    let card = officer.get(&far).await.expect(200);
    assert_eq!(card["requests"], json!({}), "whether anybody goes there is for a person");

    gas_crew(&admin, "utilities", "75-g-2", ALMATY).await;
    let named =
        json!({"forces": [{"service": "utilities", "act": "first_wave", "count": 1, "units": ["75-g-2"]}]});
    let mut winged = named.clone();
    winged["forces"][0]["capabilities"] = json!(["wings"]);
    let refused = officer.post(&format!("{far}/forces"), &winged).await;
    assert_eq!((refused.status, &refused.body["field"]), (422, &json!("capabilities")), "{refused:?}");
    let asked = officer.post(&format!("{far}/forces"), &named).await.expect(200);
    assert!(asked["requests"].to_string().contains("75-g-2"), "{asked}");
    let mut settings = admin.get("/settings").await.expect(200);
    for (field, wrong) in [("by_road", 1), ("straight", 10), ("by_air", 9_000_000)] {
        let right = settings["reach"][field].take();
        settings["reach"][field] = json!(wrong);
        assert_eq!(admin.replace("/settings", &settings).await.problem(), "invalid", "{field}");
        settings["reach"][field] = right;
    }
    settings["stale_position"] = json!(0);
    assert_eq!(admin.replace("/settings", &settings).await.problem(), "invalid");
}

/// Where somebody is missing for what is real, whoever is in an exercise is named, and goes when an officer says so.
#[actix_web::test]
async fn a_shortfall_names_who_is_in_an_exercise_and_an_officer_takes_him_out_of_it() {
    let house = House::open().await;
    let admin = house.caller("admin", Role::Administrator).await;
    let officer = house.caller("asel", Role::DutyOfficer).await;
    gas_crew(&admin, "utilities", "75-g-1", ALMATY).await;
    let need_of = async |exercise: bool| {
        let mut heard = call("Пахнет газом");
        heard["exercise"] = json!(exercise);
        let taken = officer.post("/messages", &heard).await.expect(201);
        let card = format!("/incidents/{}", taken["incident"].as_str().expect("a card"));
        let recommended = officer.get(&format!("{card}/recommendation")).await.expect(200);
        let needs = recommended["recommendation"]["needs"].as_array().expect("needs").clone();
        let need = needs.into_iter().find(|need| need["need"]["service"] == "utilities").expect("utilities");
        (card, need)
    };
    let named =
        json!({"forces": [{"service": "utilities", "act": "first_wave", "count": 1, "units": ["75-g-1"]}]});
    let (rehearsed, _) = need_of(true).await;
    officer.post(&format!("{rehearsed}/forces"), &named).await.expect(200);

    let (card, need) = need_of(false).await;
    assert_eq!(
        (&need["picks"], &need["shortfall"], &need["in_exercise"]),
        (&json!([]), &json!(1), &json!(1))
    );
    assert_eq!(need["others"][0]["unit"], "75-g-1");
    let reasons = need["others"][0]["reasons"].as_array().expect("reasons");
    assert!(reasons.contains(&json!({"reason": "in_exercise"})), "{need}");
    let trains = async || officer.get("/units").await.expect(200)["items"][0]["in_exercise"].clone();
    assert_eq!(trains().await, true, "and its own record says so");
    let (_, another) = need_of(true).await;
    assert_eq!(
        (&another["shortfall"], &another["others"]),
        (&json!(1), &json!([])),
        "an exercise takes nobody"
    );

    let asked = officer.post(&format!("{card}/forces"), &named).await.expect(200);
    assert!(asked["requests"].to_string().contains("75-g-1"), "{asked}");
    assert_eq!(trains().await, Value::Null);
}

/// c.3(1): a place over whose border what happened may lie is the neighbour's matter too; one that is hardly known is not
/// everybody's.
#[actix_web::test]
async fn a_neighbour_is_told_of_what_may_lie_on_its_side_of_the_border() {
    let house = House::open().await;
    let officer = house.caller("asel", Role::DutyOfficer).await;
    let circle = |radius: u32| json!({"shape": "circle", "radius_m": radius});
    for (radius, told) in [(50, vec![]), (30_000, vec!["19"]), (400_000, vec!["19"])] {
        let mut heard = call("Пахнет газом");
        heard["location"]["fix"]["uncertainty"] = circle(radius);
        let taken = officer.post("/messages", &heard).await.expect(201);
        let path = format!("/incidents/{}", taken["incident"].as_str().expect("a card"));
        let card = officer.get(&path).await.expect(200);
        assert_eq!(card["neighbours"], json!(told), "{radius} m");
        officer
            .post_for("*", &format!("{path}/close"), &json!({"outcome": "false", "reason": "проверено"}))
            .await
            .expect(200);
    }
}

/// The ambulance of region 19 at its desk, over HTTP.
struct Ambulance {
    asker: Asker,
}

impl Ambulance {
    /// Waits for a letter of this type; what comes before it is acknowledged, and it.
    async fn letter(&self, kind: &str) -> Value {
        let since = Instant::now();
        loop {
            assert!(since.elapsed() < LONG, "no {kind} came");
            let page = self.asker.get("/agency/inbox?wait=10").await.expect(200);
            let letters = page["items"].as_array().expect("items");
            let found = letters.iter().position(|l| l["content_type"] == kind);
            let seen = found.map_or(letters.len(), |found| found + 1);
            let messages: Vec<&Value> = letters[..seen].iter().map(|l| &l["distribution_id"]).collect();
            if !messages.is_empty() {
                let acks = json!({"messages": messages});
                self.asker.post("/agency/inbox/acknowledgements", &acks).await.expect(204);
            }
            if let Some(found) = found {
                return letters[found].clone();
            }
        }
    }

    async fn says(
        &self,
        about: &Value,
        kind: &str,
        content_type: &str,
        content: &Value,
        status: u16,
    ) -> Value {
        let message = json!({
            "contract": "1.0", "distribution_id": Uuid::now_v7(), "status": "actual", "kind": kind,
            "sender": {"region": "19", "service": "ambulance"},
            "recipients": [{"region": "19", "service": "hub"}], "sent_at": Timestamp::now(),
            "references": about["distribution_id"], "incident": about["incident"],
            "content_type": content_type, "content": content,
        });
        self.asker.post("/agency/reports", &message).await.expect(status)
    }

    async fn reports(&self, about: &Value, unit: &str, status: &str) {
        let report = json!({"unit_id": unit, "status": status, "at": Timestamp::now()});
        self.says(about, "report", "unit_status", &report, 204).await;
    }
}

async fn ambulance_unit(admin: &Asker, id: &str) {
    let home = json!({"lat": 43.30, "lon": 76.99});
    let unit = json!({
        "id": id, "service": "ambulance", "region": "19", "call_sign": id, "kind": "ambulance",
        "capabilities": ["transport", "resuscitation"], "station": "s", "home": home,
        "position": {"point": home, "at": Timestamp::now(), "source": "station", "accuracy": null},
    });
    admin.make(&format!("/units/{id}"), &unit).await.expect(204);
}

/// A card of region 19, far from the others.
async fn card_of_19(officer: &Asker, lat: f64, lon: f64) -> String {
    let mut heard = call("Остановка сердца, не дышит");
    heard["location"]["fix"]["point"] = json!({"lat": lat, "lon": lon});
    let taken = officer.post("/messages?region=19", &heard).await.expect(201);
    format!("/incidents/{}", taken["incident"].as_str().expect("a card"))
}

fn asked_of_19(card: &Value) -> Value {
    let requests = card["requests"].as_object().expect("requests");
    let theirs: Vec<&Value> = requests.values().filter(|r| r["service_region"] == "19").collect();
    assert_eq!(theirs.len(), 1, "{card}");
    theirs[0].clone()
}

/// c.5(1)¶3, c.5(3)¶3, ¶4: forces of a neighbouring region are asked, and what they do is seen on the card that they
/// were asked for, also when the hub ends in the middle; nobody sends them elsewhere meanwhile.
#[actix_web::test]
async fn forces_of_a_neighbouring_region_are_seen_on_the_card_that_asked_and_stay_engaged_when_the_hub_restarts()
 {
    let mut house = House::of_two("19").await;
    let admin = house.account("admin", Role::Administrator, None, None).await;
    let officer = house.account("country", Role::DutyOfficer, None, None).await;
    let asker = house.account("agency-19", Role::Agency, Some("19"), Some("ambulance")).await;
    let desk = Ambulance { asker };
    let link = json!({"way": "http", "phone": "103"});
    admin.replace("/services/ambulance/link?region=19", &link).await.expect(204);
    ambulance_unit(&admin, "19-a-1").await;

    let taken = officer.post("/messages?region=75", &call("Остановка сердца, не дышит")).await.expect(201);
    let incident = taken["incident"].clone();
    let path = format!("/incidents/{}", incident.as_str().expect("a card"));
    officer.post(&format!("{path}/forces"), &json!({})).await.expect(200);
    let seen = async || asked_of_19(&officer.get(&path).await.expect(200));
    let until = async |what: &str, stage: &str| {
        wait_until(what, LONG, async || seen().await["engagements"]["19-a-1"]["stage"] == stage).await;
    };
    let status = async |unit: &str| {
        let page = officer.get(&format!("/units?region=19&ids={unit}")).await.expect(200);
        page["items"][0]["status"]["state"].clone()
    };
    // What the request to the neighbour owes; one's own ambulance, asked for what is missing besides, owes its own.
    let of_request = seen().await["id"].clone();
    let owed = async |kind: &str| {
        let page = officer.get("/obligations?region=75&limit=200").await.expect(200);
        let items = page["items"].as_array().expect("items").clone();
        let of = |o: &Value| o["kind"] == kind && o["request"] == of_request;
        items.into_iter().find(of).unwrap_or_else(|| panic!("{kind} is raised: {page}"))
    };

    // c.5(3)¶3: met by a person there who has read it.
    let request = desk.letter("forces_request").await;
    assert_eq!(request["incident"], incident);
    assert_eq!(owed("O-10").await["status"], "open");
    let read = format!("/agency/inbox/{}/read", request["distribution_id"].as_str().expect("an id"));
    // While it cannot be looked up whose request it is, nobody is told that it was taken.
    let pg = house.world.pg().await;
    pg.batch_execute("ALTER TABLE incident RENAME COLUMN region TO away").await.expect("away");
    desk.asker.post(&read, &json!({"by": "Айгуль"})).await.expect(503);
    pg.batch_execute("ALTER TABLE incident RENAME COLUMN away TO region").await.expect("back");
    desk.asker.post(&read, &json!({"by": "Айгуль"})).await.expect(204);
    wait_until("who read it was informed", LONG, async || owed("O-10").await["status"] == "met").await;

    // A unit that the neighbour's own card has is not taken for this one, and that stands at this card.
    ambulance_unit(&admin, "19-a-2").await;
    let theirs = card_of_19(&officer, 43.86, 77.06).await;
    let held = officer.post(&format!("{theirs}/forces"), &json!({})).await.expect(200);
    assert!(held["requests"].to_string().contains("19-a-2"), "{held}");
    let id = &request["message"]["content"]["request_id"];
    let other = json!({"request_id": id, "decision": "change", "units": ["19-a-2"]});
    let refused = desk.says(&request, "response", "forces_answer", &other, 422).await;
    assert_eq!(refused["code"], "unit_taken", "{refused}");
    assert_eq!(seen().await["declined"][0]["unit"], "19-a-2");

    let now = Timestamp::now();
    let answer = json!({"request_id": id, "decision": "accept", "units": ["19-a-1"], "composition": {"people": 3},
        "departure_at": now, "arrival_at": now + SignedDuration::from_mins(9)});
    desk.says(&request, "response", "forces_answer", &answer, 204).await;
    until("the acceptance is seen", "accepted").await;
    assert_eq!(
        (&seen().await["state"], &seen().await["composition"]["people"]),
        (&json!("answered"), &json!(3))
    );
    for datum in ["O-11a", "O-11b", "O-11c"] {
        assert_eq!(owed(datum).await["status"], "met", "{datum}");
    }
    desk.reports(&request, "19-a-1", "departed").await;
    until("the departure is seen", "departed").await;
    let action = json!({"at": Timestamp::now(), "text": "Пробка на въезде, объезжаем"});
    desk.says(&request, "report", "action_report", &action, 204).await;
    let card = officer.get(&path).await.expect(200);
    let noted = card["notes"].as_array().expect("notes").iter().find(|n| n["text"] == action["text"]);
    assert!(noted.is_some_and(|note| note["by"].to_string().contains("19")), "{card}");
    assert_eq!(owed("O-03").await["status"], "met");

    // A card there waits for the rule, which takes it up at the start, after the services were told what stands.
    let waiting = card_of_19(&officer, 43.60, 77.60).await;
    let any = [("If-Match", "*")];
    let category = json!({"code": "cardiac_arrest", "severity": null});
    officer.ask("PUT", &format!("{waiting}/category"), Some(&category), &any).await.expect(200);
    let mut settings = admin.get("/settings?region=19").await.expect(200);
    settings["dispatch_by_rule"] = json!(true);
    admin.replace("/settings?region=19", &settings).await.expect(204);
    house.hub.restart().await;
    let mut served = Value::Null;
    wait_until("the rule has served the card there", LONG, async || {
        served = officer.get(&waiting).await.expect(200);
        served["requests"].as_object().is_some_and(|requests| !requests.is_empty())
    })
    .await;
    assert_eq!(status("19-a-1").await, "engaged", "it is on its way to the card of 75");
    assert!(!served["requests"].to_string().contains("19-a-1"), "nobody is sent twice: {served}");
    assert_eq!(seen().await["engagements"]["19-a-1"]["stage"], "departed");

    desk.reports(&request, "19-a-1", "arrived").await;
    until("the arrival is seen", "arrived").await;
    desk.reports(&request, "19-a-1", "released").await;
    until("the release is seen", "released").await;
    wait_until("it is on its way back", LONG, async || status("19-a-1").await == "returning").await;
    assert_eq!(seen().await["state"], "done");
    assert!(house.hub.run(&["replay", "--verify"]).status.success(), "the journals verify");
}

/// Invariant 5: what was received is kept as it came. An id belongs to one region's message, whoever uses it again.
#[actix_web::test]
async fn the_same_id_at_another_regions_hub_is_the_same_message_or_refused_and_never_written_over_the_first()
{
    let house = House::of_two("71").await;
    let officer = house.account("country", Role::DutyOfficer, None, None).await;
    let first = call("Горит дом в Алматы");
    let taken = officer.post("/messages", &first).await.expect(201);
    let mut other = call("Горит склад в Астане");
    other["id"] = first["id"].clone();
    other["location"]["fix"]["point"] = json!({"lat": 51.13, "lon": 71.43});
    assert_eq!(officer.post("/messages", &other).await.problem(), "conflict");
    let kept = officer.get(&format!("/messages/{}", first["id"].as_str().expect("an id"))).await.expect(200);
    assert_eq!(kept["message"]["text"], first["text"]);

    // The hub has been started since, and has forgotten where it came: the table has not.
    let mut house = house;
    house.hub.restart().await;
    let officer = house.account("country", Role::DutyOfficer, None, None).await;
    assert_eq!(officer.post("/messages", &other).await.problem(), "conflict");
    let kept = officer.get(&format!("/messages/{}", first["id"].as_str().expect("an id"))).await.expect(200);
    assert_eq!((&kept["message"]["text"], &kept["incident"]), (&first["text"], &taken["incident"]));
    officer.post("/messages", &call("Горит дом в Алматы, второй звонок")).await.expect(201);
}
