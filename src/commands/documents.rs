//! `hub112 openapi` and `hub112 asyncapi`: the contracts, printed.

use super::Failure;

/// Prints the OpenAPI document.
///
/// # Errors
/// [`Failure`] when it cannot be written as JSON.
pub fn openapi() -> Result<(), Failure> {
    println!("{}", crate::api::openapi().to_pretty_json().map_err(Failure::new)?);
    Ok(())
}

/// Prints the AsyncAPI document.
///
/// # Errors
/// [`Failure`] when it cannot be written as JSON.
pub fn asyncapi() -> Result<(), Failure> {
    let document = crate::bus::asyncapi::document();
    println!("{}", serde_json::to_string_pretty(&document).map_err(Failure::new)?);
    Ok(())
}
