//! Accounts, drafts, the board of services, borders and dead letters, as their callers see them.

use hub112::store::account::Role;
use serde_json::{Value, json};

use super::asking::{Asker, House, LONG};
use crate::world::wait_until;

const PASSWORD: &str = "a long enough password";

async fn sign_in(house: &House, name: &str, password: &str) -> super::asking::Answer {
    let asker = Asker::new(&house.hub.url, None);
    asker.post("/sign-in", &json!({"name": name, "password": password})).await
}

#[actix_web::test]
async fn an_account_is_made_used_changed_and_ended_and_every_change_is_known() {
    let house = House::open().await;
    let admin = house.caller("admin", Role::Administrator).await;
    let new = json!({"role": "duty_officer", "region": "75", "service": null, "active": true, "password": PASSWORD});
    admin.make("/accounts/aigerim", &new).await.expect(204);

    let signed = sign_in(&house, "aigerim", PASSWORD).await.expect(200);
    let officer = admin.with_token(signed["token"].as_str().expect("a token"));
    officer.get("/incidents").await.expect(200);
    assert_eq!(officer.get("/accounts").await.problem(), "forbidden");

    let changed = json!({"old": PASSWORD, "new": "another long password"});
    officer.post("/me/password", &changed).await.expect(204);
    officer.get("/me").await.expect(200);
    assert_eq!(officer.post("/me/password", &changed).await.problem(), "invalid", "the old one is wrong now");
    assert_eq!(sign_in(&house, "aigerim", PASSWORD).await.problem(), "unauthenticated");
    sign_in(&house, "aigerim", "another long password").await.expect(200);

    // Whoever signed in with the old password is not who the administrator gives the new one to.
    let account = |active: bool, password: Value| json!({"role": "duty_officer", "region": "75", "service": null, "active": active, "password": password});
    admin.replace("/accounts/aigerim", &account(true, json!("a third long password"))).await.expect(204);
    assert_eq!(officer.get("/me").await.problem(), "unauthenticated", "at once");
    let signed = sign_in(&house, "aigerim", "a third long password").await.expect(200);
    let officer = admin.with_token(signed["token"].as_str().expect("a token"));
    admin.replace("/accounts/aigerim", &account(true, Value::Null)).await.expect(204);
    officer.get("/me").await.expect(200);

    admin.replace("/accounts/aigerim", &account(false, Value::Null)).await.expect(204);
    assert_eq!(officer.get("/incidents").await.problem(), "unauthenticated", "at once");
    assert_eq!(sign_in(&house, "aigerim", "a third long password").await.problem(), "unauthenticated");
    admin.replace("/accounts/aigerim", &account(true, Value::Null)).await.expect(204);
    assert_eq!(officer.get("/incidents").await.problem(), "unauthenticated", "begun again, it signs in anew");
    sign_in(&house, "aigerim", "a third long password").await.expect(200);
    // A token has no end and acts under its account's name: a named person has none.
    let token = admin.post("/accounts/aigerim/tokens", &json!({"label": "their system"})).await;
    assert_eq!(token.problem(), "conflict");
    admin.replace("/accounts/aigerim", &account(false, Value::Null)).await.expect(204);

    let changes = admin.get("/account-changes").await.expect(200);
    let of: Vec<(&str, &str)> = changes
        .as_array()
        .expect("changes")
        .iter()
        .rev()
        .filter(|c| c["account"] == "aigerim")
        .map(|c| (c["what"].as_str().expect("what"), c["changed_by"].as_str().expect("by")))
        .collect();
    let password_set = [("put", "admin"), ("password", "admin")];
    assert_eq!(of[..3], [password_set[0], password_set[1], ("password", "aigerim")]);
    assert_eq!(of[3..5], password_set);
    assert_eq!(of[5..], [("put", "admin"); 4]);
    let elsewhere = house.account("admin-71", Role::Administrator, Some("71"), None).await;
    let seen = elsewhere.get("/account-changes").await.expect(200);
    let of_others = seen.as_array().expect("changes").iter().filter(|c| c["account"] != "admin-71");
    assert_eq!(of_others.count(), 0, "those of other regions: {seen}");
    assert!(!changes.to_string().contains("long"), "no secret is kept");
}

