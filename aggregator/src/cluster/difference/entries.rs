//! The entries of nodeData as AIOS stores them, where anything may stand.

use serde_json::{Map, Value};

/// One node, with what others have written beside its figures.
pub(super) type Entry = Map<String, Value>;

/// The entry's id; absent where it says none.
pub(super) fn id(entry: &Value) -> Option<&str> {
    entry.get("id").and_then(Value::as_str).filter(|id| !id.is_empty())
}

/// What stands in a stored cluster's nodeData.
pub(super) fn entries(stored: &Value) -> &[Value] {
    let list = stored.pointer("/nodes/nodeData").and_then(Value::as_array);
    list.map_or(&[], Vec::as_slice)
}

/// Puts what `wanted` says over what the entry says. Keys that only the entry has stay.
pub(super) fn overlay(entry: &mut Entry, wanted: &Entry) {
    for (key, wanted) in wanted {
        match (entry.get_mut(key), wanted) {
            (Some(Value::Object(entry)), Value::Object(wanted)) => overlay(entry, wanted),
            _ => drop(entry.insert(key.clone(), wanted.clone())),
        }
    }
}

/// Takes from `other` what the entry does not say.
pub(super) fn merge(entry: &mut Entry, other: &Entry) {
    for (key, value) in other {
        entry.entry(key.clone()).or_insert_with(|| value.clone());
    }
}

/// The ids that a stored cluster's entries have.
pub fn entry_ids(stored: &Value) -> impl Iterator<Item = &str> {
    entries(stored).iter().filter_map(id)
}
