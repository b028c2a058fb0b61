//! What AIOS's copy will say once all updates are done.

use std::collections::HashMap;

use inventory_common::cluster::FIGURES;
use serde_json::{Map, Value};

use super::alike::{at, lacking};
use super::entries::{Entry, entries, id, merge, overlay};
use super::wanted::Wanted;

/// Entries that an update had to cut off so that the rest fits: they are to be appended again.
pub type Cut = Vec<Value>;

/// What AIOS's copy will say, and is not sent again where it says so already.
#[derive(Clone, Debug, PartialEq)]
pub struct Target {
    /// The nodes' entries, in AIOS's order.
    pub entries: Vec<Value>,
    /// Everything else that is to be so, by dotted path, in the order in which it is written.
    pub fields: Vec<(String, Value)>,
}

impl Target {
    /// What comes out where `wanted` is put over what is stored, with what was cut off of it
    /// before. An entry without an id is none; the second of an id is merged into the first.
    #[must_use]
    pub fn new(stored: &Value, cut: &Cut, wanted: &Wanted) -> Self {
        let ours = wanted.by_id();
        let mut result: Vec<Entry> = Vec::new();
        let mut place: HashMap<&str, usize> = HashMap::new();
        for entry in entries(stored).iter().chain(cut) {
            let (Some(id), Value::Object(fields)) = (id(entry), entry) else { continue };
            match place.get(id).and_then(|place| result.get_mut(*place)) {
                Some(first) => merge(first, fields),
                None if !ours.contains_key(id) && wanted.gone.has(id) => {}
                None => {
                    place.insert(id, result.len());
                    result.push(fields.clone());
                }
            }
        }
        for (id, node) in &ours {
            if let Some(entry) = place.get(id).and_then(|place| result.get_mut(*place))
                && !wanted.tentative.contains(*id)
            {
                overlay(entry, node);
            }
        }
        let new = wanted.nodes.iter();
        let new = new.filter(|node| {
            let id = node.get("id").and_then(Value::as_str);
            id.is_some_and(|id| !place.contains_key(id) && wanted.added.has(id))
        });
        let entries: Vec<Value> = result.iter().chain(new).cloned().map(Value::Object).collect();
        let mut fields = stated(stored, wanted.stated.as_ref());
        fields.extend(sums(&entries));
        fields.retain(|(path, _)| !wanted.left.contains(path));
        Self { entries, fields }
    }
}

/// What a person states, where AIOS's copy does not say so. What only AIOS's copy says stays.
fn stated(stored: &Value, stated: Option<&Map<String, Value>>) -> Vec<(String, Value)> {
    let keys = stated.into_iter().flatten();
    keys.flat_map(|(key, value)| lacking(key, stored.get(key), value)).collect()
}

/// The cluster's figures, and last of all the number of nodes, by which a reader sees that the
/// entries before it are all there.
fn sums(entries: &[Value]) -> Vec<(String, Value)> {
    let figures = FIGURES.iter().map(|figure| {
        let parts = entries.iter().filter_map(|entry| whole(at(entry, figure.path)?));
        (figure.path.to_owned(), parts.fold(0_u64, u64::saturating_add).into())
    });
    let count = ("nodes.count".to_owned(), entries.len().into());
    figures.chain([count]).collect()
}

/// A figure of anybody's entry; what is none adds nothing.
fn whole(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| {
        let text = value.as_f64().filter(|figure| figure.fract() == 0.0)?.to_string();
        text.parse().ok()
    })
}
