//! What a caller of a Kazakh city would say where a foreign log only names a type of call.

use std::sync::OnceLock;

use super::DriveError;
use crate::domain::names::Language;

const TABLE: &str = include_str!("phrases.csv");

/// One phrase of `phrases.csv`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Phrase {
    /// The set that it belongs to.
    pub set: String,
    /// Types of call that contain this, in capitals; empty for every type that no other row fits.
    pub kind: String,
    /// In which language.
    pub language: Language,
    /// The words.
    pub text: String,
}

/// The whole table.
///
/// # Errors
/// [`DriveError::Line`] when a row of the table is not one.
pub fn all() -> Result<&'static [Phrase], DriveError> {
    static PHRASES: OnceLock<Result<Vec<Phrase>, DriveError>> = OnceLock::new();
    PHRASES.get_or_init(|| read(TABLE)).as_deref().map_err(Clone::clone)
}

/// The phrase for a type of call. The first kind of the set that fits decides; `chance` picks among its phrases.
#[must_use]
pub fn pick<'a>(phrases: &'a [Phrase], set: &str, kind: &str, chance: u64) -> Option<&'a Phrase> {
    let kind = kind.to_uppercase();
    let own = || phrases.iter().filter(|p| p.set == set);
    let first = own().find(|p| kind.contains(&p.kind))?;
    let fitting: Vec<&Phrase> = own().filter(|p| p.kind == first.kind).collect();
    let index = usize::try_from(chance % fitting.len() as u64).ok()?;
    fitting.get(index).copied()
}

fn read(table: &str) -> Result<Vec<Phrase>, DriveError> {
    let mut phrases = Vec::new();
    for (line, row) in (2u64..).zip(csv::Reader::from_reader(table.as_bytes()).deserialize()) {
        let (set, kind, language, text): (String, String, Language, String) =
            row.map_err(|e: csv::Error| DriveError::Line {
                file: "phrases.csv".into(),
                line,
                reason: e.to_string(),
            })?;
        phrases.push(Phrase { set, kind, language, text });
    }
    Ok(phrases)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::super::calls::Set;
    use super::*;
    use crate::domain::classification::classify;

    #[test]
    fn every_set_has_a_phrase_in_both_languages_for_a_type_that_nobody_thought_of() {
        for set in Set::ALL {
            for language in [Language::Ru, Language::Kk] {
                let any = all()
                    .unwrap()
                    .iter()
                    .any(|p| p.set == set.name() && p.kind.is_empty() && p.language == language);
                assert!(any, "{} {language:?}", set.name());
            }
            assert!(pick(all().unwrap(), set.name(), "SOMETHING NEW", 5).is_some());
        }
    }

    #[test]
    fn the_type_decides_what_is_said() {
        let said = |set, kind| {
            let phrase = pick(all().unwrap(), set, kind, 0).unwrap();
            let ranking = classify(&phrase.text, &BTreeMap::new());
            ranking.candidates.first().map(|c| c.category.code.to_string()).unwrap_or_default()
        };
        for (set, kind, category) in [
            ("montgomery", "EMS: CARDIAC ARREST", "cardiac_arrest"),
            ("montgomery", "EMS: CARDIAC EMERGENCY", "chest_pain"),
            ("montgomery", "Fire: GAS-ODOR/LEAK", "gas_smell"),
            ("montgomery", "Traffic: VEHICLE FIRE -", "vehicle_fire"),
            ("san-francisco-fire-ems", "Structure Fire", "building_fire"),
            ("san-francisco-fire-ems", "Elevator / Escalator Rescue", "lift_trapped"),
            ("seattle-police", "ROBBERY - IP/JO (INCLUDES STRONG ARM)", "robbery"),
            ("seattle-police", "BURG - COMM BURGLARY (INCLUDES SCHOOLS)", "burglary"),
            ("seattle-police", "MISSING - CHILD", "missing_person"),
        ] {
            assert_eq!(said(set, kind), category, "{set} {kind}");
        }
    }

    #[test]
    fn the_hub_understands_nearly_every_phrase_of_a_named_type() {
        let named: Vec<&Phrase> =
            all().unwrap().iter().filter(|p| !p.kind.is_empty() && !p.kind.ends_with(':')).collect();
        let dumb: Vec<&str> = named
            .iter()
            .filter(|p| classify(&p.text, &BTreeMap::new()).candidates.is_empty())
            .map(|p| p.text.as_str())
            .collect();
        assert!(dumb.len() * 4 < named.len(), "{} of {}: {dumb:#?}", dumb.len(), named.len());
    }
}
