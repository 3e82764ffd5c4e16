//! What programs on the web expect of every address: HEAD answers as GET does, without the body (RFC 9110 §9.3.2), and pages
//! of other origins may read the map where the settings name them (the Fetch standard's CORS protocol).

use std::pin::Pin;
use std::task::{Context, Poll};

use actix_web::Error;
use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_METHOD, HeaderValue,
    ORIGIN, VARY,
};
use actix_web::middleware::Next;
use actix_web::{HttpResponse, web};
use bytes::Bytes;

use super::ApiState;

/// What a page of another origin may read: the map for other programs.
const SHARED: [&str; 2] = ["/ogc", "/api/v1/tiles"];

/// A body that is not sent; its size is told.
struct Unsent(BodySize);

impl MessageBody for Unsent {
    type Error = std::convert::Infallible;

    fn size(&self) -> BodySize {
        self.0
    }

    fn poll_next(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Bytes, Self::Error>>> {
        Poll::Ready(None)
    }
}

/// Serves HEAD as GET without the body.
///
/// # Errors
/// Those of what is behind it.
pub(super) async fn head_as_get(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    if request.method() != Method::HEAD {
        return Ok(next.call(request).await?.map_into_boxed_body());
    }
    request.head_mut().method = Method::GET;
    let response = next.call(request).await?;
    Ok(response.map_body(|_, body| Unsent(body.size()).boxed()))
}

/// Lets pages of the origins that the settings name read the map.
///
/// # Errors
/// Those of what is behind it.
pub(super) async fn shared(
    state: web::Data<ApiState>,
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let is_shared = |path: &str| {
        SHARED
            .iter()
            .any(|of| path.strip_prefix(of).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
    };
    let origins = &state.cross_origins;
    if origins.is_empty() || !is_shared(request.path()) {
        return Ok(next.call(request).await?.map_into_boxed_body());
    }
    let said = request.headers().get(ORIGIN).cloned();
    let origin = said.filter(|o| o.to_str().is_ok_and(|o| origins.iter().any(|known| known == o)));
    let asks_first =
        request.method() == Method::OPTIONS && request.headers().contains_key(ACCESS_CONTROL_REQUEST_METHOD);
    let mut response = if asks_first && origin.is_some() {
        let allowed = HttpResponse::NoContent()
            .insert_header((ACCESS_CONTROL_ALLOW_METHODS, "GET, HEAD"))
            .insert_header((
                ACCESS_CONTROL_ALLOW_HEADERS,
                "Authorization, Accept, Accept-Language, If-None-Match",
            ))
            .insert_header((ACCESS_CONTROL_MAX_AGE, "600"))
            .finish();
        request.into_response(allowed)
    } else {
        next.call(request).await?.map_into_boxed_body()
    };
    let headers = response.headers_mut();
    // Also where it is none of them: a cache must not give the one's answer to the other.
    headers.append(VARY, HeaderValue::from_static("Origin"));
    if let Some(origin) = origin {
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static("ETag, Link, Content-Crs"));
    }
    Ok(response)
}
