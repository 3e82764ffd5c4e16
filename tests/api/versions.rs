//! Two who change the same thing: who is second is told, with the version that it has now, and nothing is overwritten.

use hub112::store::account::Role;
use serde_json::{Value, json};

use super::asking::{Answer, Asker, House};

fn unit(id: &str) -> Value {
    let home = json!({"lat": 43.24, "lon": 76.89});
    json!({
        "id": id, "service": "ambulance", "region": "75", "call_sign": id, "kind": "ambulance",
        "capabilities": ["transport"], "station": "s", "home": home,
        "position": {"point": home, "at": jiff::Timestamp::now(), "source": "station", "accuracy": null},
    })
}

fn desk(name: &str) -> Value {
    json!({"names": {"kk": name, "ru": name, "en": name}, "competence": {"categories": ["gas_smell"]}})
}

/// Something that is changed by PUT.
struct Changed {
    path: &'static str,
    /// As one makes it, and as another would have it.
    bodies: [Value; 2],
}

fn changed(settings: &Value, unit: &Value, zone: &str) -> Vec<Changed> {
    let with = |value: &Value, key: &str, to: Value| {
        let mut value = value.clone();
        value[key] = to;
        value
    };
    let account = |active| json!({"role": "manager", "region": "75", "service": null, "active": active, "password": null});
    let polygon = |east: f64| json!({"type": "Polygon", "coordinates": [[[76.9, 43.2], [east, 43.2], [east, 43.3], [76.9, 43.2]]]});
    let zone_path: &'static str = Box::leak(format!("/zones/{zone}").into_boxed_str());
    let formation = |people: u32| {
        json!({"key": "75-f", "name": "Отряд", "owner": "РОСО", "force": "professional_rescue",
        "standing": {"standing": "independent"}, "works": ["rescue"], "people": people})
    };
    let organisation = |number: &str| {
        json!({"key": "akimat", "kind": "local_executive_body", "duty_number": number,
        "names": {"kk": "Әкімдік", "ru": "Акимат", "en": "Akimat"}})
    };
    let plan = |count: u32| {
        let mut rows = hub112::domain::response_plan::shipped().rows().cloned().collect::<Vec<_>>();
        rows[0].count += u16::try_from(count).expect("a number of units");
        json!({"reason": "приказ", "rows": rows})
    };
    vec![
        Changed { path: "/formations/75-f", bodies: [12, 13].map(formation) },
        Changed { path: "/organisations/akimat", bodies: ["109", "110"].map(organisation) },
        Changed { path: "/response-plans", bodies: [1, 2].map(plan) },
        Changed { path: "/settings", bodies: [60, 90].map(|hold| with(settings, "hold", json!(hold))) },
        Changed {
            path: "/units/75-a-1",
            bodies: ["№ 1", "№ 2"].map(|station| with(unit, "station", json!(station))),
        },
        Changed { path: "/accounts/aigerim", bodies: [true, false].map(account) },
        Changed {
            path: "/services/police/link",
            bodies: ["http", "phone"].map(|way| json!({"way": way, "phone": "102"})),
        },
        Changed { path: "/service-desks/utilities-gas", bodies: ["Газ", "Алматыгаз"].map(desk) },
        Changed {
            path: zone_path,
            bodies: [77.1, 77.2].map(|east| json!({"polygon": polygon(east), "reason": "ветер"})),
        },
    ]
}

/// The version that each has now, as a reader of the interface finds it.
async fn version_of(admin: &Asker, officer: &Asker, path: &str) -> u64 {
    let found = |list: Value, key: &str, id: &str| {
        let list = list.get("items").cloned().unwrap_or(list);
        let all = list.as_array().cloned().unwrap_or_default();
        all.into_iter().find(|one| one[key] == id).expect("it is in the list")
    };
    let (_, id) = path.rsplit_once('/').expect("a path");
    if path == "/settings" || path == "/response-plans" {
        let answer = admin.get(path).await;
        let tag = answer.header("etag").expect("an ETag").trim_matches('"').to_owned();
        return tag.parse().expect("a version");
    }
    if path.starts_with("/zones") {
        let zone = found(officer.get("/zones").await.expect(200), "id", id);
        return zone["versions"].as_array().expect("its versions").len() as u64;
    }
    if path.starts_with("/organisations") {
        let all = officer.get(path.trim_end_matches("/akimat")).await.expect(200);
        let kept = all.as_array().expect("a list").iter().find(|one| one["organisation"]["key"] == id);
        return kept.expect("it is in the tree")["version"].as_u64().expect("a version");
    }
    let version = if path.starts_with("/formations") {
        found(admin.get("/formations").await.expect(200), "key", id)["version"].clone()
    } else if path.starts_with("/units") {
        found(admin.get("/units").await.expect(200), "id", id)["version"].clone()
    } else if path.starts_with("/service-desks") {
        found(admin.get("/service-desks").await.expect(200), "key", id)["version"].clone()
    } else if path.starts_with("/accounts") {
        found(admin.get("/accounts").await.expect(200), "name", id)["version"].clone()
    } else {
        found(admin.get("/services").await.expect(200), "service", "police")["link"]["version"].clone()
    };
    version.as_u64().expect("a version")
}

