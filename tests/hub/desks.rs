//! Several desks of one kind (112-R c.3(7)): gas and power each have a desk, an agency and crews of their own.

use hub112::bus::accounts::{AgencyAccount, Management};
use serde_json::{Value, json};

use super::desk::{Desk, LONG, PASSWORD, fire, requests, stages, text};
use crate::world::{World, wait_until};

const DESKS: [&str; 2] = ["utilities-gas", "utilities-power"];

/// Opens a desk under way and gives it a crew near the fire.
async fn open(desk: &Desk, key: &str, word: &str, categories: &[&str]) {
    let new = json!({
        "names": {"kk": format!("{word} кк"), "ru": format!("{word} ру"), "en": word},
        "competence": {"categories": categories, "districts": []},
    });
    let (status, _) = desk.admin.make(&format!("/api/v1/service-desks/{key}"), &new).await.expect("opened");
    assert_eq!(status, 204);
    let home = json!({"lat": 43.24, "lon": 76.89});
    let unit = format!("75-{key}-1");
    let crew = json!({
        "id": unit, "service": key, "region": "75", "call_sign": format!("{word}-1"), "kind": "repair_vehicle",
        "capabilities": [], "station": word, "home": home,
        "position": {"point": home, "at": jiff::Timestamp::now(), "source": "station", "accuracy": null},
    });
    desk.admin.make(&format!("/api/v1/units/{unit}"), &crew).await.expect("a crew");
}

/// The row of a service on the board.
async fn row(desk: &Desk, service: &str) -> Value {
    let (_, board) = desk.officer.get("/api/v1/services").await.expect("the board");
    board.as_array().expect("rows").iter().find(|r| r["service"] == service).cloned().unwrap_or_default()
}

async fn arrived(desk: &Desk, incident: &str) -> Vec<Value> {
    let card = desk
        .until("each desk's crew has arrived", incident, |card| {
            let of: Vec<Value> = requests(card).into_iter().filter(of_utilities).collect();
            of.len() == DESKS.len()
                && of.iter().all(|r| {
                    let stages = stages(r);
                    !stages.is_empty() && stages.iter().all(|(_, s)| s == "arrived" || s == "released")
                })
        })
        .await;
    requests(&card).into_iter().filter(of_utilities).collect()
}

fn of_utilities(request: &Value) -> bool {
    text(request, "/service").starts_with("utilities")
}

#[actix_web::test]
async fn two_desks_of_one_kind_answer_one_incident_each_for_itself() {
    let mut desk = Desk::open(World::new().await).await;
    open(&desk, "utilities-gas", "Gas", &["gas_smell", "building_fire"]).await;
    open(&desk, "utilities-power", "Power", &["power_outage", "building_fire"]).await;
    for service in DESKS {
        desk.agency(service, &["--on-scene", "5"]);
        wait_until("the board shows the desk's own link", LONG * 2, async || {
            row(&desk, service).await["link"]["connected"] == true
        })
        .await;
    }
    assert_eq!(row(&desk, "utilities").await["link"]["connected"], false, "nobody sits at the main desk");
    assert_eq!(row(&desk, "utilities-gas").await["names"]["en"], "Gas");

    let incident = desk.message(&fire()).await;
    desk.request_forces(&incident).await;
    for request in arrived(&desk, &incident).await {
        let own = format!("75-{}-1", text(&request, "/service"));
        assert_eq!(stages(&request).len(), 1);
        assert_eq!(stages(&request)[0].0, own, "each sends its own crew");
        assert!(request["composition"]["people"].as_u64().is_some_and(|people| people > 0), "{request}");
    }
    for datum in ["O-11a", "O-11b", "O-11c"] {
        for service in DESKS {
            let owed = desk.owed(&incident, datum).await;
            let of: Vec<&Value> = owed.iter().filter(|o| o["service"] == service).collect();
            assert_eq!(of.len(), 1, "c.5(3)¶4: {datum} of {service}");
            assert_eq!(of[0]["status"], "met", "{of:?}");
        }
    }
    let deliveries = desk.all(&format!("/api/v1/incidents/{incident}/deliveries")).await;
    for service in DESKS {
        let mut row: Vec<u64> = deliveries
            .iter()
            .filter(|d| d["service"] == service)
            .filter_map(|d| d["sequence"].as_u64())
            .collect();
        row.sort_unstable();
        assert!(row.len() > 1 && row == (1..=row.len() as u64).collect::<Vec<_>>(), "{service}: {row:?}");
    }
    assert!(deliveries.iter().all(|d| d["service"] != "utilities"), "the main desk was not asked");

    // The plan that asked them asks nobody twice, and both desks are there when the hub comes back.
    desk.hub.restart().await;
    desk.verified().await;
    let second = desk.message(&super::desk::call("Горит дом, внутри люди", 43.3, 76.95)).await;
    assert_ne!(second, incident);
    desk.until("their crews are free again", &incident, |card| {
        requests(card).iter().filter(|r| of_utilities(r)).all(|r| r["state"] == "done")
    })
    .await;
    desk.request_forces(&second).await;
    arrived(&desk, &second).await;
    desk.verified().await;
}

