//! Forces of a neighbouring region where one's own do not suffice.

use hub112::store::account::Role;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::asking::{Asker, call};
use super::situation::of_two_regions;

/// A gas service of one region for its own needs, and for a neighbour's.
async fn gas_desk(admin: &Asker, region: &str) {
    let new = json!({
        "names": {"kk": "Газ кк", "ru": "Газ ру", "en": "Gas"},
        "competence": {"categories": ["gas_smell"], "districts": []},
    });
    admin.make(&format!("/service-desks/utilities-gas?region={region}"), &new).await.expect(204);
}

async fn gas_crew(admin: &Asker, service: &str, id: &str) {
    let region = id.split_once('-').expect("a region").0;
    let home = json!({"lat": 43.24, "lon": 76.89});
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
    let house = of_two_regions().await;
    let admin = house.account("admin", Role::Administrator, None, None).await;
    let officer = house.account("country", Role::DutyOfficer, None, None).await;
    gas_desk(&admin, "75").await;
    gas_crew(&admin, "utilities", "71-g-1").await;
    let (card, picks) = gas_crews(&officer, "75").await;
    assert_eq!(picks, [(json!("71-g-1"), json!("utilities"))], "the neighbour's main desk");
    let asked = officer.post(&format!("{card}/forces"), &json!({})).await.expect(200);
    let requests = asked["requests"].as_object().expect("requests");
    let theirs: Vec<&Value> = requests.values().filter(|r| r["service_region"] == "71").collect();
    assert_eq!(theirs.len(), 1, "{asked}");
    assert_eq!((&theirs[0]["service"], &theirs[0]["act"]), (&json!("utilities"), &json!("additional")));
    assert_eq!(theirs[0]["recommended"][0]["unit"], "71-g-1", "its own desk holds it");

    // The other way round: who has a main desk alone finds the crew that the neighbour keeps under its gas desk.
    gas_crew(&admin, "utilities-gas", "75-g-1").await;
    let (_, picks) = gas_crews(&officer, "71").await;
    assert_eq!(picks, [(json!("75-g-1"), json!("utilities-gas"))]);
}
