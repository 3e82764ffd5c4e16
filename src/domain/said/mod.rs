//! What the hub says to a person: a template with named parts, so that the same thing can be said in Kazakh, Russian
//! and English. Every text says what is wrong and what to do.
//!
//! A text begins as `said!("unit {unit} is held; release it first", unit = id)`. Its English template is the key of
//! the [`table`] that holds the other languages; a test finds a template without its translations. A text that is
//! made at run time is none: it can only be a part of a template.

use std::fmt;

use super::names::{Language, Names};

pub mod table;

/// What is said: a template and its parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    template: &'static str,
    parts: Vec<(&'static str, Part)>,
}

/// A part of what is said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// The same in every language: an identity, a number, a time, somebody's own words.
    Text(String),
    /// Said in the language of the whole.
    Said(Said),
    /// A name that has its own translations.
    Names(Names),
}

impl Part {
    /// A value that is written alike in every language.
    #[must_use]
    pub fn text(value: &impl fmt::Display) -> Self {
        Self::Text(value.to_string())
    }
}

impl From<Said> for Part {
    fn from(said: Said) -> Self {
        Self::Said(said)
    }
}

impl From<&Names> for Part {
    fn from(names: &Names) -> Self {
        Self::Names(names.clone())
    }
}

impl Said {
    /// For [`said!`](crate::domain::said::said), which sees to it that the parts fit.
    #[doc(hidden)]
    #[must_use]
    pub fn of(template: &'static str, parts: Vec<(&'static str, Part)>) -> Self {
        Self { template, parts }
    }

    /// The English template: what is said, whatever its parts.
    #[must_use]
    pub fn template(&self) -> &'static str {
        self.template
    }

    /// The text in a language.
    #[must_use]
    pub fn in_language(&self, language: Language) -> String {
        let mut text = String::new();
        self.write(language, &mut text);
        text
    }

    /// The text in every language.
    #[must_use]
    pub fn names(&self) -> Names {
        Names {
            kk: self.in_language(Language::Kk),
            ru: self.in_language(Language::Ru),
            en: self.in_language(Language::En),
        }
    }

    fn write(&self, language: Language, text: &mut String) {
        let mut rest = table::pattern(self.template, language);
        while let Some((before, after)) = rest.split_once('{') {
            text.push_str(before);
            let (name, after) = after.split_once('}').unwrap_or((after, ""));
            match self.parts.iter().find(|(part, _)| *part == name).map(|(_, part)| part) {
                Some(Part::Text(part)) => text.push_str(part),
                Some(Part::Said(part)) => part.write(language, text),
                Some(Part::Names(part)) => text.push_str(part.in_language(language)),
                None => {}
            }
            rest = after;
        }
        text.push_str(rest);
    }
}

impl fmt::Display for Said {
    /// In English.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.in_language(Language::En))
    }
}

/// The names of the parts of a template, in their order.
pub fn parts_of(template: &str) -> impl Iterator<Item = &str> {
    template.split('{').skip(1).filter_map(|rest| rest.split_once('}').map(|(name, _)| name))
}

/// Whether a template names exactly these parts, each once. Asked while compiling.
#[doc(hidden)]
#[must_use]
pub const fn fits(template: &str, parts: &[&str]) -> bool {
    let text = template.as_bytes();
    let (mut at, mut braces) = (0, 0);
    while at < text.len() {
        if text[at] == b'{' {
            braces += 1;
        }
        at += 1;
    }
    let mut part = 0;
    while part < parts.len() {
        if !names(text, parts[part].as_bytes()) {
            return false;
        }
        part += 1;
    }
    braces == parts.len()
}

const fn names(text: &[u8], part: &[u8]) -> bool {
    let mut at = 0;
    while at + part.len() + 2 <= text.len() {
        if text[at] == b'{' && text[at + part.len() + 1] == b'}' {
            let mut same = 0;
            while same < part.len() && text[at + 1 + same] == part[same] {
                same += 1;
            }
            if same == part.len() {
                return true;
            }
        }
        at += 1;
    }
    false
}

/// Says something: an English template and its parts. `part = value` is written alike in every language,
/// `part => value` is itself [`Said`] or [`Names`](crate::domain::names::Names) and follows the language.
macro_rules! said {
    (@part = $value:expr) => { $crate::domain::said::Part::text(&$value) };
    (@part => $value:expr) => { $crate::domain::said::Part::from($value) };
    ($template:literal $(, $name:ident $way:tt $value:expr)* $(,)?) => {{
        const {
            assert!(
                $crate::domain::said::fits($template, &[$(stringify!($name)),*]),
                "the parts are not those of the template"
            );
        }
        $crate::domain::said::Said::of(
            $template,
            vec![$((stringify!($name), $crate::domain::said::said!(@part $way $value))),*],
        )
    }};
}
pub(crate) use said;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_takes_exactly_its_parts() {
        assert!(fits("no {what} {id}", &["id", "what"]));
        assert!(fits("nothing", &[]));
        for (template, parts) in
            [("no {what}", &["what", "id"][..]), ("no {what} {id}", &["id"]), ("{a}", &["b"])]
        {
            assert!(!fits(template, parts), "{template} {parts:?}");
        }
        assert_eq!(parts_of("no {what} {id}!").collect::<Vec<_>>(), ["what", "id"]);
    }

    #[test]
    fn a_part_that_looks_like_a_template_stays_as_it_is() {
        let words = "{reason} and {";
        assert_eq!(
            said!("name or password is wrong; try again").to_string(),
            "name or password is wrong; try again"
        );
        let said = said!("the body is not JSON: {error}", error = words);
        assert_eq!(said.to_string(), "the body is not JSON: {reason} and {");
    }
}