#[actix_web::test]
async fn a_desk_speaks_for_no_other_desk_of_its_kind() {
    let mut desk = Desk::open(World::new().await).await;
    open(&desk, "utilities-gas", "Gas", &["building_fire"]).await;
    open(&desk, "utilities-power", "Power", &["building_fire"]).await;
    // Its account exists, and nobody works with it.
    desk.agency("utilities-gas", &[]);
    desk.end_agency("utilities-gas");
    let incident = desk.message(&fire()).await;
    let card = desk.request_forces(&incident).await;
    let asked = requests(&card).into_iter().find(|r| r["service"] == "utilities-power").expect("asked");
    let answer = |service: &str| {
        json!({
            "contract": "1.0", "distribution_id": uuid::Uuid::now_v7(), "sender": {"region": "75", "service": service},
            "recipients": [{"region": "75", "service": "hub"}], "sent_at": jiff::Timestamp::now(), "status": "actual",
            "kind": "response", "incident": incident, "references": asked["distribution"],
            "content_type": "forces_answer",
            "content": {"request_id": asked["id"], "decision": "refuse", "reason": {"code": "none_free", "text": ""}},
        })
    };
    let gas = "agency.75.utilities-gas";
    for key in ["75.utilities-power.forces_answer", "75.utilities.forces_answer"] {
        let refused = desk.publish(gas, key, &answer("utilities-power")).await.expect_err("another's key");
        assert!(refused.is_amqp_soft_error(), "{refused}");
    }
    // Under its own key it may write; whose request it is the hub looks at.
    let own = "75.utilities-gas.forces_answer";
    for sender in ["utilities-power", "utilities", "utilities-gas"] {
        desk.publish(gas, own, &answer(sender)).await.expect("published");
    }
    wait_until("each was refused and shown with its reason", LONG, async || {
        let letters = desk.admin.get("/api/v1/dead-letters").await.expect("dead letters").1;
        let reasons = letters["items"].to_string();
        reasons.matches("sender_mismatch").count() >= 2 && reasons.contains("unknown_request")
    })
    .await;
    let card = desk.card(&incident).await;
    let power = requests(&card).into_iter().find(|r| r["service"] == "utilities-power").expect("asked");
    assert_eq!(power["state"], "open", "nobody answered in its place");

    // A desk that closed speaks for nobody.
    let close = json!({"reason": "передано главной службе"});
    let refused = desk.admin.change("/api/v1/service-desks/utilities-power/close", &close).await;
    assert!(refused.expect_err("it has a crew and a request").to_string().contains("409"));
    desk.verified().await;
}

/// Opens a desk that has no crew.
async fn bare(desk: &Desk, key: &str) {
    let new = json!({
        "names": {"kk": format!("{key} кк"), "ru": format!("{key} ру"), "en": key},
        "competence": {"categories": [], "districts": []},
    });
    desk.admin.make(&format!("/api/v1/service-desks/{key}"), &new).await.expect("opened");
}

/// What a desk has and whether it takes units is decided by the desk alone: a unit that is registered at the very instant
/// at which the desk is closed is either there first, and the desk stays open, or comes too late.
#[actix_web::test]
async fn no_unit_slips_into_a_desk_that_is_being_closed() {
    let desk = Desk::open(World::new().await).await;
    let home = json!({"lat": 43.24, "lon": 76.89});
    let mut came_first = 0;
    for round in 0..24_u64 {
        let key = format!("utilities-d{round}");
        bare(&desk, &key).await;
        let unit = format!("75-{key}-1");
        let crew = json!({
            "id": unit, "service": key, "region": "75", "call_sign": "d", "kind": "repair_vehicle",
            "capabilities": [], "station": "s", "home": home,
            "position": {"point": home, "at": jiff::Timestamp::now(), "source": "station", "accuracy": null},
        });
        let (unit, close) = (format!("/api/v1/units/{unit}"), format!("/api/v1/service-desks/{key}/close"));
        let because = json!({"reason": "передано главной службе"});
        // Now the one is a little ahead, now the other.
        let later = std::time::Duration::from_micros(round / 2 * 400);
        let (registers, closes) = (desk.admin.make(&unit, &crew), desk.admin.change(&close, &because));
        let wait = |first: bool| tokio::time::sleep(if first { std::time::Duration::ZERO } else { later });
        let (registered, closed) =
            tokio::join!(async { (wait(round % 2 == 0).await, registers.await).1 }, async {
                (wait(round % 2 == 1).await, closes.await).1
            });
        assert!(registered.is_ok() != closed.is_ok(), "{key}: {registered:?} {closed:?}");
        came_first += u32::from(registered.is_ok());
    }
    assert!(came_first > 0, "some were registered in time");

    // What was refused changes nothing: such a desk takes units, and one that opens again does.
    bare(&desk, "utilities-again").await;
    let close = "/api/v1/service-desks/utilities-again/close";
    desk.admin.change(close, &json!({"reason": " "})).await.expect_err("without a reason it stays open");
    let crew = |n: u32| {
        json!({
            "id": format!("75-again-{n}"), "service": "utilities-again", "region": "75",
            "call_sign": format!("again {n}"), "kind": "repair_vehicle", "capabilities": [], "station": "s", "home": home,
            "position": {"point": home, "at": jiff::Timestamp::now(), "source": "station", "accuracy": null},
        })
    };
    desk.admin.make("/api/v1/units/75-again-1", &crew(1)).await.expect("it takes units");
    desk.verified().await;
}

