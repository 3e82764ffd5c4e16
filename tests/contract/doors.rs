//! No door is open by accident: every operation of the document is tried without an account, and as everybody who
//! may not.

use awc::http::Method;
use hub112::api::rights::RIGHTS;
use serde_json::Value;

use crate::hub::desk::{Desk, PASSWORD};
use crate::world::World;

/// What needs no account, and why: to sign in, to look whether the hub lives, to learn how the map is read and by which
/// letters and pictures it is drawn.
const OPEN: [&str; 9] = [
    "POST /api/v1/sign-in",
    "GET /health/live",
    "GET /health/ready",
    "GET /metrics",
    "GET /ogc/",
    "GET /ogc/api",
    "GET /ogc/conformance",
    "GET /api/v1/tiles/glyphs/{fonts}/{block}",
    "GET /api/v1/tiles/sprites/{file}",
];

fn operations() -> Vec<(Method, String)> {
    let document = serde_json::to_value(hub112::api::openapi()).expect("the document");
    let of_ogc = hub112::api::ogc::openapi();
    let ogc = of_ogc["paths"]
        .as_object()
        .expect("paths")
        .iter()
        .map(|(p, item)| (format!("/ogc{p}"), item.clone()));
    let paths = document["paths"].as_object().expect("paths").clone().into_iter().chain(ogc);
    let of = |(path, methods): (String, Value)| {
        let methods: Vec<String> = methods.as_object().expect("methods").keys().cloned().collect();
        methods
            .into_iter()
            .map(move |m| (m.to_uppercase().parse().expect("a method"), path.clone()))
            .collect::<Vec<_>>()
    };
    paths.flat_map(of).collect()
}

async fn status(desk: &Desk, method: &Method, path: &str, token: Option<&str>) -> (u16, String) {
    let path = path
        .replace("{id}", "0190c0de-0000-7000-8000-000000000000")
        .replace("{request}", "0190c0de-0000-7000-8000-000000000001")
        .replace("{featureId}", "0190c0de-0000-7000-8000-000000000000");
    let mut request = awc::Client::default().request(method.clone(), format!("{}{path}", desk.hub.url));
    if let Some(token) = token {
        request = request.insert_header(("Authorization", format!("Bearer {token}")));
    }
    let mut response = request.send().await.expect("an answer");
    let kind =
        response.headers().get("content-type").and_then(|v| v.to_str().ok()).unwrap_or_default().to_owned();
    let status = response.status().as_u16();
    if kind.starts_with("application/") {
        drop(response.body().await);
    }
    (status, kind)
}

#[actix_web::test]
async fn no_operation_is_open_without_an_account_and_none_to_a_role_without_the_right() {
    let desk = Desk::open(World::new().await).await;
    let agency =
        ["account", "put", "ambulance", "--role", "agency", "--region", "75", "--service", "ambulance"];
    assert!(desk.hub.run_with(&agency, PASSWORD).status.success());
    let mut tokens = Vec::new();
    for (name, role) in [
        ("duty_officer", "duty_officer"),
        ("manager", "manager"),
        ("administrator", "administrator"),
        ("ambulance", "agency"),
    ] {
        tokens.push((role, desk.token(name).await));
    }
    let operations = operations();
    assert!(operations.len() > 50);
    for (method, path) in operations {
        let at = format!("{method} {path}");
        if OPEN.contains(&at.as_str()) {
            continue;
        }
        for token in [None, Some("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef")] {
            let (status, kind) = status(&desk, &method, &path, token).await;
            assert_eq!((status, kind.as_str()), (401, "application/problem+json"), "{at} with {token:?}");
        }
        let short = path.trim_start_matches("/api/v1");
        let row = RIGHTS.iter().find(|(m, p, _)| *m == method.as_str() && *p == short);
        let (_, _, roles) = row.unwrap_or_else(|| panic!("{at} has no row in src/api/rights.rs"));
        for (role, token) in &tokens {
            if roles.iter().any(|r| r.as_str() == *role) {
                continue;
            }
            let (status, kind) = status(&desk, &method, &path, Some(token)).await;
            assert_eq!((status, kind.as_str()), (403, "application/problem+json"), "{at} as {role}");
        }
    }
}
