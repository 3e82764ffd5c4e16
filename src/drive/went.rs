//! The units that really went to a call, where its log has them, told in our services and capabilities.

use std::collections::BTreeMap;

use serde_json::Value;

/// Types of unit of the logs: which service they are of, and what they are sent for (nothing: any of the service).
const TYPES: &[(&str, &str, Option<&str>)] = &[
    ("ENGINE", "fire_rescue", Some("pump")),
    ("TRUCK", "fire_rescue", Some("ladder")),
    ("RESCUE SQUAD", "fire_rescue", Some("rescue_tools")),
    ("MEDIC", "ambulance", None),
    ("PRIVATE", "ambulance", None),
];

/// A kind of forces: a service, and what its units are sent for.
pub type Forces = (&'static str, Option<&'static str>);

/// How many units of each kind of forces went. Those who only lead, support or investigate are no forces.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Went(BTreeMap<Forces, u16>);

impl Went {
    /// One unit more, by its type in the log; whether it is of a type that counts.
    pub fn add(&mut self, kind: &str) -> bool {
        let found = TYPES.iter().find(|(name, ..)| *name == kind);
        if let Some((_, service, capability)) = found {
            *self.0.entry((service, *capability)).or_default() += 1;
        }
        found.is_some()
    }

    /// Two calls about one incident.
    pub fn and(&mut self, other: &Self) {
        for (forces, count) in &other.0 {
            *self.0.entry(*forces).or_default() += count;
        }
    }

    /// All units.
    #[must_use]
    pub fn units(&self) -> u64 {
        self.0.values().map(|count| u64::from(*count)).sum()
    }

    /// What went beyond what is asked for on a card.
    #[must_use]
    pub fn beyond(&self, card: &Value) -> Vec<(Forces, u16)> {
        let missing = |(forces, count): (&Forces, &u16)| {
            let missing = count.saturating_sub(asked(card, *forces));
            (missing > 0).then_some((*forces, missing))
        };
        self.0.iter().filter_map(missing).collect()
    }
}

/// How many units of a kind of forces are asked for on a card, or were.
fn asked(card: &Value, (service, capability): Forces) -> u16 {
    let requests = card["requests"].as_object().into_iter().flat_map(|all| all.values());
    let fitting = requests.filter(|request| {
        let stands = request["state"] != "cancelled" && request["state"] != "refused";
        let able = capability.is_none_or(|wanted| {
            request["capabilities"].as_array().is_some_and(|all| all.iter().any(|c| c == wanted))
        });
        stands && request["service"] == service && able
    });
    let counts = fitting.filter_map(|request| request["count"].as_u64());
    counts.sum::<u64>().try_into().unwrap_or(u16::MAX)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_went_beyond_the_plan_is_what_is_missing_on_the_card() {
        let mut went = Went::default();
        for kind in ["ENGINE", "ENGINE", "ENGINE", "TRUCK", "MEDIC"] {
            assert!(went.add(kind));
        }
        assert!(!went.add("CHIEF"), "who leads is no forces");
        assert_eq!(went.units(), 5);
        let request = |service: &str, capabilities: Value, count: u16, state: &str| json!({"service": service, "capabilities": capabilities, "count": count, "state": state});
        let card = json!({"requests": {
            "a": request("fire_rescue", json!(["pump"]), 2, "done"),
            "b": request("fire_rescue", json!(["ladder"]), 1, "refused"),
            "c": request("ambulance", json!(["cardiology"]), 1, "open"),
        }});
        let (pump, ladder) = (("fire_rescue", Some("pump")), ("fire_rescue", Some("ladder")));
        assert_eq!(went.beyond(&card), [(ladder, 1), (pump, 1)]);
        let mut both = went.clone();
        both.and(&went);
        assert_eq!(both.beyond(&card)[1], (ladder, 2));
        assert_eq!(both.beyond(&card)[2], (pump, 4));
    }
}
