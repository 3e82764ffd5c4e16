//! The console's built files over HTTP: the only thing the hub serves to whom it does not know, besides health and
//! documents. Everything that the console shows comes through the interface, with its rights.

use std::path::{Path, PathBuf};

use actix_files::{Files, NamedFile, file_extension_to_mime};
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse, fn_service};
use actix_web::guard::{self, GuardContext};
use actix_web::http::Method;
use actix_web::http::header::{
    self, AcceptEncoding, ContentEncoding, Encoding, HeaderMap, HeaderName, HeaderValue,
};
use actix_web::middleware::{Compress, Next, from_fn};
use actix_web::{Error, HttpRequest, HttpResponse, ResponseError, web};

use crate::api::Problem;
use crate::domain::said::said;

/// The page that every address of the console answers with.
const PAGE: &str = "index.html";

/// Only what the hub serves, no frames, no plug-ins. Pictures as `data:` are the map's own symbols.
const POLICY: &str = "default-src 'self'; img-src 'self' data: blob:; worker-src 'self'; object-src 'none'; \
    base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Headers of every file.
const HEADERS: &[(&str, &str)] = &[
    ("content-security-policy", POLICY),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-opener-policy", "same-origin"),
    ("permissions-policy", "camera=(), microphone=(), geolocation=()"),
];

/// Where the built console lies, or why it is not served.
///
/// # Errors
/// One sentence for the log.
pub fn find(directory: &Path) -> Result<PathBuf, String> {
    let page = directory.join(PAGE);
    if page.is_file() {
        return Ok(directory.to_owned());
    }
    Err(format!(
        "the console is not served: {} is not there; build it with `npm ci && npm run build` in console/, or name its \
         directory in the setting console",
        page.display()
    ))
}

/// Serves the files of `directory`, and its page for every other address that a browser opens. To be configured
/// after every other route: it takes what they leave.
pub fn routes(config: &mut web::ServiceConfig, directory: &Path) {
    let page = directory.join(PAGE);
    let (assets, held) = (directory.join("assets"), directory.join("assets"));
    let packed = web::resource("/assets/{name}")
        .guard(guard::Any(guard::Get()).or(guard::Head()))
        .guard(guard::fn_guard(move |asked| is_packed(&held, asked)))
        .to(move |request: HttpRequest| packed(assets.clone(), request));
    let files = Files::new("/", directory).index_file(PAGE).default_handler(fn_service(
        move |request: ServiceRequest| {
            let page = page.clone();
            async move { address_of_the_console(request, &page).await }
        },
    ));
    config.service(
        web::scope("").wrap(from_fn(with_headers)).wrap(Compress::default()).service(packed).service(files),
    );
}

/// Where the packed form of a built file is that an address names; a name is one file of the build and leads nowhere else.
fn packed_form(assets: &Path, path: &str) -> Option<PathBuf> {
    let name = path.strip_prefix("/assets/")?;
    let plain =
        name.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b)) && !name.starts_with('.');
    plain.then(|| assets.join(format!("{name}.gz")))
}

/// Whether the build packed this file and the browser takes it so.
fn is_packed(assets: &Path, asked: &GuardContext<'_>) -> bool {
    let gzip = Encoding::gzip();
    let takes =
        asked.header::<AcceptEncoding>().and_then(|accepted| accepted.negotiate([gzip.clone()].iter()));
    takes == Some(gzip) && packed_form(assets, asked.head().uri.path()).is_some_and(|file| file.is_file())
}

/// What the build packed once, as small as it goes: packing anew for each desk at a change of shift would cost more
/// and give less.
async fn packed(assets: PathBuf, request: HttpRequest) -> Result<HttpResponse, Error> {
    let path = request.path();
    let file = packed_form(&assets, path).ok_or_else(|| actix_web::error::ErrorNotFound(""))?;
    let kind = file_extension_to_mime(path.rsplit('.').next().unwrap_or_default());
    let opened = NamedFile::open_async(file).await?;
    let file = opened.set_content_type(kind).set_content_encoding(ContentEncoding::Gzip);
    let mut response = file.into_response(&request);
    response.headers_mut().insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    Ok(response)
}

/// A browser that opens an address wants the page; whoever asks for a file that is not there is told so.
async fn address_of_the_console(request: ServiceRequest, page: &Path) -> Result<ServiceResponse, Error> {
    let (request, _) = request.into_parts();
    if is_opened(request.method(), request.path(), request.headers()) {
        let response = NamedFile::open_async(page).await?.into_response(&request);
        return Ok(ServiceResponse::new(request, response));
    }
    let problem =
        Problem::new("not-found", said!("there is nothing at this address; check it")).for_request(&request);
    Ok(ServiceResponse::new(request, problem.error_response()))
}

fn is_opened(method: &Method, path: &str, headers: &HeaderMap) -> bool {
    let of_the_interface = ["/api/", "/docs", "/health"].iter().any(|prefix| path.starts_with(prefix));
    let html =
        headers.get(header::ACCEPT).is_some_and(|a| a.as_bytes().windows(9).any(|w| w == b"text/html"));
    matches!(*method, Method::GET | Method::HEAD) && !of_the_interface && html
}

/// What is built has its content in its name and never changes; the page is asked for anew each time.
fn caching(path: &str) -> &'static str {
    if path.starts_with("/assets/") { "public, max-age=31536000, immutable" } else { "no-cache" }
}

