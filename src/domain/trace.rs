//! W3C trace context: one trace runs through a request, the journal, the broker and an agency.

/// Whether a text is a `traceparent` of the version that is known (00).
#[must_use]
pub fn is_traceparent(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let hex = |s: &str, len: usize| {
        s.len() == len && s.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
    };
    let some = |s: &str| s.bytes().any(|b| b != b'0');
    matches!(parts.as_slice(), ["00", t, s, f] if hex(t, 32) && some(t) && hex(s, 16) && some(s) && hex(f, 2))
}

/// The part of a `traceparent` that all its requests and messages have in common: 32 hexadecimal digits.
#[must_use]
pub fn id(traceparent: &str) -> &str {
    traceparent.split('-').nth(1).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_standard_calls_invalid_is_no_trace() {
        let good = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        assert!(is_traceparent(good));
        assert_eq!(id(good), "4bf92f3577b34da6a3ce929d0e0e4736");
        for bad in [
            "",
            "00-trace",
            "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
            "00-4bf92f3577b34da6a3ce929d0e0e473\0-00f067aa0ba902b7-01",
        ] {
            assert!(!is_traceparent(bad), "{bad}");
        }
    }
}
