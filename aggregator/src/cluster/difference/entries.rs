//! The entries of nodeData as AIOS stores them, where anything may stand.

use serde_json::{Map, Value};

/// One node, with what others have written beside its figures.
pub(super) type Entry = Map<String, Value>;

/// Puts what `wanted` says over what the entry says. Keys that only the entry has stay. Answers
/// whether it says something else now.
pub(super) fn overlay(entry: &mut Entry, wanted: Entry) -> bool {
    let mut has_changed = false;
    for (key, wanted) in wanted {
        has_changed |= match (entry.get_mut(&key), wanted) {
            (Some(Value::Object(entry)), Value::Object(wanted)) => overlay(entry, wanted),
            (Some(value), wanted) if *value == wanted => false,
            (_, wanted) => {
                entry.insert(key, wanted);
                true
            }
        }
    }
    has_changed
}

/// Takes from `other` what the entry does not say.
pub(super) fn merge(entry: &mut Entry, other: Entry) {
    for (key, value) in other {
        entry.entry(key).or_insert(value);
    }
}
