//! A message whose id is known: the same once more, or another one that took its id.

use crate::domain::message::Message;
use crate::store::append::ReadTable;
use crate::store::database::{Pool, StoreError};
use crate::store::read_table;

/// What a message with a known id is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Again {
    /// The same message once more: a sender that was not sure.
    Same,
    /// Another message. To call it known would lose it.
    Another,
    /// The first one is not durable yet: nothing can be said of it.
    NotDurable,
}

/// Compares a message with the one that is kept under its id. A channel may stamp its repetition with a new time of
/// receipt.
///
/// # Errors
/// [`StoreError`].
pub async fn compare(database: &Pool, message: &Message) -> Result<Again, StoreError> {
    let Some(row) = read_table::find(database, ReadTable::Message, &message.id.to_string()).await? else {
        return Ok(Again::NotDurable);
    };
    let kept = kept(&row.state).map_err(|e| StoreError::Row { table: "message", reason: e.to_string() })?;
    Ok(if is_same(kept, message) { Again::Same } else { Again::Another })
}

/// The row is the message with its card.
fn kept(state: &str) -> Result<Message, serde_json::Error> {
    let mut row: serde_json::Map<String, serde_json::Value> = serde_json::from_str(state)?;
    row.remove("incident");
    serde_json::from_value(row.into())
}

fn is_same(mut kept: Message, message: &Message) -> bool {
    // The database keeps the value of a number and not how it was written.
    let questions = kept.answers.keys().eq(message.answers.keys());
    kept.answers.clone_from(&message.answers);
    kept.received_at = message.received_at;
    questions && kept == *message
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_repetition_with_a_new_time_is_the_same_and_other_words_are_another_message() {
        let row = |text: &str, at: &str, answers: serde_json::Value| {
            json!({"id": "0190c0de-0000-7000-8000-000000000000", "channel": "call", "received_at": at,
                "sender": {"kind": "person", "call_back": {"kind": "no_number"}}, "text": text,
                "answers": answers, "incident": "0190c0de-0000-7000-8000-000000000001"})
        };
        let read = |row: serde_json::Value| kept(&row.to_string()).unwrap();
        let first = read(row("пожар", "2026-03-01T10:00:00Z", json!({"floors": 100})));
        let is_same = |row| is_same(first.clone(), &read(row));
        assert!(is_same(row("пожар", "2026-03-01T10:05:00Z", json!({"floors": 1e2}))));
        assert!(!is_same(row("потоп", "2026-03-01T10:00:00Z", json!({"floors": 100}))));
        assert!(!is_same(row("пожар", "2026-03-01T10:00:00Z", json!({}))));
    }
}
