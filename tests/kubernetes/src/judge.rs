//! What must hold at any time, whatever goes wrong: from what was seen before and after to what is wrong
//! with it, a line each. Pure.

pub mod copy;
pub mod objects;
pub mod writes;

use std::collections::BTreeMap;

use serde_json::Value;

/// What is true of each node that is ours, by its name, which is its id: its nodeData. It does not change.
pub type Truth = BTreeMap<String, Value>;

/// Whether AIOS would give both for one: it keeps numbers as JavaScript has them.
fn alike(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => a == b || a.as_f64() == b.as_f64(),
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| alike(a, b))
        }
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(key, a)| b.get(key).is_some_and(|b| alike(a, b)))
        }
        (a, b) => a == b,
    }
}
