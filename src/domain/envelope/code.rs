//! Coded errors: what is refused is told to its sender with a code that a program can act on.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

use crate::domain::ids::DistributionId;

macro_rules! codes {
    ($($(#[doc = $doc:literal])* $name:ident = $text:literal),+ $(,)?) => {
        /// Why a message was refused.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum ErrorCode {
            $($(#[doc = $doc])* #[serde(rename = $text)] $name),+
        }

        impl ErrorCode {
            /// Every code, in the order of the document.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// The code as it is written on the wire.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text),+ }
            }

            /// What it means, in a sentence.
            #[must_use]
            pub fn meaning(self) -> &'static str {
                match self { $(Self::$name => concat!($($doc),*).trim_ascii()),+ }
            }
        }
    };
}

/// Written out, because the derived schema does not see the names that a macro gives to the values: the documents must
/// say what stands on the wire.
impl PartialSchema for ErrorCode {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some("Why a message was refused."))
            .enum_values(Some(Self::ALL.iter().map(|code| code.as_str())))
            .into()
    }
}

impl ToSchema for ErrorCode {
    fn name() -> Cow<'static, str> {
        "contract.ErrorCode".into()
    }
}

codes! {
    /// The body is no JSON, or its head lacks a field or has one of a wrong type.
    MalformedEnvelope = "malformed_envelope",
    /// The content does not fit the schema of its content type.
    MalformedContent = "malformed_content",
    /// The content type is not one that the recipient takes.
    UnknownContentType = "unknown_content_type",
    /// The kind (report, request, ack …) does not fit the content type.
    KindMismatch = "kind_mismatch",
    /// The contract version is of another major, or newer than the recipient's.
    UnsupportedVersion = "unsupported_version",
    /// The body, a text or a list is longer than the contract allows.
    TooLarge = "too_large",
    /// The broker account is not that of the sender named.
    SenderMismatch = "sender_mismatch",
    /// The sender is no registered service of the region.
    UnknownService = "unknown_service",
    /// The recipients do not include the one who received it.
    NotAddressed = "not_addressed",
    /// There is no such incident.
    UnknownIncident = "unknown_incident",
    /// There is no such forces request.
    UnknownRequest = "unknown_request",
    /// There is no such unit, or it is not the sender's.
    UnknownUnit = "unknown_unit",
    /// The message, directive or check referenced was never sent to the sender.
    UnknownReference = "unknown_reference",
    /// The request, incident or directive exists, but was not addressed to the sender.
    NotAddressedToSender = "not_addressed_to_sender",
    /// A reference is needed and absent.
    MissingReference = "missing_reference",
    /// An agency saw a sequence that skips: it asks for what is missing.
    SequenceGap = "sequence_gap",
    /// A message contradicts one that came before it (arrived before departed, released and then arrived).
    OutOfOrder = "out_of_order",
    /// An exercise or a test answers something real, or the reverse: answer with the status that you were sent.
    StatusMismatch = "status_mismatch",
    /// The request is over: refused by the sender, withdrawn, or its units released. It is asked anew under another one.
    RequestEnded = "request_ended",
    /// The same distribution id came with another content.
    Duplicate = "duplicate",
    /// The message was past its `expires_at` when it was read.
    Expired = "expired",
    /// A point is outside the country.
    PlaceOutsideCountry = "place_outside_country",
    /// A time lies in the future by more than clocks may differ.
    TimeInFuture = "time_in_future",
    /// A refusal of an order, or another act that needs a reason, came without one (112-R c.6(5)).
    ReasonRequired = "reason_required",
    /// The rules give the sender no such act (112-R c.5: security and telecom owe no forces).
    NotPermitted = "not_permitted",
    /// It conflicts with the state of the incident, request or unit (closed, cancelled, engaged elsewhere).
    Conflict = "conflict",
    /// A unit named in the answer is held for, or engaged under, another request: name another unit, or answer that
    /// request first.
    UnitTaken = "unit_taken",
    /// The recipient cannot take it now; the same message may be sent again.
    Unavailable = "unavailable",
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A refusal, in either direction. The head's `references` names the message refused, where its id was readable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = contract::Error)]
pub struct ErrorContent {
    /// Why.
    pub code: ErrorCode,
    /// The same for a person: which field, which value, what would be right.
    #[schema(max_length = 2000)]
    pub detail: String,
    /// The message refused, where its id was readable.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub references: Option<DistributionId>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documents_say_the_codes_as_they_stand_on_the_wire() {
        let said = serde_json::to_value(ErrorCode::schema()).unwrap();
        let wire: Vec<_> = ErrorCode::ALL.iter().map(|code| serde_json::to_value(code).unwrap()).collect();
        assert_eq!(said["enum"], serde_json::Value::Array(wire));
        assert!(ErrorCode::ALL.iter().all(|code| serde_json::to_value(code).unwrap() == code.as_str()));
    }
}
