//! Who reads what through the interface: the accounts and rights of the hub, by token or by name and password.

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::{Value, json};

use super::interface::Interface;
use crate::hub::desk::PASSWORD;

#[actix_web::test]
async fn an_account_reads_what_its_role_and_region_may_and_nothing_else() {
    let it = Interface::open().await;
    for arguments in [
        ["account", "put", "ambulance", "--role", "agency", "--region", "75", "--service", "ambulance"]
            .as_slice(),
        &["account", "put", "elsewhere", "--role", "manager", "--region", "71"],
    ] {
        let made = it.desk.hub.run_with(arguments, PASSWORD);
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    }

    // An agency: its own units and the borders, nothing of the cards.
    let listed = it.get_as("/collections", Some("ambulance")).await.body;
    let ids: Vec<&str> =
        listed["collections"].as_array().expect("a list").iter().filter_map(|c| c["id"].as_str()).collect();
    assert_eq!(ids, ["units", "regions", "districts", "roads", "objects", "hazards"]);
    let own = it.get_as("/collections/units/items?limit=1000", Some("ambulance")).await;
    assert!(!own.features().is_empty());
    assert!(own.features().iter().all(|u| u["properties"]["service"] == "ambulance"), "{}", own.text);
    let all = it.items("units", "?limit=1000").await;
    let other = all.features().iter().find(|u| u["properties"]["service"] != "ambulance").expect("another's");
    let path = format!("/collections/units/items/{}", other["id"].as_str().expect("an id"));
    assert_eq!((it.get(&path).await.status, it.get_as(&path, Some("ambulance")).await.status), (200, 404));
    for path in ["/collections/incidents/items", "/collections/zones", "/collections/zones/items/x"] {
        assert_eq!(it.get_as(path, Some("ambulance")).await.status, 403, "{path}");
    }

    // A manager of another region: nothing of this one.
    for collection in ["incidents", "zones", "units"] {
        let seen = it.get_as(&format!("/collections/{collection}/items"), Some("elsewhere")).await;
        assert_eq!((seen.status, seen.features().len()), (200, 0), "{collection}");
    }
    let card = format!("/collections/incidents/items/{}", it.fire);
    assert_eq!(it.get_as(&card, Some("elsewhere")).await.status, 404);

    // What is personal is not on the map.
    let card = it.get(&card).await;
    assert!(!card.text.contains("+7701") && !card.text.contains("Горит"), "{}", card.text);
}

#[actix_web::test]
async fn a_password_opens_the_map_alone_and_a_wrong_one_nothing() {
    let it = Interface::open().await;
    let shown =
        |name: &str, password: &str| Some(format!("Basic {}", BASE64.encode(format!("{name}:{password}"))));
    let items = "/collections/units/items";
    assert_eq!(it.get_with(items, shown("duty_officer", PASSWORD)).await.status, 200);
    for wrong in [shown("duty_officer", "guess"), shown("nobody", PASSWORD), Some("Basic ?".to_owned()), None]
    {
        let answer = it.get_with(items, wrong.clone()).await;
        assert_eq!((answer.status, answer.kind.as_str()), (401, "application/problem+json"), "{wrong:?}");
        assert!(answer.challenge.starts_with("Basic "));
    }
    // A browser that is told to ask for a password lays its own sign-in over the console, whose token has run out.
    let answer = it.get_with(items, Some(format!("Bearer {}", "0".repeat(64)))).await;
    assert_eq!(answer.status, 401);
    assert!(answer.challenge.starts_with("Bearer "), "{}", answer.challenge);

    // Nothing else is opened by a password in the header, so a browser that sends it unasked does no harm.
    let units = format!("{}/api/v1/units", it.desk.hub.url);
    let answer = it.get_with(&units, shown("duty_officer", PASSWORD)).await;
    assert_eq!((answer.status, answer.challenge.as_str()), (401, ""));

    let token = &it.desk.token("duty_officer").await;
    assert_eq!(it.get_with(items, Some(format!("Bearer {token}"))).await.status, 200);

    // A changed password ends what the old one opened at once.
    let change = json!({"old": PASSWORD, "new": "another password for tests"});
    let changed: Result<(u16, Value), _> = it.desk.officer.post("/api/v1/me/password", &change).await;
    changed.expect("changed");
    assert_eq!(it.get_with(items, shown("duty_officer", PASSWORD)).await.status, 401);
    assert_eq!(it.get_with(items, shown("duty_officer", "another password for tests")).await.status, 200);
}

