//! The OpenAPI document as it is published: full paths, operations with names of their own, problems as problems.

use utoipa::Modify;
use utoipa::openapi::path::{Operation, PathItem};
use utoipa::openapi::{OpenApi, Paths, RefOr};

/// Completes what the handlers say of themselves.
pub(super) struct Published;

const JSON: &str = "application/json";
const PROBLEM: &str = "application/problem+json";

impl Modify for Published {
    fn modify(&self, document: &mut OpenApi) {
        let paths = std::mem::take(&mut document.paths);
        let mut published = Paths::new();
        published.extensions = paths.extensions;
        for (path, mut item) in paths.paths {
            let at_root = path.starts_with("/health") || path == "/metrics";
            let path = if at_root { path } else { format!("/api/v1{path}") };
            for (method, operation) in operations(&mut item) {
                operation.operation_id = Some(name(method, &path));
                say_problems(operation);
            }
            published.paths.insert(path, item);
        }
        document.paths = published;
    }
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = (&'static str, &mut Operation)> {
    [("get", &mut item.get), ("put", &mut item.put), ("post", &mut item.post), ("delete", &mut item.delete)]
        .into_iter()
        .filter_map(|(method, operation)| Some((method, operation.as_mut()?)))
}

/// `GET /api/v1/incidents/{id}/timeline` is `get_incidents_timeline`, `GET /api/v1/incidents/{id}` is
/// `get_incidents_by_id`.
fn name(method: &str, path: &str) -> String {
    let mut words = vec![method.to_owned()];
    let segments: Vec<&str> =
        path.trim_start_matches("/api/v1").split('/').filter(|s| !s.is_empty()).collect();
    for (place, segment) in segments.iter().enumerate() {
        match segment.strip_prefix('{').and_then(|s| s.strip_suffix('}')) {
            Some(parameter) if place + 1 == segments.len() => words.push(format!("by_{parameter}")),
            Some(_) => {}
            None => words.push(segment.replace('-', "_")),
        }
    }
    words.join("_")
}

/// Every error is a problem document (RFC 9457), whatever the handler says of its media type.
fn say_problems(operation: &mut Operation) {
    for (status, response) in operation.responses.responses.iter_mut() {
        let is_error = status.starts_with(['4', '5']);
        let RefOr::T(response) = response else { continue };
        let is_problem = response.content.get(JSON).is_some_and(|content| match content {
            RefOr::T(content) => {
                matches!(&content.schema, Some(RefOr::Ref(to)) if to.ref_location.ends_with("/Problem"))
            }
            RefOr::Ref(_) => false,
        });
        if is_error
            && is_problem
            && let Some(content) = response.content.shift_remove(JSON)
        {
            response.content.insert(PROBLEM.to_owned(), content);
        }
    }
}
