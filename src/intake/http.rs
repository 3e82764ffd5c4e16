//! A message as JSON over HTTP.

use crate::api::Problem;
use crate::domain::message::Message;
use crate::domain::said::said;

/// Reads a message.
///
/// # Errors
/// A problem that says what is wrong with the bytes.
pub fn read(media_type: &str, body: &[u8]) -> Result<Message, Problem> {
    let essence = media_type.split(';').next().unwrap_or_default().trim();
    if !essence.eq_ignore_ascii_case("application/json") {
        return Err(Problem::new(
            "unsupported-media",
            said!("the body is of another kind; send {kind}", kind = "application/json"),
        ));
    }
    let text = std::str::from_utf8(body).map_err(|e| {
        Problem::new(
            "malformed",
            said!("the body is not UTF-8 at byte {byte}; send it as UTF-8", byte = e.valid_up_to()),
        )
    })?;
    serde_json::from_str(text).map_err(|e| Problem::of_json(&e))
}
