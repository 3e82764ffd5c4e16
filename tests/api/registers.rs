//! What a clause wants kept or shown is reached over HTTP: by the role that may, and by nobody else.

use hub112::store::account::Role;
use serde_json::{Value, json};
use uuid::Uuid;

use super::asking::{Asker, House, LONG, call};
use crate::world::wait_until;

fn formation(key: &str) -> Value {
    json!({
        "key": key, "name": "Талгарский отряд", "owner": "РОСО", "force": "professional_rescue",
        "standing": {"standing": "independent"}, "works": ["rescue", "urgent"], "units": ["75-r-1"], "people": 12,
        "contracts": [{"site": "Медеу", "people_stay": 4, "units_stay": 0}],
    })
}

#[actix_web::test]
async fn the_register_of_rescue_formations_is_kept_by_the_leadership_and_read_by_the_desk() {
    let house = House::open().await;
    let officer = house.caller("asel", Role::DutyOfficer).await;
    let manager = house.caller("chief", Role::Manager).await;
    let path = "/formations/75-talgar";
    assert_eq!(officer.put(path, &formation("75-talgar")).await.problem(), "forbidden");
    assert_eq!(manager.make(path, &formation("75-other")).await.body["field"], "key");
    manager.make(path, &formation("75-talgar")).await.expect(204);
    let mut nobodys = formation("75-nobodys");
    nobodys["owner"] = json!(" ");
    assert_eq!(manager.make("/formations/75-nobodys", &nobodys).await.body["field"], "owner", "c.2(1)");
    assert_eq!(manager.make("/formations/75-twin", &formation("75-twin")).await.problem(), "conflict");
    let page = officer.get("/formations").await.expect(200);
    assert_eq!((&page["items"][0]["key"], &page["items"][0]["people"]), (&json!("75-talgar"), &json!(12)));
    assert_eq!(manager.post(&format!("{path}/remove"), &json!({"reason": " "})).await.problem(), "invalid");
    manager.post(&format!("{path}/remove"), &json!({"reason": "расформирован"})).await.expect(204);
    assert_eq!(officer.get("/formations").await.expect(200)["items"], json!([]));
    assert_eq!(house.agency("ambulance").await.get("/formations").await.problem(), "forbidden");
    verified(&house).await;
}

fn organisation(key: &str, kind: &str, parent: Option<&str>) -> Value {
    json!({
        "key": key, "kind": kind, "parent": parent, "duty_number": "+7 727 250 00 00",
        "names": {"kk": "«Қазселденқорғау» ММ", "ru": "ГУ «Казселезащита»", "en": "Kazselezashchita"},
        "contacts": [{"owner": "диспетчер", "means": "radio", "number": "171.5", "call_sign": "Сель"}],
    })
}

