//! A short stand-in for the state of a row, by which two are compared without keeping either.

use std::hash::{DefaultHasher, Hash, Hasher};

use serde_json::{Number, Value};

/// A digest per top-level field, by name; an empty name stands for a state that is no object.
pub(super) type Fields = Vec<(Box<str>, u64)>;

/// The digest of a state. The order of keys does not count, nor how a number is written: PostgreSQL orders and
/// writes them its own way.
pub(super) fn fields(state: &str) -> Result<Fields, serde_json::Error> {
    let mut fields: Fields = match serde_json::from_str(state)? {
        Value::Object(object) => {
            object.iter().map(|(name, value)| (name.as_str().into(), one(value))).collect()
        }
        other => vec![("".into(), one(&other))],
    };
    fields.sort();
    Ok(fields)
}

/// The names of fields that differ.
pub(super) fn differing(one: &Fields, other: &Fields) -> Vec<String> {
    let names = |fields: &Fields, in_other: &Fields| -> Vec<String> {
        fields.iter().filter(|field| !in_other.contains(field)).map(|(name, _)| name.to_string()).collect()
    };
    let mut all = names(one, other);
    all.extend(names(other, one));
    all.sort();
    all.dedup();
    all
}

/// Whether every field of the one is a field of the other, whatever they say.
pub(super) fn within(one: &Fields, other: &Fields) -> bool {
    one.iter().all(|(name, _)| other.binary_search_by(|(of, _)| of.cmp(name)).is_ok())
}

/// Whether two are one number, however they are written.
pub(super) fn same_number(one: &Number, other: &Number) -> bool {
    bits(one) == bits(other)
}

/// -0.0 and 0.0 are one number to PostgreSQL.
fn bits(number: &Number) -> u64 {
    (number.as_f64().unwrap_or(f64::NAN) + 0.0).to_bits()
}

fn one(value: &Value) -> u64 {
    let mut hasher = DefaultHasher::new();
    feed(value, &mut hasher);
    hasher.finish()
}

fn feed(value: &Value, hasher: &mut DefaultHasher) {
    match value {
        Value::Null => 0_u8.hash(hasher),
        Value::Bool(b) => (1_u8, b).hash(hasher),
        Value::Number(n) => (2_u8, bits(n)).hash(hasher),
        Value::String(s) => (3_u8, s).hash(hasher),
        Value::Array(items) => {
            (4_u8, items.len()).hash(hasher);
            items.iter().for_each(|item| feed(item, hasher));
        }
        Value::Object(object) => {
            (5_u8, object.len()).hash(hasher);
            let mut names: Vec<&String> = object.keys().collect();
            names.sort();
            for name in names {
                name.hash(hasher);
                feed(&object[name], hasher);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_of_keys_and_the_writing_of_numbers_do_not_count_and_everything_else_does() {
        let state = r#"{"a":1.50,"b":{"x":[1e2,null],"y":"z"},"c":-0.0}"#;
        let digest = |s: &str| fields(s).expect("json");
        let same = r#"{"c": 0, "b": {"y": "z", "x": [100, null]}, "a": 1.5}"#;
        assert_eq!(differing(&digest(state), &digest(same)), Vec::<String>::new());
        let other = r#"{"a":1.50,"b":{"x":[1e2],"y":"z"},"d":1}"#;
        assert_eq!(differing(&digest(state), &digest(other)), ["b", "c", "d"]);
    }
}
