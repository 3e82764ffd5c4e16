//! What stands before every handler below `/api/v1` and `/ogc`: who asks, whether the role may, and that every error is a
//! problem document, whoever found it.

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{ALLOW, CONTENT_TYPE, HeaderValue, WWW_AUTHENTICATE};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage, HttpResponse, ResponseError};

use super::auth::{self, Caller};
use super::looks;
use super::problem::{Problem, of_bytes};
use super::rights::{Door, allowed, door, shows_personal_data};
use super::route::{BASE, below_base, route};
use crate::domain::nul;
use crate::domain::said::said;

/// Admits a request or answers it with a problem.
///
/// # Errors
/// None of its own: what goes wrong is an answer.
pub(super) async fn admit(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let route = route(request.request());
    let methods = || route.as_deref().and_then(|route| allowed(below_base(route)));
    if request.method() == Method::OPTIONS
        && let Some(methods) = methods()
    {
        // Which methods there are is in the documents that everybody may read.
        let told = HttpResponse::NoContent().insert_header((ALLOW, methods)).finish();
        return Ok(request.into_response(told));
    }
    let admitted = pass(&request, route.as_deref().map(below_base)).await;
    if let Err(problem) = &admitted {
        let problem = problem.clone();
        let problem = problem.for_request(request.request());
        let mut refused = problem.error_response();
        if refused.status() == StatusCode::UNAUTHORIZED && auth::takes_passwords(request.request()) {
            // GIS programs ask for the password when they are told to. Who showed a token is not: a browser would open its own
            // sign-in above the console, and take every key for it.
            let challenge = HeaderValue::from_static(if auth::shows_token(request.request()) {
                "Bearer realm=\"hub112\", error=\"invalid_token\""
            } else {
                "Basic realm=\"hub112\", charset=\"UTF-8\""
            });
            refused.headers_mut().insert(WWW_AUTHENTICATE, challenge);
        }
        if refused.status() == StatusCode::METHOD_NOT_ALLOWED
            && let Some(Ok(methods)) = methods().map(HeaderValue::try_from)
        {
            refused.headers_mut().insert(ALLOW, methods);
        }
        return Ok(request.into_response(refused));
    }
    let response = next.call(request).await?.map_into_boxed_body();
    let status = response.status();
    // What is as it was, or elsewhere, is no error.
    if !status.is_client_error() && !status.is_server_error() {
        if let Ok(Some((operation, caller))) = admitted {
            looks::record(operation, caller, &response).await;
        }
        return Ok(response);
    }
    let found = response.response().error();
    let problem = match found.and_then(|e| e.as_error::<Problem>()) {
        Some(problem) => problem.clone(),
        // What a handler says in JSON it says on purpose: a problem.
        None if speaks_json(&response) => return Ok(response),
        None => found.and_then(of_bytes).unwrap_or_else(|| {
            Problem::of_status(response.status(), &found.map_or_else(String::new, ToString::to_string))
        }),
    };
    let problem = problem.for_request(response.request());
    let (request, _) = response.into_parts();
    Ok(ServiceResponse::new(request, problem.error_response()))
}

fn speaks_json(response: &ServiceResponse<BoxBody>) -> bool {
    response.headers().get(CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().ends_with(b"json"))
}

/// Who was admitted to see personal data, and by which operation.
async fn pass(request: &ServiceRequest, path: Option<&str>) -> Result<Option<(String, Caller)>, Problem> {
    // No text of the database can hold it, so nothing that there is can be meant. The maps of others say so in their own words.
    if request.path().starts_with(BASE) && nul::is_in_address(&request.uri().to_string()) {
        return Err(Problem::new(
            "invalid",
            said!("a text cannot hold the character of number 0; take it out"),
        ));
    }
    // An address without an operation is not found, for whomever.
    let Some(path) = path else { return Ok(None) };
    let roles = match door(request.method().as_str(), path) {
        Door::Open => return Ok(None),
        Door::OtherMethod => {
            let detail = said!(
                "{method} is not done at {path}; see {documents}",
                method = request.method(),
                path = path,
                documents = "/docs/"
            );
            return Err(Problem::new("method-not-allowed", detail));
        }
        Door::Roles(roles) => roles,
    };
    let caller = auth::caller(request.request()).await?;
    if !roles.contains(&caller.account.role) {
        return Err(Problem::of_roles(roles));
    }
    if nul::is_in_address(request.uri().path()) {
        return Err(Problem::new("not-found", said!("there is nothing at this address; check it")));
    }
    let method = request.method().as_str();
    let looks = shows_personal_data(method, path).then(|| (format!("{method} {path}"), caller.clone()));
    request.extensions_mut().insert(caller);
    Ok(looks)
}