#[actix_web::test]
async fn the_tree_of_organisations_is_kept_by_the_administrator_and_directives_name_its_members() {
    let house = House::open().await;
    let (admin, officer) =
        (house.caller("madina", Role::Administrator).await, house.caller("asel", Role::DutyOfficer).await);
    let of = |all: Value, key: &str| {
        let all = all.as_array().expect("a list").clone();
        all.into_iter().find(|one| one["organisation"]["key"] == key)
    };
    let upward = of(officer.get("/organisations").await.expect(200), "command_centre").expect("it is given");
    assert_eq!(
        (&upward["organisation"]["parent"], &upward["version"]),
        (&json!("authorised_body"), &json!(0))
    );

    let path = "/organisations/75-mudflow";
    let made = organisation("75-mudflow", "subordinate", Some("territorial_body"));
    assert_eq!(officer.make(path, &made).await.problem(), "forbidden");
    let adrift = organisation("75-mudflow", "subordinate", None);
    assert_eq!(admin.make(path, &adrift).await.body["field"], "parent", "c.2(2)");
    let mut numbered = made.clone();
    numbered["bin"] = json!("941240000194");
    assert_eq!(admin.make(path, &numbered).await.status, 422, "the check digit is another");
    admin.make(path, &made).await.expect(204);
    let kept = of(officer.get("/organisations").await.expect(200), "75-mudflow").expect("it is in the tree");
    assert_eq!((&kept["version"], &kept["changed_by"]), (&json!(1), &json!("madina")));

    let mut formed = formation("75-talgar");
    formed["under"] = json!("75-nobody");
    let manager = house.caller("chief", Role::Manager).await;
    assert_eq!(manager.make("/formations/75-talgar", &formed).await.problem(), "not-found");
    formed["under"] = json!("75-mudflow");
    manager.make("/formations/75-talgar", &formed).await.expect(204);
    let because = json!({"reason": "реорганизация"});
    assert_eq!(
        admin.post(&format!("{path}/remove"), &because).await.problem(),
        "conflict",
        "one hangs under it"
    );
    manager.post("/formations/75-talgar/remove", &because).await.expect(204);

    let directive = json!({"command": "issue", "directive": Uuid::now_v7(), "text": "Привести в готовность",
        "author": {"role": "начальник департамента", "name": "К. Сериков"},
        "addressees": [{"to": "registered", "organisation": "75-mudflow"}, {"to": "registered", "organisation": "akimat"},
            {"to": "registered", "organisation": "fire_rescue"}]});
    officer.post("/directives", &directive).await.expect(201);
    let page = officer.get("/directives").await.expect(200);
    let reached: Vec<_> = page["items"][0]["deliveries"]
        .as_array()
        .expect("deliveries")
        .iter()
        .map(|one| (one["addressee"]["to"].clone(), one["force"].clone(), one["sent_at"].is_string()))
        .collect();
    assert_eq!(
        reached,
        [
            (json!("registered"), json!("order"), false),
            (json!("registered"), json!("information"), false),
            (json!("service"), json!("order"), true),
        ]
    );

    admin.post(&format!("{path}/remove"), &because).await.expect(204);
    assert_eq!(of(officer.get("/organisations").await.expect(200), "75-mudflow"), None);
    let changes = admin.get("/changes?limit=50").await.expect(200);
    let changes = changes.as_array().expect("changes");
    let about: Vec<(&str, &str, &str, &str)> = changes
        .iter()
        .filter(|change| change["what"] == "organisation" || change["what"] == "formation")
        .map(|change| {
            let word = |field: &str| change[field].as_str().expect("a word");
            let kind = change["after"]["kind"].as_str().expect("what happened");
            (word("what"), word("subject"), kind, word("by"))
        })
        .rev()
        .collect();
    let entered = [
        ("organisation", "75-mudflow", "registered", "madina"),
        ("formation", "75-talgar", "registered", "chief"),
        ("formation", "75-talgar", "removed", "chief"),
        ("organisation", "75-mudflow", "removed", "madina"),
    ];
    assert_eq!(about, entered, "who changed what is found again");
    let only = async |query: &str| {
        let found = admin.get(&format!("/changes?{query}")).await.expect(200);
        found.as_array().expect("changes").clone()
    };
    assert_eq!(only("by=chief").await.len(), 2);
    let [removed, registered] = &only("what=organisation").await[..] else { panic!("two of that kind") };
    let at = |one: &Value| one["at"].as_str().expect("a time").to_owned();
    assert_eq!(only(&format!("what=organisation&from={}", at(removed))).await, std::slice::from_ref(removed));
    assert_eq!(
        only(&format!("what=organisation&until={}", at(registered))).await,
        std::slice::from_ref(registered),
        "the next page"
    );
    let given = admin.post("/organisations/command_centre/remove", &because).await;
    assert_eq!(given.problem(), "conflict", "what the rules give stays");
    verified(&house).await;
}

async fn verified(house: &House) {
    let mut said = String::new();
    wait_until("the journal verifies", LONG, async || {
        let output = house.hub.run(&["replay", "--verify"]);
        said = String::from_utf8_lossy(&output.stdout).into_owned();
        output.status.success()
    })
    .await;
}

async fn opened(officer: &Asker, message: &Value) -> String {
    let taken = officer.post("/messages", message).await.expect(201);
    taken["incident"].as_str().expect("an incident").to_owned()
}

