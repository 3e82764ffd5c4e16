//! What stands before every handler below `/api/v1`: who asks, whether the role may, and that every error is a
//! problem document, whoever found it.

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::CONTENT_TYPE;
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage, ResponseError};

use super::auth;
use super::problem::Problem;
use super::rights::{Door, door};

/// Admits a request or answers it with a problem.
///
/// # Errors
/// None of its own: what goes wrong is an answer.
pub(super) async fn admit(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    if let Err(problem) = pass(&request).await {
        let problem = problem.for_request(request.request());
        return Ok(request.into_response(problem.error_response()));
    }
    let response = next.call(request).await?.map_into_boxed_body();
    // What a handler says in JSON it says on purpose: a problem, or an error of the contract with the agencies.
    let said = response.headers().get(CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().ends_with(b"json"));
    if response.status().is_success() || said {
        return Ok(response);
    }
    let detail = response.response().error().map_or_else(String::new, ToString::to_string);
    let problem = Problem::of_status(response.status(), detail).for_request(response.request());
    let (request, _) = response.into_parts();
    Ok(ServiceResponse::new(request, problem.error_response()))
}

async fn pass(request: &ServiceRequest) -> Result<(), Problem> {
    // An address without an operation is not found, for whomever.
    let Some(pattern) = request.match_pattern() else { return Ok(()) };
    let path = pattern.strip_prefix("/api/v1").unwrap_or(&pattern);
    let roles = match door(request.method().as_str(), path) {
        Door::Open => return Ok(()),
        Door::OtherMethod => {
            let detail = format!("{} is not done at {path}; see /docs/", request.method());
            return Err(Problem::new("method-not-allowed", detail));
        }
        Door::Roles(roles) => roles,
    };
    let caller = auth::caller(request.request()).await?;
    if !roles.contains(&caller.account.role) {
        let names: Vec<&str> = roles.iter().map(|r| r.as_str()).collect();
        let detail = if names.is_empty() {
            "no role may do this".to_owned()
        } else {
            format!("this needs the role {}", names.join(" or "))
        };
        return Err(Problem::new("forbidden", detail));
    }
    request.extensions_mut().insert(caller);
    Ok(())
}
