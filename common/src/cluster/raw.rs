//! A cluster's document whatever stands in it, small in memory: the entries of its nodes are kept as
//! text. The tree of an entry with eight GPUs takes ten times as much.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::de::Error as _;
use serde::ser::{Error as _, SerializeMap};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::Document;
use crate::NodeData;

/// What a document says of its nodes.
const NODES: &str = "nodes";

/// The list of their entries in it.
const LIST: &str = "nodeData";

/// A cluster's document, sent or stored, with whatever anybody wrote there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawDocument {
    /// An object. Where it has a list of entries, the list is empty.
    rest: Value,
    entries: Vec<RawEntry>,
}

impl RawDocument {
    /// All but the nodes' entries, of which the list is empty.
    #[must_use]
    pub fn rest(&self) -> &Value {
        &self.rest
    }

    /// What stands in the list of the nodes' entries.
    #[must_use]
    pub fn entries(&self) -> &[RawEntry] {
        &self.entries
    }

    /// The ids that its entries have.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.entries.iter().filter_map(RawEntry::id)
    }

    /// The same with each value changed, those of the entries too.
    #[must_use]
    pub fn map(&self, change: impl Fn(&Value) -> Value) -> Self {
        let entries = self.entries.iter().map(|entry| RawEntry::from(change(&entry.value())));
        Self { rest: change(&self.rest), entries: entries.collect() }
    }
}

/// One entry of a list of nodes: a node's, or whatever anybody wrote there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawEntry {
    id: Option<Box<str>>,
    text: Arc<str>,
}

impl RawEntry {
    /// The node's id; absent where it says none, which no node's entry does.
    #[must_use]
    pub fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// What it says.
    #[must_use]
    pub fn value(&self) -> Value {
        // It was read before, or was a value.
        serde_json::from_str(&self.text).unwrap_or_default()
    }

    /// What it says of a node; absent where it has no id.
    #[must_use]
    pub fn node(&self) -> Option<Map<String, Value>> {
        match self.value() {
            Value::Object(node) if self.id.is_some() => Some(node),
            _ => None,
        }
    }

    /// The entry that says these figures and nothing else.
    pub fn of(node: &NodeData) -> serde_json::Result<Self> {
        serde_json::to_value(node).map(Self::from)
    }

    fn read(text: &RawValue) -> serde_json::Result<Self> {
        Ok(Self::new(&value(text)?, text.get()))
    }

    fn new(value: &Value, text: &str) -> Self {
        let id = value.get("id").and_then(Value::as_str).filter(|id| !id.is_empty());
        Self { id: id.map(Box::from), text: text.into() }
    }
}

impl From<Value> for RawEntry {
    fn from(value: Value) -> Self {
        Self::new(&value, &value.to_string())
    }
}

impl From<Map<String, Value>> for RawEntry {
    fn from(node: Map<String, Value>) -> Self {
        Value::from(node).into()
    }
}

impl From<Value> for RawDocument {
    fn from(mut rest: Value) -> Self {
        let entries = list_in(&mut rest).map(std::mem::take).unwrap_or_default();
        Self { rest, entries: entries.into_iter().map(RawEntry::from).collect() }
    }
}

impl From<&RawDocument> for Value {
    fn from(document: &RawDocument) -> Self {
        let mut whole = document.rest.clone();
        if let Some(list) = list_in(&mut whole) {
            list.extend(document.entries.iter().map(RawEntry::value));
        }
        whole
    }
}

/// The list of entries; absent where there is none.
fn list_in(document: &mut Value) -> Option<&mut Vec<Value>> {
    document.get_mut(NODES)?.get_mut(LIST)?.as_array_mut()
}

impl TryFrom<Document> for RawDocument {
    type Error = serde_json::Error;

    fn try_from(mut document: Document) -> serde_json::Result<Self> {
        let nodes = std::mem::take(&mut document.nodes.node_data);
        let entry = |node| serde_json::to_value(node).map(RawEntry::from);
        let entries = nodes.into_iter().map(entry).collect::<Result<_, _>>()?;
        Ok(Self { rest: serde_json::to_value(document)?, entries })
    }
}

impl<'de> Deserialize<'de> for RawDocument {
    /// Reads JSON's own text only, and of that an object.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut entries = Vec::new();
        let rest = BTreeMap::<String, &'de RawValue>::deserialize(deserializer)?;
        let rest = rest.into_iter().map(|(key, raw)| {
            let value = if key == NODES { nodes(raw, &mut entries) } else { value(raw) };
            Ok((key, value?))
        });
        let rest: serde_json::Result<Map<_, _>> = rest.collect();
        Ok(Self { rest: rest.map_err(D::Error::custom)?.into(), entries })
    }
}

