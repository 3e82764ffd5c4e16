//! `hub112 openapi` and `hub112 asyncapi`: the contracts, printed.

use std::io::{self, ErrorKind, Write};

use super::Failure;

/// Prints the OpenAPI document.
///
/// # Errors
/// [`Failure`] when it cannot be written as JSON.
pub fn openapi() -> Result<(), Failure> {
    print(&crate::api::openapi().to_pretty_json().map_err(Failure::new)?)
}

/// Prints the AsyncAPI document.
///
/// # Errors
/// [`Failure`] when it cannot be written as JSON.
pub fn asyncapi() -> Result<(), Failure> {
    let document = crate::bus::asyncapi::document();
    print(&serde_json::to_string_pretty(&document).map_err(Failure::new)?)
}

/// Prints a document. Whoever reads only its beginning (`| head`) has what they wanted.
fn print(document: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    match writeln!(out, "{document}").and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(Failure::new(error)),
        _ => Ok(()),
    }
}
