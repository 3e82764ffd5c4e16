//! The documents that are checked in are what the program prints, and are in order.

use std::collections::{BTreeMap, BTreeSet};
use std::process::{Command, Stdio};

use serde_json::Value;

fn document() -> Value {
    serde_json::to_value(hub112::api::openapi()).expect("the document")
}

#[test]
fn the_openapi_document_checked_in_is_the_programs() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/openapi/hub112.openapi.json");
    let kept: Value =
        std::fs::read_to_string(path).ok().and_then(|t| serde_json::from_str(&t).ok()).unwrap_or_default();
    assert!(kept == document(), "renew it: cargo run -- openapi >openapi/hub112.openapi.json");
}

/// `hub112 openapi | head`.
#[test]
fn who_reads_only_the_beginning_of_a_document_breaks_nothing() {
    for document in ["openapi", "asyncapi"] {
        let program = Command::new(env!("CARGO_BIN_EXE_hub112"))
            .arg(document)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn();
        let mut printing = program.expect("it begins");
        drop(printing.stdout.take());
        let ended = printing.wait_with_output().expect("it ends");
        let said = String::from_utf8_lossy(&ended.stderr);
        assert!(ended.status.success() && said.is_empty(), "{document}: {said}");
    }
}

/// Path, method and description of every operation.
fn operations(document: &Value) -> Vec<(String, String, Value)> {
    let paths = document["paths"].as_object().expect("paths");
    let of = |(path, methods): (&String, &Value)| {
        let methods = methods.as_object().expect("methods").clone();
        let path = path.clone();
        methods
            .into_iter()
            .map(move |(method, operation)| (path.clone(), method, operation))
            .collect::<Vec<_>>()
    };
    paths.iter().flat_map(of).collect()
}

#[test]
fn every_operation_has_a_name_of_its_own_a_tag_and_a_summary_and_its_errors_are_problems() {
    let document = document();
    let mut names = BTreeSet::new();
    for (path, method, operation) in operations(&document) {
        let at = format!("{method} {path}");
        assert!(names.insert(operation["operationId"].to_string()), "{at}: {}", operation["operationId"]);
        assert!(operation["tags"].as_array().is_some_and(|t| t.len() == 1), "{at} has no tag");
        assert!(operation["summary"].as_str().is_some_and(|s| !s.is_empty()), "{at} has no summary");
        for (status, response) in operation["responses"].as_object().expect("responses") {
            if !status.starts_with(['4', '5']) || path.starts_with("/health") {
                continue;
            }
            let types: Vec<&String> =
                response["content"].as_object().map(|c| c.keys().collect()).unwrap_or_default();
            assert_eq!(types, ["application/problem+json"], "{at} {status}");
        }
    }
    assert!(names.len() > 50);
}

#[test]
fn every_schema_that_is_referred_to_is_there() {
    let document = document();
    let mut missing = BTreeMap::new();
    refer(&document, &mut |to| {
        let name = to.trim_start_matches("#/components/schemas/");
        if document["components"]["schemas"].get(name).is_none() {
            *missing.entry(name.to_owned()).or_insert(0) += 1;
        }
    });
    assert_eq!(missing, BTreeMap::new());
}

fn refer(value: &Value, found: &mut impl FnMut(&str)) {
    match value {
        Value::Object(map) => {
            if let Some(Value::String(to)) = map.get("$ref") {
                found(to);
            }
            map.values().for_each(|v| refer(v, found));
        }
        Value::Array(list) => list.iter().for_each(|v| refer(v, found)),
        _ => {}
    }
}