#[actix_web::test]
async fn a_database_is_used_for_an_incident_and_a_purpose_and_every_look_is_found_again() {
    let house = House::open().await;
    let officer = house.caller("asel", Role::DutyOfficer).await;
    let manager = house.caller("chief", Role::Manager).await;
    let incident = opened(&officer, &call("Мужчина без сознания")).await;
    let path = format!("/incidents/{incident}/lookups");
    let look =
        |purpose: &str| json!({"database": "telecom_operators", "asked": "+77011234567", "purpose": purpose});
    assert_eq!(officer.post(&path, &look(" ")).await.body["field"], "purpose");
    assert_eq!(manager.post(&path, &look("любопытство")).await.problem(), "forbidden");
    let nowhere = format!("/incidents/{}/lookups", Uuid::nil());
    assert_eq!(officer.post(&nowhere, &look("место звонка")).await.problem(), "not-found");
    let first = officer.keyed("look-1", &path, &look("место звонка")).await.expect(201);
    assert_eq!(officer.keyed("look-1", &path, &look("место звонка")).await.expect(201), first, "one look");
    let id = first["id"].as_str().expect("an id");
    let answer = format!("/lookups/{id}/answer");
    let found = json!({"outcome": "found", "fields": ["место"]});
    assert_eq!(officer.post(&answer, &json!({"outcome": "found", "fields": []})).await.problem(), "invalid");
    officer.post(&answer, &found).await.expect(204);
    let page = manager.get(&format!("/lookups?incident={incident}")).await.expect(200);
    let [kept] = &page["items"].as_array().expect("items")[..] else { panic!("{page}") };
    assert_eq!((&kept["by"], &kept["purpose"]), (&json!("asel"), &json!("место звонка")));
    assert_eq!((&kept["answer"]["outcome"], &kept["answer"]["fields"]), (&json!("found"), &json!(["место"])));
    assert_eq!(manager.get("/lookups?open=true").await.expect(200)["items"], json!([]));
    let timeline = officer.get(&format!("/incidents/{incident}/timeline")).await.expect(200);
    assert!(
        timeline["items"].as_array().expect("a list").iter().any(|e| e["kind"] == "lookup"),
        "{timeline}"
    );
    assert_eq!(house.agency("telecom").await.get("/lookups").await.problem(), "forbidden");
    verified(&house).await;
}

#[actix_web::test]
async fn what_the_desk_collects_can_be_read_each_list_holding_its_own_things_alone() {
    let house = House::open().await;
    let officer = house.caller("asel", Role::DutyOfficer).await;
    let source = json!({"command": "register_source", "source": {
        "key": "seismic", "kind": "observation", "name": "Сейсмостанция", "every": 1, "natures": ["other"]}});
    officer.post("/situation", &source).await.expect(204);
    wait_until("the silent source is shown", LONG, async || {
        let sources = officer.get("/sources").await.expect(200);
        sources[0]["freshness"] == "silent" && sources[0]["silent_since"].is_string()
    })
    .await;
    officer.post("/situation", &json!({"command": "hear", "source": "seismic"})).await.expect(204);

    let report = Uuid::now_v7();
    let told = json!({"command": "report", "report": report, "origin": {"origin": "officer", "account": "asel"},
        "nature": "chemical", "text": "Запах хлора", "observed_at": jiff::Timestamp::now()});
    officer.post("/situation", &told).await.expect(201);
    let summary = Uuid::now_v7();
    let summed = json!({"command": "summarise", "summary": summary, "text": "Хлор", "reports": [report]});
    officer.post("/situation", &summed).await.expect(201);
    let ids = |page: Value| -> Vec<String> {
        let items = page["items"].as_array().expect("items").clone();
        items.iter().map(|i| i["id"].as_str().expect("an id").to_owned()).collect()
    };
    assert_eq!(
        ids(officer.get("/reports").await.expect(200)),
        [report.to_string()],
        "no summary among reports"
    );
    let summaries = officer.get("/summaries").await.expect(200);
    assert_eq!(summaries["items"][0]["author"], "asel");
    assert_eq!(summaries["items"][0]["sources"][0]["source"], "seismic");
    assert_eq!(ids(summaries), [summary.to_string()]);

    let contacts = json!([
        {"owner": "дежурный", "means": "telephone", "number": "103"},
        {"owner": "дежурный", "means": "radio", "number": "171.5", "call_sign": "Рубин"}]);
    let change = json!({"command": "change_contacts", "service": "ambulance", "contacts": contacts});
    officer.post("/shifts", &change).await.expect(204);
    let all = officer.get("/contacts").await.expect(200);
    let of = |service: &str| {
        all.as_array().expect("a list").iter().find(|c| c["service"] == service).expect("a service").clone()
    };
    assert_eq!(of("ambulance")["contacts"], contacts);
    assert_eq!(
        (&of("ambulance")["to_call"]["number"], &of("ambulance")["confirmed_by"]["account"]),
        (&json!("103"), &json!("asel"))
    );
    assert_eq!(of("telecom")["contacts"], json!([]), "a service that nobody can reach is shown as one");

    let incident = opened(&officer, &call("Взрыв в жилом доме")).await;
    let any = [("If-Match", "*")];
    let identified =
        json!({"standing": "emergency", "basis": "взрыв", "nature": "technogenic", "type_id": "T03a"});
    let path = format!("/incidents/{incident}/identification");
    officer.ask("POST", &path, Some(&identified), &any).await.expect(200);
    let warnings = officer.get("/warnings").await.expect(200);
    assert_eq!((&warnings[0]["incident"], &warnings[0]["status"]), (&json!(incident), &json!("undecided")));

    let editions = officer.get("/rule-editions").await.expect(200);
    let order = editions.as_array().and_then(|e| e.last()).expect("an edition")["order"].clone();
    let card = officer.get(&format!("/incidents/{incident}")).await.expect(200);
    assert_eq!((order, &card["edition"]), (json!("369"), &json!("369")));
    verified(&house).await;
}

