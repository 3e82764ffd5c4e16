//! The address of a request as the documents write it: `/incidents/{id}` for every card.

use std::collections::HashSet;
use std::sync::LazyLock;

use actix_web::HttpRequest;

use super::rights::addresses;

/// Below which most of the interface lies.
pub(super) const BASE: &str = "/api/v1";

/// Addresses without a part that changes: written as they are asked for.
static FIXED: LazyLock<HashSet<&str>> =
    LazyLock::new(|| addresses().filter(|at| !at.contains('{')).collect());

/// The address as the documents write it, with what it lies below; `None` where nothing is. Most requests go to an address
/// that is written as it is asked for: only for the others is what was matched sought again among all addresses.
pub(super) fn route(request: &HttpRequest) -> Option<String> {
    let path = request.path();
    if path.strip_prefix(BASE).is_some_and(|below| FIXED.contains(below)) {
        return Some(path.to_owned());
    }
    request.match_pattern()
}

/// The same below [`BASE`], where it lies there.
pub(super) fn below_base(route: &str) -> &str {
    route.strip_prefix(BASE).unwrap_or(route)
}

#[cfg(test)]
mod tests {
    use actix_web::test::{TestRequest, call_service, init_service};
    use actix_web::{App, HttpRequest, HttpResponse, web};

    use super::{FIXED, route};

    async fn told(request: HttpRequest) -> HttpResponse {
        HttpResponse::Ok().body(route(&request).unwrap_or_default())
    }

    #[actix_web::test]
    async fn an_address_is_named_as_the_documents_write_it() {
        let scope = web::scope("/api/v1")
            .route("/messages", web::post().to(told))
            .route("/incidents/{id}", web::get().to(told))
            .default_service(web::to(told));
        let app = init_service(App::new().service(scope)).await;
        for (request, named) in [
            (TestRequest::post().uri("/api/v1/messages?region=75"), "/api/v1/messages"),
            (TestRequest::get().uri("/api/v1/incidents/7"), "/api/v1/incidents/{id}"),
        ] {
            let body =
                actix_web::body::to_bytes(call_service(&app, request.to_request()).await.into_body()).await;
            assert_eq!(body.unwrap_or_default(), named);
        }
        assert!(FIXED.contains("/messages") && !FIXED.contains("/incidents/{id}"));
    }
}
