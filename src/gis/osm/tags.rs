//! The tags of an element.

use std::collections::BTreeMap;

use crate::domain::geography::LocalNames;

/// Key and value pairs, as they stand in the file.
pub struct Tags<'a>(Vec<(&'a str, &'a str)>);

impl<'a> FromIterator<(&'a str, &'a str)> for Tags<'a> {
    fn from_iter<I: IntoIterator<Item = (&'a str, &'a str)>>(pairs: I) -> Self {
        Self(pairs.into_iter().collect())
    }
}

/// Names that a thing had or goes by besides.
const FORMER: [&str; 8] = [
    "old_name",
    "old_name:kk",
    "old_name:ru",
    "old_name:en",
    "alt_name",
    "alt_name:kk",
    "alt_name:ru",
    "was:name",
];

impl<'a> Tags<'a> {
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<&'a str> {
        self.0.iter().find(|(k, _)| *k == key).map(|(_, v)| *v)
    }

    /// Whether a key has one of the values.
    pub fn is(&self, key: &str, values: &[&str]) -> bool {
        self.get(key).is_some_and(|value| values.contains(&value))
    }

    /// A value as text of an own, without blanks around it; none when empty.
    pub fn text(&self, key: &str) -> Option<String> {
        let value = self.get(key)?.trim();
        (!value.is_empty()).then(|| value.to_owned())
    }

    /// The first of several keys that has a text.
    pub fn first(&self, keys: &[&str]) -> Option<String> {
        keys.iter().find_map(|key| self.text(key))
    }

    /// The names in their languages.
    pub fn names(&self) -> LocalNames {
        let mut former: Vec<&str> = Vec::new();
        for name in FORMER.iter().filter_map(|key| self.get(key)).flat_map(|value| value.split(';')) {
            let name = name.trim();
            if !name.is_empty() && !former.contains(&name) {
                former.push(name);
            }
        }
        LocalNames {
            name: self.text("name"),
            kk: self.text("name:kk"),
            ru: self.text("name:ru"),
            en: self.first(&["name:en", "int_name"]),
            former: (!former.is_empty()).then(|| former.join(";")),
        }
    }

    /// All of them.
    pub fn all(&self) -> BTreeMap<String, String> {
        self.0.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect()
    }
}
