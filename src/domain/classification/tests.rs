use std::collections::BTreeMap;

use jiff::Timestamp;
use proptest::prelude::*;
use serde_json::json;

use super::monthly_index::MonthlyIndex;
use super::order240::{Axis, Consequences, Scale};
use super::thresholds::{Bounds, ScaleProposal, Thresholds};
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

/// A scale that nothing unknown can change.
fn certain(scale: Scale) -> ScaleProposal {
    ScaleProposal::Proposed { scale, unknown: Vec::new() }
}

#[test]
fn unverified_thresholds_propose_nothing_and_a_person_states_the_scale() {
    let c = Consequences { affected: Some(10_000), ..Consequences::default() };
    let day = jiff::civil::date(2026, 5, 1);
    assert_eq!(Thresholds::default().propose(&c, day), ScaleProposal::PersonMustState);
    let entered = Thresholds {
        local: Bounds { affected_min: Some(10), ..Bounds::default() },
        regional: Bounds { affected_min: Some(100), ..Bounds::default() },
        ..Thresholds::default()
    };
    assert_eq!(entered.propose(&c, day), ScaleProposal::PersonMustState, "entered is not certified");
    let certified = Thresholds { certified_by: "chief".parse().ok(), ..entered };
    assert_eq!(certified.propose(&c, day), certain(Scale::Regional));
    let few = Consequences { affected: Some(3), ..Consequences::default() };
    assert_eq!(certified.propose(&few, day), certain(Scale::Object));
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
    let c = Consequences { damage_tenge: Some(4_000_000), ..Consequences::default() };
    assert_eq!(t.propose(&c, jiff::civil::date(2025, 6, 1)), certain(Scale::Local));
    assert_eq!(t.propose(&c, jiff::civil::date(2026, 6, 1)), certain(Scale::Object));
    // Of a year whose index nobody entered damage cannot be counted; none is none in any year.
    let later = jiff::civil::date(2031, 6, 1);
    assert_eq!(t.propose(&c, later), ScaleProposal::PersonMustState);
    let index = MonthlyIndex { from: jiff::civil::date(2031, 1, 1), tenge: 3_999 };
    let entered = Thresholds { monthly_indexes: vec![index], ..t.clone() };
    assert_eq!(entered.propose(&c, later), certain(Scale::Local));
    // Whoever enters the index of a year does not certify the figures of the order anew.
    let (by, now) = ("clerk".parse().unwrap(), Timestamp::now());
    assert_eq!(entered.clone().entered(&t, &by, now), entered);
    let none = Consequences { damage_tenge: Some(0), ..Consequences::default() };
    assert_eq!(t.propose(&none, later), certain(Scale::Object));
}

#[test]
fn what_nobody_knows_is_not_nought_and_the_scale_is_then_at_least_so_great() {
    use Axis::{Affected, Damage, Disrupted};
    use Scale::{Global, Local, Object, Regional};
    let bounds = |affected, disrupted, damage| Bounds {
        affected_min: Some(affected),
        disrupted_min: Some(disrupted),
        damage_mci_min: Some(damage),
    };
    let any = Thresholds {
        local: bounds(10, 20, 1_000.0),
        regional: bounds(100, 200, 10_000.0),
        global: Bounds { affected_min: Some(500), ..Bounds::default() },
        certified_by: "chief".parse().ok(),
        ..Thresholds::default()
    };
    let all = Thresholds { all_axes: true, ..any.clone() };
    // Dead, affected, disrupted, damage in millions of tenge (1,000 indexes are 4.3), extent.
    let of = |dead, affected, disrupted, damage: Option<u64>, extent| Consequences {
        dead,
        affected,
        disrupted,
        damage_tenge: damage.map(|millions| millions * 1_000_000),
        extent,
        ..Consequences::default()
    };
    let proposed = |scale, unknown: &[Axis]| ScaleProposal::Proposed { scale, unknown: unknown.to_vec() };
    let nothing = ScaleProposal::PersonMustState;
    let cases = [
        ("nothing known", of(None, None, None, None, None), nothing.clone(), nothing.clone()),
        (
            "no dead says nothing of the affected",
            of(Some(0), None, None, None, None),
            nothing.clone(),
            nothing,
        ),
        (
            "all known and small",
            of(Some(0), Some(1), Some(2), Some(0), None),
            proposed(Object, &[]),
            proposed(Object, &[]),
        ),
        (
            "few affected, the rest unknown",
            of(None, Some(3), None, None, None),
            proposed(Object, &[Disrupted, Damage]),
            // One axis that is not reached settles it where all must be.
            proposed(Object, &[]),
        ),
        (
            "many affected, the rest unknown",
            of(None, Some(150), None, None, None),
            // Global hangs on the affected alone, and these are known.
            proposed(Regional, &[]),
            proposed(Object, &[Disrupted, Damage]),
        ),
        (
            "the dead are among the affected",
            of(Some(12), None, Some(5), Some(1), None),
            proposed(Local, &[Affected]),
            proposed(Object, &[Affected]),
        ),
        (
            "all that is known is grave",
            of(None, Some(600), Some(900), Some(900), None),
            proposed(Global, &[]),
            proposed(Global, &[]),
        ),
        (
            "a person has judged how far it reaches",
            of(None, None, None, None, Some(Regional)),
            proposed(Regional, &[Affected]),
            proposed(Regional, &[Affected]),
        ),
        (
            "as far as it can reach",
            of(None, None, None, None, Some(Global)),
            proposed(Global, &[]),
            proposed(Global, &[]),
        ),
    ];
    let day = jiff::civil::date(2026, 5, 1);
    for (name, consequences, of_any, of_all) in cases {
        assert_eq!(any.propose(&consequences, day), of_any, "any axis: {name}");
        assert_eq!(all.propose(&consequences, day), of_all, "all axes: {name}");
    }
}

#[test]
fn figures_recorded_before_are_read_as_they_were_and_an_absent_one_is_not_known() {
    let read = |text: &str| serde_json::from_str::<Consequences>(text).expect("figures");
    let before = r#"{"dead":0,"injured":2,"affected":5,"disrupted":0,"damage_tenge":0,"extent":null}"#;
    let old = read(before);
    assert_eq!(
        (old.dead, old.disrupted, old.damage_tenge),
        (Some(0), Some(0), Some(0)),
        "a nought stays one"
    );
    assert_eq!(serde_json::to_string(&old).expect("text"), before, "to the letter");
    assert_eq!(read("{}"), Consequences::default());
    assert_eq!(
        read(r#"{"dead":null,"affected":7}"#),
        Consequences { affected: Some(7), ..Consequences::default() }
    );
    for (figures, known) in [
        ("{}", None),
        (r#"{"affected":0}"#, Some(0)),
        (r#"{"dead":0,"injured":0}"#, None),
        (r#"{"dead":1,"injured":2}"#, Some(3)),
        (r#"{"dead":1,"affected":9}"#, Some(9)),
    ] {
        assert_eq!(read(figures).known_affected(), known, "{figures}");
    }
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

#[test]
fn a_figure_beyond_all_bounds_is_refused() {
    let affected = |people| Consequences { affected: Some(people), ..Consequences::default() };
    assert_eq!(affected(10_000_000).check(), Ok(()));
    assert!(affected(4_000_000_000).check().is_err());
    let disrupted = Consequences { disrupted: Some(10_000_001), ..Consequences::default() };
    assert!(disrupted.check().is_err());
}
