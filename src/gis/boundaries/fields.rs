//! Which of a feature's properties are its code and its names.

use std::collections::BTreeMap;

use crate::domain::geography::{TerritoryLevel, level_of};
use crate::domain::names::Names;

/// What the properties are called; one that is not named is looked for under the names that publishers use.
#[derive(Debug, Clone, Default)]
pub struct FieldNames {
    /// The nine-digit KATO code.
    pub kato: Option<String>,
    /// The Kazakh name.
    pub kk: Option<String>,
    /// The Russian name.
    pub ru: Option<String>,
    /// The English name.
    pub en: Option<String>,
}

const KATO: [&str; 5] = ["kato", "kato_code", "code_kato", "te", "code"];

impl FieldNames {
    /// The code and the names of a feature.
    ///
    /// # Errors
    /// Which one is not there, and what is.
    pub(super) fn of(&self, properties: &BTreeMap<String, String>) -> Result<(String, Names), String> {
        let kato = wanted(properties, "kato", self.kato.as_deref(), &KATO)?;
        // Before the names: which of them are looked for follows from the code's level.
        if kato.len() != 9 || !kato.bytes().all(|b| b.is_ascii_digit()) {
            return Err(format!("its code {kato:?} is no KATO code: write nine digits, such as 750000000"));
        }
        let prefix = match level_of(&kato) {
            TerritoryLevel::Region => "adm1",
            TerritoryLevel::District => "adm2",
        };
        let name = |flag: &'static str, own: Option<&str>, long: &str| {
            let known = [
                flag.to_owned(),
                format!("name_{flag}"),
                format!("name:{flag}"),
                format!("name_{long}"),
                format!("{prefix}_{flag}"),
            ];
            wanted(properties, flag, own, &known.each_ref().map(String::as_str))
        };
        let names = Names {
            kk: name("kk", self.kk.as_deref(), "kaz")?,
            ru: name("ru", self.ru.as_deref(), "rus")?,
            en: name("en", self.en.as_deref(), "eng")?,
        };
        Ok((kato, names))
    }

    /// What can be said of a feature whose code or names may be missing.
    pub(super) fn description(&self, properties: &BTreeMap<String, String>) -> String {
        match self.of(properties) {
            Ok((kato, names)) => format!("{}, {kato}", names.ru),
            Err(_) => {
                let said: Vec<&str> =
                    properties.values().map(|v| v.trim()).filter(|v| !v.is_empty()).collect();
                let most = said.len().min(4);
                if said.is_empty() { "without properties".into() } else { said[..most].join(", ") }
            }
        }
    }
}

fn wanted(
    properties: &BTreeMap<String, String>,
    flag: &str,
    own: Option<&str>,
    known: &[&str],
) -> Result<String, String> {
    let find = |wanted: &str| properties.iter().find(|(key, _)| key.eq_ignore_ascii_case(wanted));
    let found = match own {
        Some(own) => find(own),
        None => known.iter().find_map(|name| find(name)),
    };
    match found {
        Some((_, value)) if !value.trim().is_empty() => Ok(value.trim().to_owned()),
        Some((key, _)) => Err(format!("its property {key} is empty")),
        None => {
            let there: Vec<&str> = properties.keys().map(String::as_str).collect();
            let looked = own.map_or_else(|| known.join(", "), str::to_owned);
            Err(format!(
                "it has no property {looked}; name the right one with --{flag}. It has: {}",
                there.join(", ")
            ))
        }
    }
}
