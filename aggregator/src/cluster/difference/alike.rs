//! When two values are the same for AIOS, and where they are not.

use serde_json::{Map, Number, Value};

/// Whether AIOS would give both for one: numbers by their value, and an empty object is absent.
pub(super) fn alike(a: Option<&Value>, b: Option<&Value>) -> bool {
    match (present(a), present(b)) {
        (None, None) => true,
        (Some(Value::Number(a)), Some(Value::Number(b))) => is_same_number(a, b),
        (Some(Value::Array(a)), Some(Value::Array(b))) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| alike(Some(a), Some(b)))
        }
        (Some(Value::Object(a)), Some(Value::Object(b))) => {
            a.keys().chain(b.keys()).all(|key| alike(a.get(key), b.get(key)))
        }
        (a, b) => a == b,
    }
}

/// AIOS leaves empty objects out of its answers.
fn present(value: Option<&Value>) -> Option<&Value> {
    value.filter(|value| !value.as_object().is_some_and(is_empty))
}

/// Whether there is nothing in it that AIOS would keep.
fn is_empty(object: &Map<String, Value>) -> bool {
    object.values().all(|value| present(Some(value)).is_none())
}

fn is_same_number(a: &Number, b: &Number) -> bool {
    a == b || (a.as_f64().is_some() && a.as_f64() == b.as_f64())
}

/// The paths below `path` at which `stored` lacks what `wanted` has, with what it should be. Keys
/// that only `stored` has are somebody else's.
pub(super) fn lacking(path: &str, stored: Option<&Value>, wanted: &Value) -> Vec<(String, Value)> {
    match (stored, wanted) {
        _ if alike(stored, Some(wanted)) => Vec::new(),
        (Some(Value::Object(stored)), Value::Object(wanted)) => {
            let keys = wanted.iter();
            keys.flat_map(|(key, value)| lacking(&format!("{path}.{key}"), stored.get(key), value))
                .collect()
        }
        _ => vec![(path.to_owned(), wanted.clone())],
    }
}

/// The value at a dotted path.
pub(super) fn at<'a>(value: &'a Value, path: &str) -> Option<&'a Value> {
    path.split('.').try_fold(value, |value, key| value.get(key))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_aios_gives_for_one_is_alike() {
        for (a, b) in [
            (json!(1), json!(1.0)),
            (json!({ "a": {} }), json!({})),
            (json!({ "a": { "b": {} }, "c": 1 }), json!({ "c": 1 })),
            (json!([{ "a": {} }, 2]), json!([{}, 2.0])),
        ] {
            assert!(alike(Some(&a), Some(&b)), "{a} {b}");
        }
        assert!(alike(None, Some(&json!({}))));
        for (a, b) in [
            (json!(1), json!("1")),
            (json!([1, 2]), json!([2, 1])),
            (json!([1]), json!([1, 1])),
            (json!({ "a": [] }), json!({})),
            (json!({ "a": null }), json!({})),
            (json!(9_007_199_254_740_993_u64), json!("9007199254740993")),
        ] {
            assert!(!alike(Some(&a), Some(&b)), "{a} {b}");
        }
    }

    #[test]
    fn only_what_is_lacking_is_named_and_as_deep_as_can_be() {
        let stored = json!({ "a": { "b": 1, "theirs": 2 }, "c": [1, 2], "d": null });
        let wanted = json!({ "a": { "b": 3 }, "c": [1, 3], "d": { "e": 1 }, "f": { "g": 1 } });
        let lacking = lacking("x", Some(&stored), &wanted);
        let paths: Vec<&str> = lacking.iter().map(|(path, _)| path.as_str()).collect();
        assert_eq!(paths, ["x.a.b", "x.c", "x.d", "x.f"]);
    }
}
