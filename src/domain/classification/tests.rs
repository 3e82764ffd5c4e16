use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::json;

use super::order240::{Bounds, Consequences, Scale, ScaleProposal, Thresholds};
use super::*;
use crate::domain::severity::Severity;

/// What people say, misspelt as they type it, with the categories that are right; `unclear` where no words say anything
/// that is sure.
fn phrases() -> Vec<(String, String)> {
    csv::Reader::from_reader(include_str!("phrases.csv").as_bytes())
        .deserialize()
        .map(Result::unwrap)
        .collect()
}

fn best(text: &str) -> Option<&'static str> {
    classify(text, &BTreeMap::new()).candidates.first().map(|c| c.category.code.as_str())
}

#[test]
fn what_people_say_is_understood_in_kazakh_russian_and_mixed_with_misspellings() {
    let phrases = phrases();
    let mut wrong = Vec::new();
    for (right, text) in &phrases {
        let ranking = classify(text, &BTreeMap::new());
        let first = ranking.candidates.first().map(|c| c.category.code.as_str());
        let fits = match right.as_str() {
            "unclear" => !ranking.clear,
            _ => right.split(' ').any(|code| first == Some(code)),
        };
        if !fits {
            assert!(!ranking.clear, "{text}: sure of {first:?}, which is wrong");
            wrong.push((text, right, first));
        }
    }
    assert!(
        wrong.len() * 50 <= phrases.len(),
        "{} of {} are not understood: {wrong:?}",
        wrong.len(),
        phrases.len()
    );
}

#[test]
fn the_gravest_that_is_sure_stands_first_and_the_cause_before_its_consequence() {
    for (text, first, severity) in [
        ("запах газа, потом был взрыв", "explosion", Severity::P1),
        ("пожар, человек не дышит", "building_fire", Severity::P1),
        ("избили, лежит без сознания", "assault", Severity::P1),
        ("авария, водитель не дышит", "road_accident_injured", Severity::P1),
        ("труба жарылды, су ағып жатыр", "water_leak", Severity::P4),
    ] {
        let ranking = classify(text, &BTreeMap::new());
        assert_eq!(ranking.candidates.first().map(|c| c.category.code.as_str()), Some(first), "{text}");
        assert_eq!(ranking.severity, severity, "{text}");
        assert!(ranking.clear, "{text}");
    }
}

#[test]
fn one_misspelt_word_alone_sends_nobody() {
    let ranking = classify("тут пажар", &BTreeMap::new());
    assert_eq!(ranking.candidates.first().map(|c| c.category.code.as_str()), Some("building_fire"));
    assert!(!ranking.clear);
}

#[test]
fn what_is_denied_does_not_count() {
    for text in ["пожара нет", "өрт жоқ", "нет взрыва", "никаких взрывов", "без пожара"]
    {
        assert_eq!(best(text), None, "{text}");
    }
    assert_eq!(best("пожар, не могут выйти"), Some("building_fire"));
}

#[test]
fn the_words_that_decided_are_shown_where_they_stand() {
    let text = "Алло, у нас горит квартира!";
    let ranking = classify(text, &BTreeMap::new());
    let e = &ranking.candidates[0].evidence;
    assert!(
        e.iter().any(|e| &text[e.start..e.end] == "горит квартира" && e.words == "горит квартира"),
        "{e:?}"
    );
}

#[test]
fn the_table_begins_with_the_categories_that_no_word_decides() {
    use categories::{Special as S, special};
    let codes = [S::SilentCall, S::AbandonedCall, S::SosSignal, S::Unclear].map(|s| special(s).code.as_str());
    assert_eq!(codes, ["silent_call", "abandoned_call", "sos_signal", "unclear"]);
}

#[test]
fn answers_move_category_and_gravity() {
    let answers =
        |v: serde_json::Value| -> BTreeMap<String, serde_json::Value> { serde_json::from_value(v).unwrap() };
    let plain = classify("столкнулись две машины", &BTreeMap::new());
    assert_eq!(plain.candidates[0].category.code.as_str(), "road_accident");
    let hurt = classify("столкнулись две машины", &answers(json!({"injured": true})));
    assert_eq!(hurt.candidates[0].category.code.as_str(), "road_accident_injured");
    let dying = classify("человеку плохо", &answers(json!({"breathing": false})));
    assert_eq!(dying.candidates[0].category.code.as_str(), "cardiac_arrest");
    assert_eq!(dying.severity, Severity::P1);
}

#[test]
fn where_many_are_hurt_it_is_grave_whatever_hurt_them() {
    let severity = |text: &str| classify(text, &BTreeMap::new()).severity;
    for text in [
        "много пострадавших, приезжайте",
        "тут очень много раненых",
        "жаралылар көп",
        "зардап шеккендер өте көп",
        "взрыв где-то рядом, десятки пострадавших",
    ] {
        assert_eq!(severity(text), Severity::P1, "{text}");
    }
    for text in [
        "много людей на площади",
        "пострадавших нет, много дыма во дворе",
        "көп адам жиналды, зардап шеккен жоқ",
        "много казахов на празднике",
    ] {
        assert_ne!(severity(text), Severity::P1, "{text}");
    }
}