/// The broker's account of a desk is made when the region has the desk, not before and not after.
#[actix_web::test]
async fn no_account_at_the_broker_is_made_for_a_desk_that_the_region_does_not_have() {
    let desk = Desk::open(World::new().await).await;
    let account = |service: &str| {
        let made = ["account", "broker", "--region", "75", "--service", service];
        let output = desk.hub.run_with(&made, PASSWORD);
        (output.status.success(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let refused = |service: &str| {
        let (made, said) = account(service);
        assert!(!made && said.contains(service) && said.contains("open it first"), "{said}");
    };
    refused("utilities-acct");
    let body = json!({"content_type": "positions"});
    let connected = desk.publish("agency.75.utilities-acct", "75.utilities-acct.positions", &body).await;
    connected.expect_err("the broker knows no such account");
    bare(&desk, "utilities-acct").await;
    assert!(account("utilities-acct").0, "the desk is open");
    let close = "/api/v1/service-desks/utilities-acct/close";
    desk.admin.change(close, &json!({"reason": "передано"})).await.expect("closed");
    refused("utilities-acct");
    assert!(account("utilities").0, "every region has the main desk");
}

/// Whoever spoke for a desk over the broker loses that when it closes: the connection that is open, and the account.
#[actix_web::test]
async fn the_account_of_a_closed_desk_at_the_broker_is_gone_with_its_connections() {
    let mut desk = Desk::open(World::new().await).await;
    let make = ["account", "broker", "--region", "75", "--service", "utilities-shut"];
    bare(&desk, "utilities-shut").await;
    assert!(desk.hub.run_with(&make, PASSWORD).status.success(), "an account");
    let url = desk.broker_url("agency.75.utilities-shut");
    let connect = async || lapin::Connection::connect(&url, lapin::ConnectionProperties::default()).await;
    let connection = connect().await.expect("its agency connects");
    let close = "/api/v1/service-desks/utilities-shut/close";
    desk.admin.change(close, &json!({"reason": "передано"})).await.expect("closed");
    wait_until("its connection has ended", LONG, async || !connection.status().connected()).await;
    connect().await.expect_err("the broker knows no such account");
    let (_, changes) = desk.admin.get("/api/v1/account-changes").await.expect("changes");
    let of: Vec<(&Value, &Value)> = changes
        .as_array()
        .expect("changes")
        .iter()
        .filter(|change| change["account"] == "agency.75.utilities-shut")
        .map(|change| (&change["what"], &change["detail"]))
        .collect();
    assert_eq!(of[0], (&json!("broker"), &json!("removed")), "{changes}");

    // What was left, for the broker was away just then, is found.
    let management = Management::new(&desk.world.management_url.clone().into(), &desk.world.vhost);
    let left = AgencyAccount::parse("agency.75.utilities-shut").expect("an account");
    let put = management.expect("its address").put_agency(&left, &PASSWORD.into()).await;
    put.expect("there again");
    connect().await.expect("it is left");
    desk.hub.restart().await;
    wait_until("it is removed", LONG, async || connect().await.is_err()).await;

    // Opened again it gets an account as any other.
    let new = json!({
        "names": {"kk": "utilities-shut кк", "ru": "utilities-shut ру", "en": "utilities-shut"},
        "competence": {"categories": [], "districts": []},
    });
    desk.admin.put("/api/v1/service-desks/utilities-shut", &new).await.expect("open again");
    assert!(desk.hub.run_with(&make, PASSWORD).status.success(), "an account");
    connect().await.expect("its agency connects");
}