fn stale(answer: &Answer, now: u64) {
    assert_eq!((answer.status, answer.problem()), (412, "stale"), "{}", answer.body);
    assert_eq!(answer.header("etag"), Some(format!("\"{now}\"").as_str()), "the version that it has now");
}

#[actix_web::test]
async fn who_changes_what_another_changed_meanwhile_is_told_and_overwrites_nothing() {
    let it = House::open().await;
    let admin = it.caller("admin", Role::Administrator).await;
    let officer = it.caller("officer", Role::DutyOfficer).await;
    let made = unit("75-a-1");
    admin.make("/units/75-a-1", &made).await.expect(204);
    let account =
        json!({"role": "manager", "region": "75", "service": null, "active": true, "password": null});
    admin.make("/accounts/aigerim", &account).await.expect(204);
    admin.make("/service-desks/utilities-gas", &desk("Газовая служба")).await.expect(204);
    let formed = &changed(&json!({}), &made, "")[0];
    admin.make(formed.path, &formed.bodies[1]).await.expect(204);
    let drawn = json!({"name": "Паводок", "mode": "high_readiness", "polygon": {"type": "Polygon",
        "coordinates": [[[76.9, 43.2], [77.0, 43.2], [77.0, 43.3], [76.9, 43.2]]]}});
    let zone = officer.post("/zones", &drawn).await.expect(201)["id"].as_str().expect("an id").to_owned();
    let settings = admin.get("/settings").await.expect(200);

    for Changed { path, bodies: [first, second] } in changed(&settings, &made, &zone) {
        let who = if path.starts_with("/zones") { &officer } else { &admin };
        let seen = version_of(&admin, &officer, path).await;
        let tag = format!("\"{seen}\"");

        for (language, title) in
            [("kk", "If-Match керек"), ("ru", "Нужен If-Match"), ("en", "If-Match is needed")]
        {
            let unsaid = who.ask("PUT", path, Some(&first), &[("Accept-Language", language)]).await;
            assert_eq!((unsaid.status, unsaid.problem()), (428, "version-needed"), "{path}");
            assert_eq!(unsaid.body["title"], title);
        }
        who.put_for(&tag, path, &first).await.expect(204);
        let now = version_of(&admin, &officer, path).await;
        assert_eq!(now, seen + 1, "{path}");

        let mut told = Vec::new();
        for language in ["kk", "ru", "en"] {
            let headers = [("If-Match", tag.as_str()), ("Accept-Language", language)];
            let late = who.ask("PUT", path, Some(&second), &headers).await;
            stale(&late, now);
            told.push(late.body["detail"].as_str().expect("what to do").to_owned());
        }
        assert!(told[0] != told[1] && told[1] != told[2], "{told:?}");
        stale(&who.make(path, &second).await, now);
        assert_eq!(version_of(&admin, &officer, path).await, now, "{path}: a refusal changes nothing");

        who.put_for(&format!("\"{now}\""), path, &second).await.expect(204);
        assert_eq!(version_of(&admin, &officer, path).await, now + 1, "{path}");
    }
}

#[actix_web::test]
async fn what_is_not_there_is_not_changed_and_of_two_who_make_it_one_does() {
    let it = House::open().await;
    let admin = it.caller("admin", Role::Administrator).await;
    let account =
        json!({"role": "manager", "region": "75", "service": null, "active": true, "password": null});
    for (path, body) in [("/units/75-a-9", unit("75-a-9")), ("/accounts/asel", account)] {
        let none = admin.replace(path, &body).await;
        assert_eq!((none.status, none.problem(), none.header("etag")), (412, "stale", None), "{path}");
        let (one, two) = futures_util::join!(admin.make(path, &body), admin.make(path, &body));
        let mut both = [one.status, two.status];
        both.sort_unstable();
        assert_eq!(both, [204, 412], "{path}");
    }
    let unreadable = admin.put_for("W/7", "/units/75-a-9", &unit("75-a-9")).await;
    assert_eq!(unreadable.problem(), "stale", "a tag that is none of its versions");
}
