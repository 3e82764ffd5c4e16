//! What is decided, as the text that is kept of it.

use serde::Serialize;

use crate::domain::decision::Refusal;
use crate::domain::nul;
use crate::domain::said::said;

/// An event as JSON that the database takes.
///
/// # Errors
/// [`Refusal`]: a character of number 0 stands in no text of the database, nor on any screen.
pub fn written(event: &impl Serialize) -> Result<String, Refusal> {
    let text = serde_json::to_string(event).map_err(|e| {
        tracing::error!(error = %e, "an event cannot be written");
        Refusal::conflict(said!("an event cannot be written; nothing has changed; tell the administrator"))
    })?;
    if nul::is_in_json(&text) {
        return Err(Refusal::invalid(
            "text",
            said!("a text cannot hold the character of number 0; take it out"),
        ));
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_character_is_refused_and_what_only_looks_like_it_is_not() {
        for (text, fits) in [("горит", true), ("a\0b", false), (r"\u0000", true), ("\\\0", false)] {
            assert_eq!(written(&text).is_ok(), fits, "{text:?}");
        }
    }
}
