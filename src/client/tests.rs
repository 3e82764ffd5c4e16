use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};

use super::*;

/// A door that refuses the first `faults` requests with a status, then answers with what it was asked.
fn door(faults: u32, status: u16) -> (String, Arc<AtomicU32>) {
    let asked = Arc::new(AtomicU32::new(0));
    let counted = asked.clone();
    let server = HttpServer::new(move || {
        let asked = counted.clone();
        App::new().default_service(web::to(move |request: HttpRequest, body: web::Bytes| {
            let turn = asked.fetch_add(1, Ordering::SeqCst);
            async move {
                if turn < faults {
                    let problem =
                        json!({"title": "Недопустимое значение", "detail": "no such", "field": "text"});
                    return HttpResponse::build(StatusCode::from_u16(status).unwrap())
                        .insert_header((RETRY_AFTER, "0"))
                        .json(problem);
                }
                if request.path() == "/api/v1/sign-in" {
                    return HttpResponse::Ok().json(json!({"token": "t-1"}));
                }
                let header = |name| request.headers().get(name).map(|v| v.to_str().unwrap().to_owned());
                HttpResponse::Created().json(json!({
                    "method": request.method().as_str(), "body": String::from_utf8_lossy(&body),
                    "token": header(AUTHORIZATION), "match": header(IF_MATCH), "none_match": header(IF_NONE_MATCH),
                }))
            }
        }))
    })
    .workers(1)
    .disable_signals()
    .bind(("127.0.0.1", 0))
    .unwrap();
    let url = format!("http://{}", server.addrs()[0]);
    actix_rt::spawn(server.run());
    (url, asked)
}

#[actix_rt::test]
async fn a_hub_that_asks_to_wait_is_asked_again() {
    for status in [429, 503] {
        let (url, asked) = door(2, status);
        let (code, answer) = Client::new(&url).post("/x", &json!({"a": 1})).await.unwrap();
        assert_eq!((code, answer["body"].as_str()), (201, Some(r#"{"a":1}"#)));
        assert_eq!(asked.load(Ordering::SeqCst), 3, "{status}");
    }
}

#[actix_rt::test]
async fn the_wait_is_bounded_and_ends_with_what_the_hub_said() {
    let (url, _) = door(u32::MAX, 503);
    let client = Client::new(&url).with_patience(Duration::from_millis(350));
    let refusal = client.get("/x").await.unwrap_err();
    assert!(matches!(refusal, ClientError::Refused { status: 503, .. }), "{refusal}");
}

#[actix_rt::test]
async fn a_refusal_is_final_and_readable() {
    let (url, asked) = door(1, 422);
    let refusal = Client::new(&url).put("/x", &json!({})).await.unwrap_err();
    assert_eq!(refusal.to_string(), "422 Недопустимое значение: no such (field text)");
    assert_eq!(asked.load(Ordering::SeqCst), 1);
}

#[actix_rt::test]
async fn the_token_of_the_sign_in_goes_with_every_request_and_changes_name_any_version() {
    let (url, _) = door(0, 500);
    let mut client = Client::new(&format!("{url}/"));
    client.sign_in("officer", "secret").await.unwrap();
    let (_, change) = client.change("/x", &json!({})).await.unwrap();
    assert_eq!((change["token"].as_str(), change["match"].as_str()), (Some("Bearer t-1"), Some("*")));
    let (_, put) = client.clone().put("/x", &json!({})).await.unwrap();
    assert_eq!((put["method"].as_str(), put["match"].as_str()), (Some("PUT"), Some("*")));
    let (_, made) = client.make("/x", &json!({})).await.unwrap();
    assert_eq!((made["none_match"].as_str(), made["match"].as_str()), (Some("*"), None));
}

#[actix_rt::test]
async fn nobody_at_home_is_said_after_the_patience() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let client = Client::new(&format!("http://{free}")).with_patience(Duration::from_millis(250));
    let fault = client.get("/x").await.unwrap_err();
    assert!(matches!(fault, ClientError::Unreachable { .. }), "{fault}");
}