#[actix_web::test]
async fn guessing_passwords_is_slowed_down_here_as_at_the_sign_in() {
    let it = Interface::open().await;
    let shown = |password: &str| Some(format!("Basic {}", BASE64.encode(format!("manager:{password}"))));
    let mut last = 0;
    for guess in 0..6 {
        last = it.get_with("/collections", shown(&format!("guess {guess}"))).await.status;
    }
    assert_eq!(last, 429);
    assert_eq!(it.get_with("/collections", shown(PASSWORD)).await.status, 429, "not even with the right one");
}

#[actix_web::test]
async fn titles_and_problems_are_in_the_readers_language() {
    let it = Interface::open().await;
    let client = awc::Client::builder().timeout(std::time::Duration::from_secs(60)).finish();
    let shown = format!("Basic {}", BASE64.encode(format!("duty_officer:{PASSWORD}")));
    for (language, title) in [("kk", "Оқиғалар"), ("ru", "Происшествия"), ("en", "Incidents")]
    {
        let mut answer = client
            .get(format!("{}/collections/incidents", it.root))
            .insert_header(("Accept-Language", language))
            .insert_header(("Authorization", shown.clone()))
            .send()
            .await
            .expect("an answer");
        let body: Value = answer.json().await.expect("JSON");
        assert_eq!(body["title"], title);
    }
}

/// A crew of a region whose hub runs in another process is on the map where its track ends, and in the box that it is in.
#[actix_web::test]
async fn a_unit_of_a_region_that_another_process_serves_is_found_where_it_is() {
    let it = Interface::open().await;
    let database = it.desk.world.pg().await;
    database
        .batch_execute(
            "INSERT INTO unit (region, id, open, version, state, updated_at) \
               SELECT '71', '71-' || n, true, 1, state || jsonb_build_object('id', '71-' || n, 'region', '71', 'position', \
                 jsonb_build_object('point', jsonb_build_object('lat', 51.1, 'lon', 71.4), 'at', '2026-01-01T00:00:00Z', \
                   'source', 'station', 'accuracy', null)), now() \
               FROM (SELECT state FROM unit ORDER BY id LIMIT 1) one, generate_series(1, 2) n; \
             INSERT INTO position_track (region, unit, at, point, source) \
               VALUES ('71', '71-2', now(), ST_SetSRID(ST_MakePoint(71.9, 51.3), 4326), 'avl')",
        )
        .await
        .expect("another process wrote them");
    let within = async |west: f64, south: f64| {
        let (east, north) = (west + 0.1, south + 0.1);
        it.items("units", &format!("?limit=1000&bbox={west},{south},{east},{north}")).await.ids()
    };
    assert_eq!(within(71.35, 51.05).await, ["71-1"], "nothing was heard of it: at its station");
    assert_eq!(within(71.85, 51.25).await, ["71-2"], "where its track ends");
    let one = it.get("/collections/units/items/71-2").await.body;
    assert_eq!(one["geometry"]["coordinates"], json!([71.9, 51.3]), "{one}");
    assert_eq!(one["properties"]["position_source"], "avl");
    let own = it.get_as("/collections/units/items?limit=1000&bbox=71,51,72,52", Some("manager")).await;
    assert_eq!(own.ids().len(), 2, "a national account sees every region");
}