/// What is said of the nodes, without their entries.
fn nodes(raw: &RawValue, entries: &mut Vec<RawEntry>) -> serde_json::Result<Value> {
    let Ok(parts) = serde_json::from_str::<BTreeMap<String, &RawValue>>(raw.get()) else {
        return value(raw);
    };
    let parts = parts.into_iter().map(|(key, raw)| match list(&key, raw) {
        Some(list) => {
            *entries = list.into_iter().map(RawEntry::read).collect::<Result<_, _>>()?;
            Ok((key, Value::Array(Vec::new())))
        }
        None => Ok((key, value(raw)?)),
    });
    parts.collect::<Result<Map<_, _>, _>>().map(Value::from)
}

/// The entries, where they are a list.
fn list<'a>(key: &str, raw: &'a RawValue) -> Option<Vec<&'a RawValue>> {
    (key == LIST).then(|| serde_json::from_str(raw.get()).ok()).flatten()
}

fn value(raw: &RawValue) -> serde_json::Result<Value> {
    serde_json::from_str(raw.get())
}

impl Serialize for RawDocument {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let nodes = |nodes| NodesOf { nodes, entries: &self.entries };
        with(&self.rest, NODES, nodes, serializer)
    }
}

/// What is said of the nodes, with their entries.
struct NodesOf<'a> {
    nodes: &'a Value,
    entries: &'a [RawEntry],
}

impl Serialize for NodesOf<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.nodes.get(LIST) {
            Some(Value::Array(_)) => with(self.nodes, LIST, |_| self.entries, serializer),
            _ => self.nodes.serialize(serializer),
        }
    }
}

/// Writes the object with something else for the value of a key.
fn with<'a, S: Serializer, T: Serialize>(
    object: &'a Value,
    key: &str,
    other: impl Fn(&'a Value) -> T,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let Value::Object(object) = object else { return object.serialize(serializer) };
    let mut map = serializer.serialize_map(Some(object.len()))?;
    for (name, value) in object {
        if name == key {
            map.serialize_entry(name, &other(value))?;
        } else {
            map.serialize_entry(name, value)?;
        }
    }
    map.end()
}

impl Serialize for RawEntry {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let text: &RawValue = serde_json::from_str(&self.text).map_err(S::Error::custom)?;
        text.serialize(serializer)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const TEXT: &str = r#"{"id": "c", "nodes": {"count": 2.0, "nodeData": [
        {"id": "a", "memory": 1, "tags": []}, null, {"id": ""}, {"memory": 2}]}, "x": null}"#;

    fn read(text: &str) -> serde_json::Result<RawDocument> {
        serde_json::from_str(text)
    }

    #[test]
    fn a_document_comes_back_whatever_stands_in_it() {
        for text in [
            TEXT,
            "{}",
            r#"{"nodes": null}"#,
            r#"{"nodes": []}"#,
            r#"{"nodes": {"nodeData": {}}}"#,
            r#"{"nodes": {"nodeData": [], "count": 0}, "nodeData": [1]}"#,
        ] {
            let value: Value = serde_json::from_str(text).unwrap();
            let read = read(text).unwrap();
            assert_eq!(Value::from(&read), value);
            assert_eq!(serde_json::to_value(&read).unwrap(), value);
            let made = RawDocument::from(value.clone());
            assert_eq!((made.rest(), Value::from(&made)), (read.rest(), value.clone()));
            assert_eq!(serde_json::to_string(&made).unwrap(), value.to_string());
        }
    }

    #[test]
    fn only_an_entry_with_an_id_is_a_node() {
        let document = read(TEXT).unwrap();
        assert!(document.ids().eq(["a"]));
        let nodes: Vec<_> = document.entries().iter().filter_map(RawEntry::node).collect();
        assert_eq!(nodes.len(), 1);
        assert_eq!(nodes[0]["memory"], 1);
        assert_eq!(document.entries()[1].value(), Value::Null);
    }

    #[test]
    fn what_no_value_can_hold_is_not_read() {
        let deep =
            format!(r#"{{"nodes": {{"nodeData": [{}{}]}}}}"#, "[".repeat(200), "]".repeat(200));
        for text in [&*deep, "[]", "null", r#"{"nodes": {"nodeData": [1e999]}}"#] {
            assert!(read(text).is_err(), "{text}");
        }
    }

    #[test]
    fn all_values_are_changed() {
        let document = read(TEXT).unwrap().map(|value| json!({ "was": value }));
        assert_eq!(document.entries()[1].value(), json!({ "was": null }));
        assert_eq!(document.rest()["was"]["id"], "c");
    }
}