fn said(output: &std::process::Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// The machine of the hub is a door like any other: what is done there is known, and bound by the same rules.
#[actix_web::test]
async fn an_account_made_at_the_command_line_leaves_a_trace_and_is_bound_by_the_same_rules() {
    let house = House::open().await;
    let admin = house.caller("admin", Role::Administrator).await;
    let put = |name: &str, more: &[&str], password: &str| {
        let account = [&["account", "put", name, "--region", "75"], more].concat();
        house.hub.run_with(&account, password)
    };
    let made = put("night", &["--role", "duty_officer"], PASSWORD);
    assert!(made.status.success(), "{}", said(&made));
    let of_the_line = async || {
        let changes = admin.get("/account-changes").await.expect(200);
        let of = changes.as_array().expect("changes").iter().rev().filter(|c| c["account"] == "night");
        of.map(|c| (c["what"].clone(), c["changed_by"].clone())).collect::<Vec<_>>()
    };
    let trace = of_the_line().await;
    assert_eq!(trace.iter().map(|(what, _)| what.clone()).collect::<Vec<_>>(), ["put", "password"]);
    let by = trace[0].1.as_str().expect("by whom");
    assert!(by.strip_prefix("command line, ").is_some_and(|user| !user.is_empty()), "{by}");
    let all = admin.get("/changes").await.expect(200);
    assert!(all.to_string().contains(by), "{all}");

    let signed = sign_in(&house, "night", PASSWORD).await.expect(200);
    let made = put("night", &["--role", "duty_officer"], "another long password");
    assert!(made.status.success(), "{}", said(&made));
    let officer = admin.with_token(signed["token"].as_str().expect("a token"));
    wait_until("a new password ends what was signed in with the old one", LONG, async || {
        officer.get("/me").await.status == 401
    })
    .await;

    let long = "x".repeat(257);
    let cases: [(&[&str], &str); 5] = [
        (&["--role", "duty_officer", "--service", "ambulance"], PASSWORD),
        (&["--role", "agency"], PASSWORD),
        (&["--role", "agency", "--service", "zorro"], PASSWORD),
        (&["--role", "agency", "--service", "utilities-ghost"], PASSWORD),
        (&["--role", "duty_officer"], &long),
    ];
    for (more, password) in cases {
        let refused = put("wrong", more, password);
        assert_eq!(refused.status.code(), Some(2), "{more:?}: {}", said(&refused));
        assert!(!said(&refused).contains("argon2"), "{more:?}: {}", said(&refused));
    }
    let pg = house.world.pg().await;
    let wrong = "SELECT count(*) FROM account WHERE name = 'wrong'";
    assert_eq!(pg.query_one(wrong, &[]).await.expect("a count").get::<_, i64>(0), 0);

    // The database shows whoever it refuses the whole row, the digest in it.
    pg.batch_execute("ALTER TABLE account ADD CHECK (name <> 'barred')").await.expect("a rule");
    let refused = put("barred", &["--role", "duty_officer"], PASSWORD);
    assert_eq!(refused.status.code(), Some(1), "{}", said(&refused));
    assert!(
        !said(&refused).contains("argon2") && !said(&refused).contains("row contains"),
        "{}",
        said(&refused)
    );
}

#[actix_web::test]
async fn nothing_changes_about_an_account_of_which_no_trace_can_be_kept_and_no_trace_is_changed() {
    let house = House::open().await;
    let admin = house.caller("admin", Role::Administrator).await;
    let person = json!({"role": "duty_officer", "region": "75", "service": null, "active": true, "password": PASSWORD});
    admin.make("/accounts/aigerim", &person).await.expect(204);
    let agency =
        json!({"role": "agency", "region": "75", "service": "ambulance", "active": true, "password": null});
    admin.make("/accounts/ambulance-75", &agency).await.expect(204);
    let label = json!({"label": "their system"});
    let given = admin.post("/accounts/ambulance-75/tokens", &label).await.expect(201);
    let system = admin.with_token(given["token"].as_str().expect("a token"));
    let signed = sign_in(&house, "aigerim", PASSWORD).await.expect(200);
    let officer = admin.with_token(signed["token"].as_str().expect("a token"));

    let pg = house.world.pg().await;
    for change in [
        "UPDATE account_change SET changed_by = 'nobody'",
        "DELETE FROM account_change",
        "TRUNCATE account_change",
    ] {
        let refused = pg.batch_execute(change).await.expect_err(change);
        assert_eq!(refused.code().map(|c| c.code()), Some("H1121"), "{change}");
    }

    pg.batch_execute(
        "CREATE FUNCTION no_trace() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no room'; END $$; \
         CREATE TRIGGER no_trace BEFORE INSERT ON account_change FOR EACH ROW EXECUTE FUNCTION no_trace()",
    )
    .await
    .expect("a database that keeps no trace");
    assert!(admin.make("/accounts/other", &person).await.status >= 500);
    assert!(admin.post("/accounts/ambulance-75/tokens", &label).await.status >= 500);
    assert!(admin.delete("/accounts/ambulance-75/tokens").await.status >= 500);
    let changed = json!({"old": PASSWORD, "new": "another long password"});
    assert!(officer.post("/me/password", &changed).await.status >= 500);
    let put = ["account", "put", "other", "--role", "duty_officer", "--region", "75"];
    assert!(!house.hub.run_with(&put, PASSWORD).status.success());

    let accounts = admin.get("/accounts").await.expect(200).to_string();
    assert!(!accounts.contains("other"), "{accounts}");
    let tokens = "SELECT count(*) FROM agency_token WHERE account = 'ambulance-75' AND revoked_at IS NULL";
    assert_eq!(
        pg.query_one(tokens, &[]).await.expect("a count").get::<_, i64>(0),
        1,
        "neither one more nor none"
    );
    system.get("/agency/inbox").await.expect(200);
    sign_in(&house, "aigerim", PASSWORD).await.expect(200);
}

/// Who is told how long to wait is told the truth, in words and for programs.
#[actix_web::test]
async fn who_guesses_is_told_for_how_long_to_wait_by_one_number() {
    let house = House::open().await;
    let mut refused = None;
    for _ in 0..6 {
        refused = Some(sign_in(&house, "aigerim", "not the password").await);
    }
    let refused = refused.expect("an answer");
    assert_eq!((refused.status, refused.problem()), (429, "too-many"));
    let seconds: u64 = refused.header("retry-after").and_then(|s| s.parse().ok()).expect("seconds");
    assert!((20..=30).contains(&seconds), "{seconds}");
    let detail = refused.body["detail"].as_str().expect("words");
    assert!(detail.contains(&format!(" {seconds} ")), "{seconds}: {detail}");
}

/// Whoever spoke for a desk must lose their rights when it closes, whatever else is said of them.
#[actix_web::test]
async fn the_account_of_a_closed_desk_is_ended_and_cannot_be_begun_again() {
    let house = House::open().await;
    let admin = house.caller("admin", Role::Administrator).await;
    let desk = json!({
        "names": {"kk": "Газ", "ru": "Газ", "en": "Gas"}, "competence": {"categories": [], "districts": []},
    });
    admin.make("/service-desks/utilities-ended", &desk).await.expect(204);
    let account = |service: &str, active: bool| json!({"role": "agency", "region": "75", "service": service, "active": active, "password": null});
    admin.make("/accounts/gas", &account("utilities-ended", true)).await.expect(204);
    let token = admin.post("/accounts/gas/tokens", &json!({"label": "their system"})).await.expect(201);
    let gas = admin.with_token(token["token"].as_str().expect("a token"));
    gas.get("/me").await.expect(200);
    let close = json!({"reason": "передано главной службе"});
    let closed =
        admin.ask("POST", "/service-desks/utilities-ended/close", Some(&close), &[("If-Match", "*")]).await;
    closed.expect(204);

    // Nobody speaks for what is not there.
    assert_eq!(
        admin.replace("/accounts/gas", &account("utilities-ended", true)).await.problem(),
        "not-found"
    );
    assert_eq!(admin.make("/accounts/new", &account("utilities-ended", false)).await.problem(), "not-found");
    let other = admin.replace("/accounts/gas", &account("utilities-ghost", false)).await;
    assert_eq!(other.problem(), "not-found");
    admin.replace("/accounts/gas", &account("utilities-ended", false)).await.expect(204);
    assert_eq!(gas.get("/me").await.problem(), "unauthenticated", "at once");
}

/// With a full disk the database answers and does not write: just then the administrator has to get in.
#[actix_web::test]
async fn a_sign_in_that_the_database_cannot_write_holds_for_a_while() {
    let house = House::open().await;
    let admin = house.caller("admin", Role::Administrator).await;
    let new = json!({"role": "administrator", "region": null, "service": null, "active": true, "password": PASSWORD});
    let whole = house.account("root", Role::Administrator, None, None).await;
    whole.make("/accounts/night", &new).await.expect(204);

    let pg = house.world.pg().await;
    pg.batch_execute(
        "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET default_transaction_read_only = on', current_database()); END $$; \
         SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
          WHERE datname = current_database() AND pid <> pg_backend_pid()",
    )
    .await
    .expect("the database only reads");
    // Until the hub has noticed that each of its connections is gone, it says so.
    let mut signed = None;
    wait_until("who has the right word is let in", LONG, async || {
        let answer = sign_in(&house, "night", PASSWORD).await;
        signed = (answer.status != 503).then_some(answer);
        signed.is_some()
    })
    .await;
    let signed = signed.expect("an answer").expect(200);
    let night = admin.with_token(signed["token"].as_str().expect("a token"));
    assert_eq!(night.get("/me").await.expect(200)["name"], "night");
    assert_eq!(sign_in(&house, "night", "not the password").await.problem(), "unauthenticated");
}

#[actix_web::test]
async fn an_administrator_of_a_region_has_no_hold_on_others_nor_on_the_own_rights() {
    let house = House::open().await;
    let admin = house.caller("admin", Role::Administrator).await;
    house.account("elsewhere", Role::DutyOfficer, Some("71"), None).await;
    let officer = |region: Value, password: Value| json!({"role": "duty_officer", "region": region, "service": null, "active": true, "password": password});
    let mut speaker = officer(json!("75"), json!(PASSWORD));
    speaker["service"] = json!("police");
    let cases = [
        ("elsewhere", officer(json!("75"), Value::Null), "forbidden"),
        ("other", officer(json!("71"), Value::Null), "forbidden"),
        ("national", officer(Value::Null, Value::Null), "forbidden"),
        ("weak", officer(json!("75"), json!("short")), "invalid"),
        ("admin", officer(json!("75"), Value::Null), "conflict"),
        ("speaker", speaker, "invalid"),
    ];
    for (name, account, problem) in cases {
        assert_eq!(admin.make(&format!("/accounts/{name}"), &account).await.problem(), problem, "{name}");
    }
    let agency = json!({"role": "agency", "region": "75", "service": null, "active": true, "password": null});
    assert_eq!(admin.make("/accounts/x", &agency).await.problem(), "invalid", "it speaks for no service");
    let names = admin.get("/accounts").await.expect(200);
    let names: Vec<&str> =
        names.as_array().expect("accounts").iter().map(|a| a["name"].as_str().expect("a name")).collect();
    assert_eq!(names, ["admin"]);

    // The last one who keeps the accounts of every region would shut everybody out.
    let root = house.account("root", Role::Administrator, None, None).await;
    let itself = |region: Value| json!({"role": "administrator", "region": region, "service": null, "active": true, "password": null});
    assert_eq!(root.replace("/accounts/root", &itself(json!("71"))).await.problem(), "conflict");
    root.replace("/accounts/root", &itself(Value::Null)).await.expect(204);
    root.get("/accounts").await.expect(200);
}

#[actix_web::test]
async fn an_agency_gets_its_token_and_its_account_at_the_broker_from_the_administrator() {
    let house = House::open().await;
    let admin = house.caller("admin", Role::Administrator).await;
    let agency =
        json!({"role": "agency", "region": "75", "service": "ambulance", "active": true, "password": null});
    admin.make("/accounts/ambulance-75", &agency).await.expect(204);
    let given =
        admin.post("/accounts/ambulance-75/tokens", &json!({"label": "their system"})).await.expect(201);
    let system = admin.with_token(given["token"].as_str().expect("a token"));
    system.get("/agency/inbox").await.expect(200);
    admin.delete("/accounts/ambulance-75/tokens").await.expect(204);
    assert_eq!(system.get("/agency/inbox").await.problem(), "unauthenticated");
    let given =
        admin.post("/accounts/ambulance-75/tokens", &json!({"label": "their system"})).await.expect(201);
    let system = admin.with_token(given["token"].as_str().expect("a token"));
    let mut with_password = agency.clone();
    with_password["password"] = json!(PASSWORD);
    admin.replace("/accounts/ambulance-75", &with_password).await.expect(204);
    system.get("/agency/inbox").await.expect(200);
    let mut a_person = agency;
    (a_person["role"], a_person["service"]) = (json!("duty_officer"), Value::Null);
    admin.replace("/accounts/ambulance-75", &a_person).await.expect(204);
    assert_eq!(system.get("/me").await.problem(), "unauthenticated", "a person has no tokens");

    // Accounts at the broker are shared by all virtual hosts: this desk is no other test's.
    let desk = json!({
        "names": {"kk": "Тест", "ru": "Тест", "en": "Test"}, "competence": {"categories": [], "districts": []},
    });
    admin.make("/service-desks/utilities-newpass", &desk).await.expect(204);
    let made = admin.post("/services/utilities-newpass/broker-account", &Value::Null).await.expect(201);
    let (account, password) =
        (made["account"].as_str().expect("its name"), made["password"].as_str().expect("one"));
    let (_, place) = house.world.amqp_url.split_once('@').expect("an address");
    let url = format!("amqp://{account}:{password}@{place}");
    let connect = async || lapin::Connection::connect(&url, lapin::ConnectionProperties::default()).await;
    let old = connect().await.expect("it may connect");
    admin.post("/services/utilities-newpass/broker-account", &Value::Null).await.expect(201);
    wait_until("what was connected with the old password is no more", LONG, async || {
        !old.status().connected()
    })
    .await;
    assert!(connect().await.is_err(), "the old password holds no longer");
}

#[actix_web::test]
async fn a_draft_survives_until_it_is_sent_and_is_its_writers_alone() {
    let house = House::open().await;
    let asel = house.caller("asel", Role::DutyOfficer).await;
    let other = house.caller("other", Role::DutyOfficer).await;
    asel.put("/drafts/call-1", &json!({"text": "горит"})).await.expect(204);
    asel.put("/drafts/call-1", &json!({"text": "горит дом на Абая"})).await.expect(204);
    let kept = asel.get("/drafts").await.expect(200);
    assert_eq!(
        (&kept[0]["id"], &kept[0]["content"]),
        (&json!("call-1"), &json!({"text": "горит дом на Абая"}))
    );
    assert_eq!(other.get("/drafts").await.expect(200), json!([]));
    assert_eq!(asel.put("/drafts/a%20b", &json!({})).await.problem(), "invalid");
    assert_eq!(asel.put("/drafts/x", &json!({"t": "ы".repeat(40_000)})).await.problem(), "too-large");
    asel.delete("/drafts/call-1").await.expect(204);
    assert_eq!(asel.get("/drafts").await.expect(200), json!([]));
}

#[actix_web::test]
async fn the_board_has_every_service_with_its_link_units_and_what_it_owes() {
    let house = House::open().await;
    let admin = house.caller("admin", Role::Administrator).await;
    let id = uuid::Uuid::now_v7();
    let home = json!({"lat": 43.24, "lon": 76.89});
    let unit = json!({
        "id": id, "service": "ambulance", "region": "75", "call_sign": "901", "kind": "ambulance",
        "capabilities": ["transport"], "station": "s", "home": home,
        "position": {"point": home, "at": jiff::Timestamp::now(), "source": "station", "accuracy": null},
    });
    admin.make(&format!("/units/{id}"), &unit).await.expect(204);
    let mut ambulance = Value::Null;
    wait_until("the unit is counted", LONG, async || {
        let board = admin.get("/services").await.expect(200);
        let board = board.as_array().expect("services");
        assert_eq!(board.len(), 9, "eight kinds and the hub's own fire and rescue");
        ambulance = board.iter().find(|s| s["service"] == "ambulance").expect("it").clone();
        ambulance["units"]["available"] == 1 && !ambulance["link"].is_null()
    })
    .await;
    assert_eq!(ambulance["link"]["way"], "amqp");
    assert_eq!(ambulance["owed"], 0);
}

#[actix_web::test]
async fn borders_are_drawn_from_geojson_small_enough_to_send() {
    let house = House::open().await;
    let asel = house.caller("asel", Role::DutyOfficer).await;
    let all = asel.get("/territories").await.expect(200);
    assert_eq!(all["features"].as_array().map(Vec::len), Some(20));
    assert!(all.to_string().len() < 600_000, "{} bytes", all.to_string().len());
    let one = asel.get("/territories?region=75").await.expect(200);
    assert_eq!(one["features"][0]["properties"]["ru"], "город Алматы");
}

#[actix_web::test]
async fn a_dead_letter_of_the_hub_is_sent_again_and_one_of_an_agency_is_not() {
    let house = House::open().await;
    let asel = house.caller("asel", Role::DutyOfficer).await;
    let client = house.pool.get().await.expect("a connection");
    let envelope = json!({
        "contract": "1.0", "distribution_id": uuid::Uuid::now_v7(), "status": "actual", "kind": "report",
        "sender": {"region": "75", "service": "hub"}, "recipients": [{"region": "75", "service": "ambulance"}],
        "sent_at": jiff::Timestamp::now(), "content_type": "heartbeat", "content": {},
    });
    let insert = "INSERT INTO dead_letter (region, queue, routing_key, reason, headers, body) \
                  VALUES ('75', $1, $2, 'expired', '{}', $3) RETURNING id";
    let ours = client
        .query_one(
            insert,
            &[&"agency.75.ambulance", &"75.ambulance.heartbeat", &envelope.to_string().into_bytes()],
        )
        .await
        .expect("a row");
    let theirs = client
        .query_one(insert, &[&"hub112.inbox.75", &"75.ambulance.unit_status", &b"{".to_vec()])
        .await
        .expect("a row");
    let (ours, theirs): (i64, i64) = (ours.get(0), theirs.get(0));
    asel.post(&format!("/dead-letters/{ours}/resend"), &Value::Null).await.expect(204);
    assert_eq!(asel.post(&format!("/dead-letters/{ours}/resend"), &Value::Null).await.problem(), "not-found");
    assert_eq!(
        asel.post(&format!("/dead-letters/{theirs}/resend"), &Value::Null).await.problem(),
        "conflict"
    );
    wait_until("the relay has sent it", LONG, async || {
        client.query_one("SELECT count(*) FROM outbox", &[]).await.expect("a count").get::<_, i64>(0) == 0
    })
    .await;
    let management = hub112::bus::accounts::Management::new(
        &house.world.management_url.clone().into(),
        &house.world.vhost,
    )
    .expect("the management interface");
    wait_until("it is in the agency's queue", LONG, async || {
        let depths = management.depths().await.expect("depths");
        depths.iter().any(|(queue, n)| queue == "agency.75.ambulance" && *n >= 1)
    })
    .await;
}