async fn with_headers(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let cache = caching(request.path());
    let mut response = next.call(request).await?;
    let kept = response.status().is_success() || response.status().is_redirection();
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(if kept { cache } else { "no-store" }));
    Ok(response)
}

#[cfg(test)]
mod tests {
    use actix_web::App;
    use actix_web::http::StatusCode;
    use actix_web::test::{TestRequest, call_service, init_service, read_body};

    use super::*;

    /// A built console of three files.
    fn built(name: &str) -> PathBuf {
        let directory = std::env::temp_dir().join(format!("hub112-console-{name}-{}", std::process::id()));
        std::fs::create_dir_all(directory.join("assets")).expect("a directory");
        std::fs::write(directory.join(PAGE), "<!doctype html><title>112</title>").expect("the page");
        std::fs::write(directory.join("assets/app-1a2b.js"), "export {}").expect("a script");
        directory
    }

    async fn ask(directory: &Path, path: &str, accept: &str) -> (StatusCode, HeaderMap, String) {
        let directory = directory.to_owned();
        let app = init_service(App::new().configure(move |config| routes(config, &directory))).await;
        let request = TestRequest::get().uri(path).insert_header((header::ACCEPT, accept)).to_request();
        let response = call_service(&app, request).await;
        let (status, headers) = (response.status(), response.headers().clone());
        (status, headers, String::from_utf8_lossy(&read_body(response).await).into_owned())
    }

    fn of<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
        headers.get(name).and_then(|v| v.to_str().ok()).unwrap_or_default()
    }

    #[actix_web::test]
    async fn every_address_that_a_browser_opens_is_the_page() {
        let directory = built("page");
        for path in ["/", "/desk", "/desk/0198c0de-0000-7000-8000-000000000001"] {
            let (status, headers, body) = ask(&directory, path, "text/html,application/xhtml+xml").await;
            assert_eq!(status, StatusCode::OK, "{path}");
            assert!(body.contains("<title>112</title>"), "{path}");
            assert_eq!(of(&headers, "cache-control"), "no-cache", "{path}");
            assert!(of(&headers, "content-security-policy").starts_with("default-src 'self';"), "{path}");
        }
    }

    #[actix_web::test]
    async fn what_is_not_there_is_a_problem_and_no_page() {
        let directory = built("missing");
        for (path, accept) in [
            ("/assets/gone.js", "*/*"),
            ("/api/v1/secrets", "text/html"),
            ("/docs/none", "text/html"),
            ("/desk", "application/json"),
        ] {
            let (status, headers, body) = ask(&directory, path, accept).await;
            assert_eq!(status, StatusCode::NOT_FOUND, "{path}");
            assert_eq!(of(&headers, "content-type"), "application/problem+json", "{path}: {body}");
            assert_eq!(of(&headers, "cache-control"), "no-store", "{path}");
        }
    }

    #[actix_web::test]
    async fn a_built_file_is_kept_for_good_for_its_name_changes_with_it() {
        let directory = built("asset");
        let (status, headers, _) = ask(&directory, "/assets/app-1a2b.js", "*/*").await;
        assert_eq!(status, StatusCode::OK);
        assert!(of(&headers, "cache-control").contains("immutable"));
        assert_eq!(of(&headers, "x-content-type-options"), "nosniff");
    }

    #[actix_web::test]
    async fn what_the_build_packed_is_sent_as_it_is_to_whom_takes_it() {
        let directory = built("packed");
        std::fs::write(directory.join("assets/app-1a2b.js.gz"), "packed once").expect("its packed form");
        let directory_ = directory.clone();
        let app = init_service(App::new().configure(move |config| routes(config, &directory_))).await;
        for (takes, path, encoding, expected) in [
            ("gzip, deflate", "/assets/app-1a2b.js", "gzip", "packed once"),
            ("identity", "/assets/app-1a2b.js", "", "export {}"),
            ("gzip;q=0", "/assets/app-1a2b.js", "", "export {}"),
        ] {
            let request =
                TestRequest::get().uri(path).insert_header((header::ACCEPT_ENCODING, takes)).to_request();
            let response = call_service(&app, request).await;
            let headers = response.headers().clone();
            assert_eq!(response.status(), StatusCode::OK, "{takes}");
            assert!(of(&headers, "content-type").starts_with("text/javascript"), "{takes}: {headers:?}");
            assert!(of(&headers, "cache-control").contains("immutable"), "{takes}");
            assert_eq!(of(&headers, "content-encoding"), encoding, "{takes}");
            assert_eq!(read_body(response).await, expected, "{takes}");
        }
        for path in ["/assets/..%2f..%2fsecret", "/assets/.hidden", "/assets/../app", "/index.html"] {
            assert_eq!(packed_form(&directory, path), None, "{path}");
        }
    }

    #[actix_web::test]
    async fn nothing_outside_the_directory_is_served() {
        let directory = built("inside");
        std::fs::write(directory.with_extension("secret"), "secret").expect("a file beside it");
        let beside =
            format!("/..%2f{}", directory.with_extension("secret").file_name().expect("a name").display());
        for path in ["/../Cargo.toml", "/%2e%2e/Cargo.toml", &beside] {
            let (_, _, body) = ask(&directory, path, "*/*").await;
            assert!(!body.contains("secret") && !body.contains("[package]"), "{path}: {body}");
        }
    }

    #[test]
    fn a_console_that_is_not_built_is_told_with_what_to_do() {
        let said = find(Path::new("/nowhere/dist")).expect_err("there is none");
        assert!(said.contains("/nowhere/dist/index.html") && said.contains("npm run build"), "{said}");
    }
}
