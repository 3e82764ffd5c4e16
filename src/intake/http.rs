//! A message as JSON over HTTP.

use crate::domain::message::Message;

/// Why bytes are no message.
#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    /// They are said to be of another kind than JSON.
    #[error("the body is not said to be JSON")]
    Kind,
    /// They are not UTF-8.
    #[error("the body is not UTF-8 at byte {byte}")]
    NotUtf8 {
        /// Where the fault begins, bytes from the start.
        byte: usize,
    },
    /// They are not the JSON of a message.
    #[error(transparent)]
    Json(#[from] serde_json::Error),
}

/// Reads a message.
///
/// # Errors
/// [`Unreadable`], saying what is wrong with the bytes.
pub fn read(media_type: &str, body: &[u8]) -> Result<Message, Unreadable> {
    let essence = media_type.split(';').next().unwrap_or_default().trim();
    if !essence.eq_ignore_ascii_case("application/json") {
        return Err(Unreadable::Kind);
    }
    let text = std::str::from_utf8(body).map_err(|e| Unreadable::NotUtf8 { byte: e.valid_up_to() })?;
    Ok(serde_json::from_str(text)?)
}
