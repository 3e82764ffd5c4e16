//! A problem is told in the language of the one who asks: what is wrong, and what to do.

use hub112::store::account::Role;
use serde_json::{Value, json};

use super::asking::{Asker, House};

const LANGUAGES: [&str; 3] = ["kk", "ru-RU,ru;q=0.9,en;q=0.1", "en"];

/// The same request in the three languages: its kind and what is told.
async fn told(asker: &Asker, method: &str, path: &str, body: Option<&Value>) -> (String, [String; 3]) {
    let mut kind = String::new();
    let mut details = [const { String::new() }; 3];
    for (language, detail) in LANGUAGES.iter().zip(&mut details) {
        let answer = asker.ask(method, path, body, &[("Accept-Language", language)]).await;
        answer.problem().clone_into(&mut kind);
        *detail = answer.body["detail"].as_str().expect("a detail").to_owned();
    }
    (kind, details)
}

#[actix_web::test]
async fn the_same_bad_request_is_answered_in_kazakh_russian_and_english() {
    let house = House::open().await;
    let admin = house.caller("admin", Role::Administrator).await;
    let officer = house.caller("officer", Role::DutyOfficer).await;
    let nobody = Asker::new(&house.hub.url, None);
    let none = "0190c0de-0000-7000-8000-000000000000";
    let stranger = format!("/incidents/{none}");
    let incomplete = json!({"name": "aigerim"});
    let cases = [
        (
            &nobody,
            "POST",
            "/sign-in",
            Some(&incomplete),
            "invalid",
            [
                "password өрісі жоқ; оны қосыңыз",
                "Нет поля password; добавьте его",
                "the field password is missing; add it",
            ],
        ),
        (
            &officer,
            "GET",
            "/accounts",
            None,
            "forbidden",
            [
                "Бұған мынадай рөл керек: әкімші; сол рөлі бар адамнан сұраңыз",
                "Для этого нужна роль: администратор; обратитесь к тому, у кого она есть",
                "this needs the role administrator; ask somebody who has it",
            ],
        ),
        (
            &officer,
            "GET",
            &stranger,
            None,
            "not-found",
            [
                "Мұнда мұндай нысан жоқ: оқиға карточкасы 0190c0de-0000-7000-8000-000000000000; тізімді қайта оқыңыз",
                "Здесь этого нет: карточка происшествия 0190c0de-0000-7000-8000-000000000000; прочитайте список заново",
                "there is no incident 0190c0de-0000-7000-8000-000000000000 here; read again what there is",
            ],
        ),
        (
            &admin,
            "GET",
            "/incidents?limit=many",
            None,
            "malformed",
            [
                "Бүтін сан керек; түзетіңіз",
                "Нужно целое число; исправьте",
                "a whole number is needed; correct it",
            ],
        ),
    ];
    // The rules refuse as the interface does, and name a service by its official name.
    let confirm = json!({"command": "confirm_contacts", "service": "ambulance"});
    let refused = (
        &officer,
        "POST",
        "/shifts",
        Some(&confirm),
        "conflict",
        [
            "Жедел медициналық жәрдем станциясының диспетчерлік бөлімшесі үшін растайтын байланыс деректері жоқ; \
             оларды енгізіңіз",
            "Диспетчерское подразделение станции скорой медицинской помощи: подтверждать нечего, контактов нет; \
             внесите их",
            "Ambulance station dispatch unit has no contacts to confirm; enter them",
        ],
    );
    for (asker, method, path, body, kind, details) in cases.into_iter().chain([refused]) {
        let found = told(asker, method, path, body).await;
        assert_eq!(found, (kind.to_owned(), details.map(ToOwned::to_owned)), "{method} {path}");
    }
}

/// Latin words in a text that is said in Kazakh or Russian: only names of fields and values that the caller wrote, or has to
/// write, may stand there.
fn latin(text: &str) -> Vec<&str> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    words.filter(|word| word.chars().any(|c| c.is_ascii_alphabetic())).collect()
}

#[actix_web::test]
async fn what_a_reader_of_values_says_in_english_is_said_to_a_person_in_the_persons_language() {
    let house = House::open().await;
    let officer = house.caller("officer", Role::DutyOfficer).await;
    let admin = house.caller("admin", Role::Administrator).await;
    let with = |change: &dyn Fn(&mut Value)| {
        let mut message = super::asking::call("горит дом");
        change(&mut message);
        message
    };
    let point =
        |lat: Value, lon: Value| json!({"source": "caller", "fix": {"point": {"lat": lat, "lon": lon}}});
    let cases: Vec<(&str, Value, &[&str])> = vec![
        (
            "/messages",
            with(&|m| m["sender"]["call_back"] = json!({"kind": "number", "number": "+7 abc"})),
            &[],
        ),
        ("/messages", with(&|m| m["id"] = json!("112")), &["UUID"]),
        ("/messages", with(&|m| m["location"] = point(json!(143.0), json!(76.9))), &[]),
        ("/messages", with(&|m| m["location"] = point(json!(43.0), json!(276.9))), &[]),
        ("/messages", with(&|m| m["location"] = point(json!("43"), json!(76.9))), &[]),
        ("/messages", with(&|m| m["text"] = json!(112)), &[]),
        ("/messages", with(&|m| m["text"] = Value::Null), &[]),
        ("/messages", with(&|m| m["exercise"] = json!("no")), &["no", "true", "false"]),
        ("/messages", with(&|m| m["answers"] = json!([])), &[]),
        ("/messages", with(&|m| m["sender"] = json!("me")), &["me"]),
        (
            "/messages",
            with(&|m| m["received_at"] = json!("yesterday")),
            &["2026", "01", "31T09", "30", "00Z", "31T09"],
        ),
        ("/messages", with(&|m| m["received_at"] = json!(5)), &["31T09", "00Z"]),
        ("/messages", with(&|m| m["category"] = json!("A b")), &["a", "z", "_"]),
        (
            "/messages",
            with(&|m| m["sender"] = json!({"kind": "service", "service": "A b"})),
            &["a", "z", "_"],
        ),
        ("/messages?region=eighty", with(&|_| {}), &[]),
        ("/messages", json!([]), &[]),
    ];
    for (path, body, allowed) in cases {
        let mut told = Vec::new();
        for language in ["kk", "ru", "en"] {
            let answer = officer.ask("POST", path, Some(&body), &[("Accept-Language", language)]).await;
            assert!(matches!(answer.status, 400 | 422), "{} {body}", answer.body);
            let detail = answer.body["detail"].as_str().expect("a detail").to_owned();
            if language != "en" {
                let strange: Vec<_> = latin(&detail).into_iter().filter(|w| !allowed.contains(w)).collect();
                assert!(strange.is_empty(), "{strange:?} in {detail}");
            }
            // Whoever mends the caller's program reads what the reader found.
            assert!(answer.body["parser"].is_string(), "{}", answer.body);
            assert!(!told.contains(&detail), "{detail}");
            told.push(detail);
        }
    }
    for path in ["/incidents/112", "/incidents?limit=many", "/incidents?after=%ff"] {
        let (_, details) = told(&admin, "GET", path, None).await;
        for detail in &details[..2] {
            let strange: Vec<_> = latin(detail).into_iter().filter(|w| *w != "UUID").collect();
            assert!(strange.is_empty(), "{path}: {strange:?} in {detail}");
        }
    }
}
