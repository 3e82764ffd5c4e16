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
                "Мән сәйкес емес: invalid digit found in string; түзетіңіз",
                "Значение не подходит: invalid digit found in string; исправьте",
                "a value does not fit: invalid digit found in string; correct it",
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