#[actix_web::test]
async fn an_emergency_that_a_service_passed_on_stands_on_the_list_until_an_officer_has_seen_it() {
    let house = House::open().await;
    let officer = house.caller("asel", Role::DutyOfficer).await;
    let police = house.agency("police").await;
    let id = Uuid::now_v7();
    let now = jiff::Timestamp::now();
    let learnt = now - jiff::SignedDuration::from_secs(600);
    let report = json!({
        "contract": "1.0", "distribution_id": id, "sender": {"region": "75", "service": "police"},
        "recipients": [{"region": "75", "service": "hub"}], "sent_at": now, "status": "exercise", "kind": "report",
        "content_type": "emergency_report",
        "content": {"received_at": learnt, "text": "Взрыв на станции", "place": {"address": "Райымбек 348"}},
    });
    police.post("/agency/reports", &report).await.expect(204);
    let list = officer.get("/forwarded-emergencies").await.expect(200);
    assert_eq!((&list[0]["message"], &list[0]["service"]), (&json!(id), &json!("police")));
    assert!(list[0]["kept_for_s"].as_i64().is_some_and(|s| (600..700).contains(&s)), "{list}");
    let message = officer.get(&format!("/messages/{id}")).await.expect(200);
    let card =
        officer.get(&format!("/incidents/{}", message["incident"].as_str().unwrap())).await.expect(200);
    assert_eq!(card["exercise"], true, "what the agency reports in an exercise is one here too");
    let seen = json!({"command": "acknowledge_forwarding", "message": id});
    officer.post("/situation", &seen).await.expect(204);
    let list = officer.get("/forwarded-emergencies").await.expect(200);
    assert_eq!(list[0]["acknowledged"][0], "asel");
}

#[actix_web::test]
async fn a_silent_call_without_a_number_is_asked_on_and_its_services_are_informed() {
    let house = House::open().await;
    let officer = house.caller("asel", Role::DutyOfficer).await;
    let mut silent = call("");
    silent["contact"] = json!("silent");
    silent["sender"]["call_back"] = json!({"kind": "no_number"});
    silent.as_object_mut().expect("a message").remove("location");
    let incident = opened(&officer, &silent).await;
    let card = officer.get(&format!("/incidents/{incident}")).await.expect(200);
    assert_eq!(card["categories"][0]["code"], "silent_call");
    let any = [("If-Match", "*")];
    let post = async |what: &str, body: Value| {
        officer.ask("POST", &format!("/incidents/{incident}/{what}"), Some(&body), &any).await
    };
    let asked = post("answers", json!({"text": "шёпотом: горит квартира, внутри дети"})).await.expect(200);
    assert_eq!(asked["categories"][1]["code"], "building_fire");
    let services = |card: &Value| -> Vec<String> {
        card["told"]
            .as_array()
            .expect("told")
            .iter()
            .map(|t| t["service"].as_str().unwrap().to_owned())
            .collect()
    };
    assert!(services(&asked).contains(&"fire_rescue".to_owned()));
    let informed = post("inform", json!({"services": ["telecom"]})).await.expect(200);
    assert!(services(&informed).contains(&"telecom".to_owned()));
    assert_eq!(post("inform", json!({"services": ["nobody"]})).await.problem(), "not-found");
    assert_eq!(post("answers", json!({})).await.problem(), "invalid");
    let denied = post("decline-join", json!({"other": Uuid::nil(), "reason": "другое"})).await;
    assert_eq!(denied.problem(), "not-found");
}

#[actix_web::test]
async fn the_category_that_words_would_give_is_told_while_they_are_written_and_nothing_is_kept() {
    let house = House::open().await;
    let officer = house.caller("asel", Role::DutyOfficer).await;
    let guess = async |body: Value| officer.post("/category-guess", &body).await.expect(200);
    let fire = guess(json!({"text": "горит квартира"})).await;
    assert_eq!(fire, json!({"category": "building_fire", "clear": true}));
    assert_eq!(guess(json!({"text": ""})).await, json!({"category": null, "clear": false}));
    let moved = guess(json!({"text": "крики у соседей", "answers": {"weapon": true}})).await;
    assert!(moved["category"].is_string(), "answers count: {moved}");
    assert_eq!(officer.get("/incidents").await.expect(200)["items"], json!([]));
    assert_eq!(
        house.agency("ambulance").await.post("/category-guess", &json!({"text": "пожар"})).await.problem(),
        "forbidden"
    );
}
