//! What must hold in the parts of a document where anybody may write anything.

use serde_json::{Map, Number, Value};

use super::flaw::{Flaw, MAX_NUMBER};

/// What is wrong with the object at `path`, at any depth.
pub(super) fn flaws(path: &str, object: &Map<String, Value>) -> Vec<Flaw> {
    object.iter().flat_map(|(key, value)| in_entry(path, key, value)).collect()
}

fn in_entry(path: &str, key: &str, value: &Value) -> Vec<Flaw> {
    let path = format!("{path}.{key}");
    let mut flaws: Vec<Flaw> =
        in_key(key).map(|problem| Flaw::new(&path, problem)).into_iter().collect();
    flaws.extend(in_value(&path, value));
    flaws
}

/// AIOS's database takes "." in a key for a path, and "$" for an operator, and refuses the whole
/// document.
fn in_key(key: &str) -> Option<String> {
    let cause = match key {
        "" => "is empty".to_owned(),
        _ if key.contains('.') => format!("the key '{key}' has a '.'"),
        _ if key.starts_with('$') => format!("the key '{key}' begins with '$'"),
        _ => return None,
    };
    Some(format!("{cause}, and AIOS refuses the whole document for it: rename it"))
}

fn in_value(path: &str, value: &Value) -> Vec<Flaw> {
    match value {
        Value::Object(object) => flaws(path, object),
        Value::Array(list) => {
            let items = list.iter().enumerate();
            items.flat_map(|(index, item)| in_value(&format!("{path}[{index}]"), item)).collect()
        }
        Value::Number(number) => in_number(path, number).into_iter().collect(),
        Value::Null | Value::Bool(_) | Value::String(_) => Vec::new(),
    }
}

/// What is wrong with a number.
pub(super) fn in_number(path: &str, number: &Number) -> Option<Flaw> {
    let size = number.as_i64().map(i64::unsigned_abs).or(number.as_u64())?;
    (size > MAX_NUMBER).then(|| Flaw::too_large(path, number))
}