#[test]
fn what_no_word_explains_is_not_clear() {
    let r = classify("алло алло вы меня слышите", &BTreeMap::new());
    assert!(!r.clear && r.candidates.is_empty());
}

#[test]
fn every_row_of_every_table_reads_and_names_only_what_exists() {
    let rows = |text: &str| text.trim().lines().count() - 1;
    assert_eq!(all().len(), rows(include_str!("categories.csv")));
    assert_eq!(order240::types().len(), rows(include_str!("order240_types.csv")));
    assert_eq!(order240::types().len(), 73);
    for c in all() {
        for s in c.competent.iter().chain(&c.early) {
            assert!(crate::domain::service_kind::find(s).is_some(), "{}: {s}", c.code);
        }
        assert!(c.early.iter().all(|e| c.competent.contains(e)), "{}", c.code);
        let known = c.order240.is_empty() || order240::types().iter().any(|t| t.id == c.order240);
        assert!(known, "{}: {}", c.code, c.order240);
        assert!(!c.names.kk.is_empty() && !c.names.ru.is_empty() && !c.names.en.is_empty());
    }
    for line in include_str!("words.csv").trim().lines().skip(1) {
        let code = line.split(',').next().unwrap();
        assert!(categories::index(code).is_some(), "{line}");
    }
}

#[test]
fn the_thresholds_of_order_240_are_empty_and_marked_not_verified() {
    for scale in Scale::ALL {
        let row = scale.row().unwrap();
        assert!(!row.verified && row.affected_min.is_none() && row.disrupted_min.is_none());
        assert!(row.damage_mci_min.is_none() && row.affected_max.is_none());
    }
}

#[test]
fn unverified_thresholds_propose_nothing_and_a_person_states_the_scale() {
    let c = Consequences { affected: 10_000, ..Consequences::default() };
    let day = jiff::civil::date(2026, 5, 1);
    assert_eq!(Thresholds::default().propose(&c, day), ScaleProposal::PersonMustState);
    let entered = Thresholds {
        local: Bounds { affected_min: Some(10), ..Bounds::default() },
        regional: Bounds { affected_min: Some(100), ..Bounds::default() },
        ..Thresholds::default()
    };
    assert_eq!(entered.propose(&c, day), ScaleProposal::PersonMustState, "entered is not certified");
    let certified = Thresholds { certified_by: "chief".parse().ok(), ..entered };
    assert_eq!(certified.propose(&c, day), ScaleProposal::Proposed(Scale::Regional));
    let few = Consequences { affected: 3, ..Consequences::default() };
    assert_eq!(certified.propose(&few, day), ScaleProposal::Proposed(Scale::Object));
    let falling = Thresholds { regional: Bounds { affected_min: Some(5), ..Bounds::default() }, ..certified };
    assert!(falling.check().is_err());
}

#[test]
fn damage_is_counted_in_monthly_indexes_of_the_day() {
    let t = Thresholds {
        local: Bounds { damage_mci_min: Some(1_000.0), ..Bounds::default() },
        certified_by: "chief".parse().ok(),
        ..Thresholds::default()
    };
    let c = Consequences { damage_tenge: 4_000_000, ..Consequences::default() };
    assert_eq!(t.propose(&c, jiff::civil::date(2025, 6, 1)), ScaleProposal::Proposed(Scale::Local));
    assert_eq!(t.propose(&c, jiff::civil::date(2026, 6, 1)), ScaleProposal::Proposed(Scale::Object));
}

#[test]
fn each_scale_changes_who_declares_and_who_is_told() {
    let act = |scale, act: &str| order240::effects(scale).find(|e| e.act == act).map(|e| e.names.en.clone());
    assert_eq!(act(Scale::Object, "declares").as_deref(), Some("nobody named"));
    assert!(act(Scale::Local, "declares").is_some_and(|n| n.starts_with("akim")));
    assert_eq!(act(Scale::Regional, "declares").as_deref(), Some("Prime Minister"));
    assert!(act(Scale::Regional, "tells_akims").is_some_and(|n| n.contains("bordering")));
    assert_eq!(act(Scale::Local, "tells_akims"), None);
}

proptest! {
    #[test]
    fn no_text_whatever_breaks_the_classifier_and_evidence_lies_in_the_text(text in "\\PC{0,300}") {
        for c in classify(&text, &BTreeMap::new()).candidates {
            for e in c.evidence {
                prop_assert_eq!(text.get(e.start..e.end), Some(e.words.as_str()));
            }
        }
    }
}
