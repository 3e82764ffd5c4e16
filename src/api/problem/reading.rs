//! What cannot be read, said in the caller's language: the words of the readers of JSON, addresses and queries are
//! English sentences of few forms, and each form is a template here.

use actix_web::HttpRequest;
use actix_web::error::{JsonPayloadError, PathError, PayloadError, QueryPayloadError};

use super::Problem;
use crate::api::MAX_BODY;
use crate::domain::said::said;
use crate::domain::unfit::unfit;

impl Problem {
    /// A body that is no JSON, or JSON that does not fit.
    #[must_use]
    pub fn of_json(error: &serde_json::Error) -> Self {
        if error.is_data() {
            let words = error.to_string();
            return Self::new("invalid", unfit(&words)).parsed(&words);
        }
        let detail = if error.is_eof() {
            said!("the body ends too early; send the whole of it")
        } else {
            said!(
                "the body is not JSON at line {line}, column {column}; correct it there",
                line = error.line(),
                column = error.column()
            )
        };
        Self::new("malformed", detail).parsed(&error.to_string())
    }
}

/// A body that is longer than the interface reads.
fn too_large(limit: usize) -> Problem {
    Problem::new("too-large", said!("the body is too large; send at most {limit} bytes", limit = limit))
}

/// A body that could not be read as bytes: the reader of bytes has words of its own, and what is too large is too large
/// whoever reads it.
pub(in crate::api) fn of_bytes(error: &actix_web::Error) -> Option<Problem> {
    match error.as_error::<PayloadError>() {
        Some(PayloadError::Overflow) => Some(too_large(MAX_BODY)),
        _ => None,
    }
}

/// What extractors say, as problems.
pub(in crate::api) fn of_extractor(error: &actix_web::Error, request: &HttpRequest) -> Problem {
    use JsonPayloadError as J;
    if let Some(problem) = of_bytes(error) {
        return problem.for_request(request);
    }
    let problem = match error.as_error::<J>() {
        Some(J::ContentType) => Problem::new(
            "unsupported-media",
            said!("the body is of another kind; send {kind}", kind = "application/json"),
        ),
        Some(J::Overflow { limit } | J::OverflowKnownLength { limit, .. }) => too_large(*limit),
        Some(J::Payload(PayloadError::Overflow)) => too_large(MAX_BODY),
        Some(J::Deserialize(e)) => Problem::of_json(e),
        _ => {
            let query = error.as_error::<QueryPayloadError>().map(ToString::to_string);
            let words = query.or_else(|| error.as_error::<PathError>().map(ToString::to_string));
            let words = words.unwrap_or_else(|| error.to_string());
            // The readers put their own name in front of what they say.
            let from = words.find(": ").filter(|at| words.get(..*at).is_some_and(|s| s.ends_with("error")));
            let words = from.and_then(|at| words.get(at + 2..)).unwrap_or(&words);
            Problem::new("malformed", unfit(words)).parsed(words)
        }
    };
    problem.for_request(request)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Sent {
        #[serde(rename = "count")]
        _count: u32,
        #[serde(rename = "kind")]
        _kind: Option<Kind>,
    }

    #[derive(Debug, serde::Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Kind {
        Fire,
        Flood,
    }

    fn of(body: &str) -> (String, String) {
        let error = serde_json::from_str::<Sent>(body).err().map(|e| Problem::of_json(&e));
        let problem = error.unwrap_or_else(|| panic!("{body} was read"));
        (problem.kind.rsplit(':').next().unwrap_or_default().to_owned(), problem.detail.into())
    }

    #[test]
    fn what_does_not_fit_is_named_with_what_would() {
        let cases = [
            ("{}", "invalid", "the field count is missing; add it"),
            (r#"{"count":1,"n":2}"#, "invalid", "the field n is not known; these are: count, kind"),
            (
                r#"{"count":1,"kind":"war"}"#,
                "invalid",
                "war is no value of this field; these are: fire, flood",
            ),
            (r#"{"count":1,"count":1}"#, "invalid", "the field count stands twice; leave one"),
            (
                r#"{"count":"one"}"#,
                "invalid",
                "a value does not fit: found the text \"one\", expected a whole number of zero or more; correct it",
            ),
            ("{\"count\":\n 1,]", "malformed", "the body is not JSON at line 2, column 4; correct it there"),
            (r#"{"count":"#, "malformed", "the body ends too early; send the whole of it"),
        ];
        for (body, kind, detail) in cases {
            assert_eq!(of(body), (kind.to_owned(), detail.to_owned()), "{body}");
        }
    }
}
