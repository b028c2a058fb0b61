//! What is different, for people: one by one, with what AIOS's membership service made up named.

use std::collections::BTreeSet;
use std::fmt;

use inventory_common::cluster::{RawDocument, RawEntry};
use serde::Serialize;
use serde_json::{Value, json};

use super::alike::{alike, at, lacking};
use super::entries::Entry;
use super::target::Target;
use super::wanted::{Gone, Wanted};

/// One thing that AIOS's copy says otherwise.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Difference {
    /// The node's id; absent where it is about the whole cluster.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub node: Option<String>,
    /// The dotted path, within the node's entry or within the document; empty for a whole entry.
    pub path: String,
    /// What AIOS stores; null where it stores nothing.
    pub stored: Value,
    /// What should be there; null where nothing should.
    pub wanted: Value,
    /// What kind of difference it is.
    pub kind: Kind,
}

/// What kind of difference it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Kind {
    /// Another value.
    Changed,
    /// AIOS's membership service has written what it makes up for every node.
    Placeholder,
    /// AIOS's copy lacks the node.
    Missing,
    /// AIOS's copy has a node that is not here.
    Extra,
    /// AIOS's copy has a second entry of the node.
    Duplicate,
    /// What stands there is no node's entry.
    NoEntry,
}

impl Kind {
    /// What it means, for people; empty where the values say it.
    #[must_use]
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::Changed => "",
            Self::Placeholder => "a placeholder of AIOS's membership service",
            Self::Missing => "AIOS lacks this node",
            Self::Extra => "AIOS has this node, and it is not here",
            Self::Duplicate => "AIOS has a second entry of this node",
            Self::NoEntry => "not a node's entry",
        }
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(node) = &self.node {
            write!(f, "node '{node}'")?;
        }
        match (self.node.is_some(), self.path.is_empty()) {
            (true, false) => write!(f, ": {}", self.path)?,
            (_, _) => f.write_str(&self.path)?,
        }
        match self.kind {
            Kind::Changed => write!(f, ": {} instead of {}", self.stored, self.wanted),
            Kind::Placeholder => {
                let meaning = self.kind.meaning();
                write!(f, ": {} instead of {} ({meaning})", self.stored, self.wanted)
            }
            kind => write!(f, ": {}", kind.meaning()),
        }
    }
}

/// All that AIOS's copy says otherwise, in its own order; secrets are left out of what is shown.
#[must_use]
pub fn differences(stored: &RawDocument, wanted: &Wanted) -> Vec<Difference> {
    let (rest, fields) = (stored.rest(), Target::new(stored, &Vec::new(), wanted).fields);
    let lacking = fields.into_iter().filter(|(path, value)| !alike(at(rest, path), Some(value)));
    in_entries(stored, wanted).into_iter().chain(in_fields(rest, lacking)).collect()
}

/// What AIOS stored otherwise than it was sent, as a network's policy may.
#[must_use]
pub fn rewritten(stored: &RawDocument, sent: &RawDocument) -> Vec<Difference> {
    let wanted = Wanted { gone: Gone::Others, ..Wanted::document(sent) };
    let (rest, keys) = (stored.rest(), sent.rest().as_object().into_iter().flatten());
    let keys = keys.filter(|(key, _)| !["status", "nodes"].contains(&key.as_str()));
    let lacking = keys.flat_map(|(key, value)| lacking(key, rest.get(key), value));
    in_entries(stored, &wanted).into_iter().chain(in_fields(rest, lacking)).collect()
}

/// These values, which are not the cluster's.
fn in_fields(
    stored: &Value,
    lacking: impl Iterator<Item = (String, Value)>,
) -> impl Iterator<Item = Difference> {
    lacking.map(|(path, value)| Difference {
        node: None,
        stored: shown(&path, at(stored, &path)),
        wanted: shown(&path, Some(&value)),
        path,
        kind: Kind::Changed,
    })
}

fn in_entries(stored: &RawDocument, wanted: &Wanted) -> Vec<Difference> {
    let ours = wanted.by_id();
    let mut seen = BTreeSet::new();
    let mut differences = Vec::new();
    for entry in stored.entries() {
        let whole = |kind| Difference {
            node: entry.id().map(str::to_owned),
            path: String::new(),
            stored: shown("", Some(&entry.value())),
            wanted: Value::Null,
            kind,
        };
        match entry.id() {
            None => differences.push(whole(Kind::NoEntry)),
            Some(id) if !seen.insert(id) => differences.push(whole(Kind::Duplicate)),
            Some(id) => match ours.get(id) {
                Some(_) if wanted.tentative.contains(id) => {}
                Some(node) => differences.extend(in_entry(id, entry, node)),
                None if wanted.gone.has(id) => differences.push(whole(Kind::Extra)),
                None => {}
            },
        }
    }
    let missing = wanted.nodes.iter().filter_map(|node| Some((node.id()?, node)));
    let missing = missing.filter(|(id, _)| !seen.contains(id));
    differences.extend(missing.map(|(id, node)| Difference {
        node: Some(id.to_owned()),
        path: String::new(),
        stored: Value::Null,
        wanted: shown("", Some(&node.value())),
        kind: Kind::Missing,
    }));
    differences
}

fn in_entry(id: &str, entry: &RawEntry, node: &RawEntry) -> Vec<Difference> {
    if entry == node {
        return Vec::new();
    }
    let (entry, node): (Value, Entry) = (entry.value(), node.node().unwrap_or_default());
    let kind = if is_placeholder(&entry) { Kind::Placeholder } else { Kind::Changed };
    let keys = node.iter().flat_map(|(key, value)| lacking(key, entry.get(key), value));
    keys.map(|(path, value)| Difference {
        node: Some(id.to_owned()),
        stored: shown(&path, at(&entry, &path)),
        wanted: shown(&path, Some(&value)),
        path,
        kind,
    })
    .collect()
}

/// What the membership service writes of every node, whatever it has.
#[must_use]
pub fn is_placeholder(entry: &Value) -> bool {
    let made_up = [
        ("swap", json!(0)),
        ("storage.disks", json!(1)),
        ("storage.size", json!(512_000)),
        ("network.interfaces", json!(1)),
        ("network.txBandwidth", json!(10_000)),
        ("network.rxBandwidth", json!(10_000)),
    ];
    made_up.iter().all(|(path, value)| alike(at(entry, path), Some(value)))
}

/// The key of the command by which a node joins, with its token.
const SECRET: &str = "joinCommand";

/// A value as it may be shown to anybody.
fn shown(path: &str, value: Option<&Value>) -> Value {
    let Some(value) = value else { return Value::Null };
    if path.rsplit('.').next() == Some(SECRET) { hidden(value) } else { without_secrets(value) }
}

/// A document as it may be shown to anybody.
#[must_use]
pub fn without_secrets(value: &Value) -> Value {
    match value {
        Value::Object(object) => {
            let show = |(key, value): (&String, &Value)| (key.clone(), shown(key, Some(value)));
            Value::Object(object.iter().map(show).collect())
        }
        Value::Array(list) => list.iter().map(without_secrets).collect(),
        value => value.clone(),
    }
}

fn hidden(value: &Value) -> Value {
    if value.as_str() == Some("") { value.clone() } else { "(not shown)".into() }
}
