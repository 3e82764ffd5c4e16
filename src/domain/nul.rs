//! The character of number 0: JSON can write it, no text of the database can hold it, no screen shows it.

/// Whether a JSON text holds it, escaped.
#[must_use]
pub fn is_in_json(json: &str) -> bool {
    json.match_indices(r"\u0000").any(|(at, _)| {
        let before = json.as_bytes()[..at].iter().rev().take_while(|b| **b == b'\\').count();
        before % 2 == 0
    })
}

/// Whether the path or the query of an address holds it, percent-encoded.
#[must_use]
pub fn is_in_address(address: &str) -> bool {
    address.contains("%00")
}

/// A text in its place by U+FFFD, for what must be kept whatever it is.
#[must_use]
pub fn replaced(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_character_is_found_and_what_only_looks_like_it_is_not() {
        for (json, holds) in
            [(r#""a""#, false), (r#""a\u0000b""#, true), (r#""\\u0000""#, false), (r#""\\\u0000""#, true)]
        {
            assert_eq!(is_in_json(json), holds, "{json}");
        }
        for (address, holds) in
            [("/a?b=%00", true), ("/%00/a", true), ("/a?b=%2500", false), ("/a?b=000", false)]
        {
            assert_eq!(is_in_address(address), holds, "{address}");
        }
        assert_eq!(replaced("a\0b"), "a\u{fffd}b");
    }
}
