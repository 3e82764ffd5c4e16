//! Whatever the hub says to a person it says in Kazakh, Russian and English.

use std::collections::{BTreeMap, BTreeSet};

use hub112::domain::said::{parts_of, table};

use super::code_of;

/// The templates of a piece of code: the first argument of each `said!`.
fn templates(code: &str) -> Vec<String> {
    code.split("said!(").skip(1).filter_map(|rest| literal(rest.trim_start())).collect()
}

/// A string literal, as it is read by the compiler.
fn literal(code: &str) -> Option<String> {
    let mut text = String::new();
    let mut rest = code.strip_prefix('"')?.chars();
    loop {
        match rest.next()? {
            '"' => return Some(text),
            '\\' => match rest.next()? {
                '\n' => rest = rest.as_str().trim_start().chars(),
                escaped => text.push(escaped),
            },
            plain => text.push(plain),
        }
    }
}

/// Every template of the whole source, with a file that has it.
fn used() -> BTreeMap<String, String> {
    let product = code_of("").into_iter().filter(|(file, _)| file != "domain/said/mod.rs");
    product.flat_map(|(file, code)| templates(&code).into_iter().map(move |t| (t, file.clone()))).collect()
}

#[test]
fn whatever_is_said_is_said_in_every_language() {
    let known: BTreeSet<&str> = table::entries().iter().map(|entry| entry.en.as_str()).collect();
    let used = used();
    assert!(used.len() > 80, "the source says {} things", used.len());
    let untold: Vec<_> = used.iter().filter(|(template, _)| !known.contains(template.as_str())).collect();
    assert!(untold.is_empty(), "without translation: {untold:#?}");
    let idle: Vec<_> = known.iter().filter(|template| !used.contains_key(**template)).collect();
    assert!(idle.is_empty(), "said nowhere: {idle:#?}");
}

#[test]
fn a_translation_has_the_parts_of_its_template() {
    let mut told = BTreeSet::new();
    for entry in table::entries() {
        assert!(told.insert(&entry.en), "twice in the table: {}", entry.en);
        let parts = |text| parts_of(text).map(ToOwned::to_owned).collect::<BTreeSet<String>>();
        for text in [&entry.kk, &entry.ru] {
            assert_eq!(parts(text), parts(&entry.en), "{text}");
            assert_eq!(parts_of(text).count(), parts_of(&entry.en).count(), "a part stands twice: {text}");
            assert!(!text.trim().is_empty() && *text != entry.en || entry.en == "{text}", "{text}");
        }
    }
}

#[test]
fn a_template_is_found_as_the_compiler_reads_it() {
    let code = "said!(\"a \\\"b\\\" \\\n        c\") + said!(\n  \"d {e}\", e = 1)";
    assert_eq!(templates(code), ["a \"b\" c", "d {e}"]);
}
