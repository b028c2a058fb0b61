//! What an update hit by mistake. It goes by places in a list, and others may move its entries between
//! our reading and our writing.

use std::collections::BTreeMap;

use inventory_common::cluster::{RawDocument, RawEntry};
use serde_json::{Map, Value};

use super::alike::{alike, at};
use super::entries::{Entry, overlay};
use super::next::NODE_DATA;

/// What entries said before they were hit by an update that was meant for others, by their ids, as far
/// as it was changed. What was appended over an entry that nobody here had seen is lost.
#[must_use]
pub fn struck(
    before: &RawDocument,
    update: &Map<String, Value>,
    after: &RawDocument,
) -> BTreeMap<String, Entry> {
    let (before, after) = (before.entries(), after.entries());
    let mut struck: BTreeMap<String, Entry> = BTreeMap::new();
    for (path, value) in update {
        let Some((place, path)) = place(path) else { continue };
        let (meant, hit) = (before.get(place).and_then(RawEntry::id), after.get(place));
        let Some((hit_id, hit)) = hit.and_then(|hit| Some((hit.id()?, hit))) else { continue };
        if meant == Some(hit_id) || !alike(at(&hit.value(), path), Some(value)) {
            continue;
        }
        let was = before.iter().find(|entry| entry.id() == Some(hit_id)).map(RawEntry::value);
        let Some(was) = was.as_ref().and_then(|entry| at(entry, path)) else { continue };
        let entry = struck.entry(hit_id.to_owned()).or_default();
        entry.insert("id".to_owned(), hit_id.into());
        overlay(entry, nested(path, was));
    }
    struck
}

/// The place in the list, and the path within the entry there.
fn place(path: &str) -> Option<(usize, &str)> {
    let (place, path) = path.strip_prefix(NODE_DATA)?.strip_prefix('.')?.split_once('.')?;
    Some((place.parse().ok()?, path))
}

/// The objects in which the value stands at this path.
fn nested(path: &str, value: &Value) -> Entry {
    let (key, value) = match path.split_once('.') {
        Some((key, rest)) => (key, nested(rest, value).into()),
        None => (path, value.clone()),
    };
    Map::from_iter([(key.to_owned(), value)])
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn cluster(entries: &Value) -> RawDocument {
        json!({ "nodes": { "nodeData": entries } }).into()
    }

    #[test]
    fn what_an_entry_said_that_moved_into_the_place_of_another_is_known() {
        let before = cluster(&json!([
            { "id": "a" }, { "id": "b" },
            { "id": "x", "memory": 7, "swap": 1, "vcpus": { "count": 2, "theirs": 3 } },
        ]));
        let update = json!({
            "nodes.nodeData.1.memory": 5, "nodes.nodeData.1.vcpus.count": 4,
            "nodes.nodeData.1.storage.size": 9, "nodes.count": 2, "nodes.nodeData.3": { "id": "n" },
        });
        let update = update.as_object().unwrap();
        let after = cluster(&json!([
            { "id": "b" },
            { "id": "x", "memory": 5, "swap": 1, "vcpus": { "count": 4, "theirs": 3 }, "storage": { "size": 9 } },
        ]));
        let was = json!({ "x": { "id": "x", "memory": 7, "vcpus": { "count": 2 } } });
        assert_eq!(json!(struck(&before, update, &after)), was);
        // Where nothing has moved, or the update did not come through, nothing was hit.
        assert!(struck(&before, update, &before).is_empty());
        let moved = cluster(&json!([{ "id": "b" }, { "id": "x", "memory": 7 }]));
        assert!(struck(&before, update, &moved).is_empty());
    }
}
