//! A card, and all that lies behind it, is its region's alone: it holds who called and what they said (DESIGN §5).

use hub112::store::account::Role;

use super::asking::{House, call};

/// Every page of a card in the document.
fn pages() -> Vec<String> {
    let document = serde_json::to_value(hub112::api::openapi()).expect("the document");
    let paths = document["paths"].as_object().expect("paths");
    let of_a_card = paths
        .iter()
        .filter(|(path, methods)| path.starts_with("/api/v1/incidents/{id}") && methods.get("get").is_some());
    of_a_card.map(|(path, _)| path.trim_start_matches("/api/v1").to_owned()).collect()
}

#[actix_web::test]
async fn no_page_of_a_card_is_open_to_an_account_of_another_region() {
    let house = House::open().await;
    let own = house.caller("asel", Role::DutyOfficer).await;
    let taken = own.post("/messages", &call("Взрыв в жилом доме")).await.expect(201);
    let card = taken["incident"].as_str().expect("a card");
    let mut others = Vec::new();
    for role in [Role::DutyOfficer, Role::Manager, Role::Administrator] {
        others.push((role, house.account(&format!("{role}-11"), role, Some("11"), None).await));
    }
    let pages = pages();
    assert!(pages.iter().any(|page| page.ends_with("/timeline")) && pages.len() > 6, "{pages:?}");
    for page in pages {
        let at = page.replace("{id}", card);
        assert!(!at.contains('{'), "{page}: say here what it is asked with");
        own.get(&at).await.expect(200);
        for (role, other) in &others {
            assert_eq!(other.get(&at).await.problem(), "forbidden", "{page} as {role}");
        }
        let unknown = page.replace("{id}", "01900000-0000-7000-8000-000000000000");
        assert_eq!(own.get(&unknown).await.problem(), "not-found", "{unknown}");
    }
    let note = serde_json::json!({"text": "заметка"});
    let noted = others[0].1.post(&format!("/incidents/{card}/notes"), &note).await;
    assert!([403, 428].contains(&noted.status), "{}", noted.body);
    let noted = others[0].1.keyed("note", &format!("/incidents/{card}/notes"), &note).await;
    assert_eq!(noted.problem(), "forbidden");
    assert_eq!(own.get(&format!("/incidents/{card}")).await.expect(200)["id"], card);
}
