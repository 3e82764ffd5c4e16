//! Queues of agencies are bounded by bytes: by a policy of the broker, which changes nothing declared. Of several policies for a
//! queue the broker takes one, so that a policy of the broker's operator can stand before the hub's.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde_json::{Value, json};

use super::BusError;
use super::accounts::{Management, encoded};
use super::topology::MAX_WAITING_BYTES;

/// The policy that bounds agencies' queues by bytes.
const BYTES_POLICY: &str = "hub112-agency-bytes";
/// What of a policy bounds a queue by bytes.
const BOUND: &str = "max-length-bytes";

/// A policy of the broker's operator that stands before the hub's and bounds no bytes, and the queues of agencies that it is
/// in force for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Displaced {
    /// The policy.
    pub policy: String,
    /// The queues.
    pub queues: Vec<String>,
}

impl fmt::Display for Displaced {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { policy, queues } = self;
        let (first, most) = (queues.first().map_or("", String::as_str), MAX_WAITING_BYTES);
        write!(
            f,
            "the policy {policy} stands before {BYTES_POLICY} on {} queues of agencies ({first} …), which are bounded by \
             number alone and may fill the disk; give {policy} {BOUND} as well ({most} is the hub's), or a pattern that \
             leaves out ^agency\\.",
            queues.len()
        )
    }
}

#[derive(Deserialize)]
struct Queue {
    name: String,
    #[serde(default)]
    policy: Option<String>,
    /// An object; the broker writes an empty one as an empty list.
    #[serde(default)]
    effective_policy_definition: Value,
}

impl Management {
    /// Lets no queue of an agency hold more than so many bytes: beyond, its oldest messages become dead letters, as beyond
    /// the number that stands in its declaration. Our policy stands behind every other.
    ///
    /// # Errors
    /// [`BusError::Management`].
    pub async fn bound_agency_queues(&self, most_bytes: u64) -> Result<(), BusError> {
        let policy = json!({
            "pattern": r"^agency\.", "apply-to": "queues", "priority": -1,
            "definition": {BOUND: most_bytes},
        });
        self.put(&format!("policies/{}/{BYTES_POLICY}", encoded(self.vhost())), &policy).await
    }

    /// Policies that displace ours on queues of agencies and bound no bytes themselves.
    ///
    /// # Errors
    /// [`BusError::Management`].
    pub async fn displaced_bounds(&self) -> Result<Vec<Displaced>, BusError> {
        let columns = "columns=name,policy,effective_policy_definition";
        let queues: Vec<Queue> = self.get(&format!("queues/{}?{columns}", encoded(self.vhost()))).await?;
        Ok(displaced(queues))
    }
}

fn displaced(queues: Vec<Queue>) -> Vec<Displaced> {
    let mut of: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for Queue { name, policy, effective_policy_definition: definition } in queues {
        // Without any policy the hub has not set its own yet, and does when it starts.
        let Some(policy) = policy.filter(|policy| !policy.is_empty() && policy != BYTES_POLICY) else {
            continue;
        };
        if name.starts_with("agency.") && definition.get(BOUND).is_none() {
            of.entry(policy).or_default().push(name);
        }
    }
    of.into_iter().map(|(policy, queues)| Displaced { policy, queues }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_displaces_ours_where_it_stands_on_a_queue_of_an_agency_and_bounds_no_bytes() {
        let cases = [
            (
                "ours",
                json!({"name": "agency.75.police", "policy": BYTES_POLICY,
                "effective_policy_definition": {BOUND: 1}}),
                false,
            ),
            ("none yet", json!({"name": "agency.75.police", "effective_policy_definition": []}), false),
            ("none, in other words", json!({"name": "agency.75.police", "policy": null}), false),
            ("none, in others still", json!({"name": "agency.75.police", "policy": ""}), false),
            ("no agency's", json!({"name": "hub112.inbox.75", "policy": "all"}), false),
            (
                "it bounds bytes itself",
                json!({"name": "agency.75.police", "policy": "all",
                "effective_policy_definition": {BOUND: 7, "ha-mode": "all"}}),
                false,
            ),
            (
                "it bounds none",
                json!({"name": "agency.75.police", "policy": "all",
                "effective_policy_definition": {"max-length": 7}}),
                true,
            ),
        ];
        for (name, queue, is) in cases {
            let queue: Queue = serde_json::from_value(queue).expect("a queue");
            let found = displaced(vec![queue]);
            let expected =
                Displaced { policy: "all".to_owned(), queues: vec!["agency.75.police".to_owned()] };
            assert_eq!(found, if is { vec![expected] } else { vec![] }, "{name}");
        }
    }
}
