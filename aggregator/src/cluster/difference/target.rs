//! What AIOS's copy will say once all updates are done.

use std::collections::HashMap;

use inventory_common::cluster::{FIGURES, RawDocument, RawEntry};
use serde_json::{Map, Value};

use super::alike::{at, lacking};
use super::entries::{merge, overlay};
use super::wanted::Wanted;

/// Entries that an update had to cut off so that the rest fits: they are to be appended again.
pub type Cut = Vec<RawEntry>;

/// What AIOS's copy will say, and is not sent again where it says so already.
#[derive(Clone, Debug, PartialEq)]
pub struct Target<'a> {
    /// The nodes' entries, in AIOS's order.
    pub entries: Vec<RawEntry>,
    /// Everything else that is to be so, by dotted path, in the order in which it is written.
    pub fields: Vec<(String, Value)>,
    pub(super) wanted: &'a Wanted,
}

impl<'a> Target<'a> {
    /// What comes out where `wanted` is put over what is stored, with what was cut off of it
    /// before. An entry without an id is none; the second of an id is merged into the first.
    #[must_use]
    pub fn new(stored: &RawDocument, cut: &Cut, wanted: &'a Wanted) -> Self {
        let mut ours = wanted.by_id();
        let mut plan = Plan::default();
        for (id, entries) in kept(stored, cut, wanted) {
            let node = ours.remove(id).filter(|_| !wanted.tentative.contains(id));
            plan.add(&entries, node);
        }
        // What is left has no entry yet.
        for first in &wanted.nodes {
            let is_new = |id| ours.remove(id).is_some() && wanted.added.has(id);
            if first.id().is_some_and(is_new) {
                plan.add(&Entries { first, others: Vec::new() }, None);
            }
        }
        let mut fields = stated(stored.rest(), wanted.stated.as_ref());
        fields.extend(plan.sums());
        fields.retain(|(path, _)| !wanted.left.contains(path));
        Self { entries: plan.entries, fields, wanted }
    }

    /// The entries in the order in which they had better be kept where not all are: first those of which only
    /// AIOS's copy knows something. All others can be made again by whoever comes after us.
    pub(super) fn entries_by_loss(&self) -> Vec<RawEntry> {
        let (ours, tentative) = (self.wanted.by_id(), &self.wanted.tentative);
        let is_known_here = |entry: &&RawEntry| {
            let ours = entry.id().filter(|id| !tentative.contains(*id)).and_then(|id| ours.get(id));
            ours.is_some_and(|ours| *ours == *entry)
        };
        let (ours, theirs): (Vec<_>, Vec<_>) = self.entries.iter().partition(is_known_here);
        theirs.into_iter().chain(ours).cloned().collect()
    }
}

/// The entries of one node: those of a sound copy have no others.
struct Entries<'a> {
    first: &'a RawEntry,
    others: Vec<&'a RawEntry>,
}

/// The nodes that stay, in AIOS's order.
fn kept<'a>(
    stored: &'a RawDocument,
    cut: &'a Cut,
    wanted: &Wanted,
) -> impl Iterator<Item = (&'a str, Entries<'a>)> {
    let ours = wanted.by_id();
    let mut kept: Vec<(&str, Entries)> = Vec::new();
    let mut place: HashMap<&str, usize> = HashMap::new();
    for first in stored.entries().iter().chain(cut) {
        let Some(id) = first.id() else { continue };
        match place.get(id).and_then(|place| kept.get_mut(*place)) {
            Some((_, entries)) => entries.others.push(first),
            None if !ours.contains_key(id) && wanted.gone.has(id) => {}
            None => {
                place.insert(id, kept.len());
                kept.push((id, Entries { first, others: Vec::new() }));
            }
        }
    }
    kept.into_iter()
}

/// The entries as they will be, with their sums. One at a time is a tree.
#[derive(Default)]
struct Plan {
    entries: Vec<RawEntry>,
    sums: [u64; FIGURES.len()],
}

impl Plan {
    /// Adds an entry: what AIOS has of a node, with ours put over it.
    fn add(&mut self, Entries { first, others }: &Entries, ours: Option<&RawEntry>) {
        let mut entry = first.node().unwrap_or_default();
        let mut has_changed = !others.is_empty();
        others.iter().filter_map(|other| other.node()).for_each(|other| merge(&mut entry, other));
        has_changed |= ours.and_then(RawEntry::node).is_some_and(|node| overlay(&mut entry, node));
        let entry = Value::from(entry);
        for (sum, figure) in self.sums.iter_mut().zip(FIGURES) {
            *sum = sum.saturating_add(at(&entry, figure.path).and_then(whole).unwrap_or(0));
        }
        self.entries.push(if has_changed { entry.into() } else { (*first).clone() });
    }

    /// The cluster's figures, and last of all the number of nodes, by which a reader sees that the
    /// entries before it are all there.
    fn sums(&self) -> impl Iterator<Item = (String, Value)> {
        let sums = FIGURES.iter().zip(self.sums);
        let sums = sums.map(|(figure, sum)| (figure.path.to_owned(), sum.into()));
        sums.chain([("nodes.count".to_owned(), self.entries.len().into())])
    }
}

/// What a person states, where AIOS's copy does not say so. What only AIOS's copy says stays.
fn stated(stored: &Value, stated: Option<&Map<String, Value>>) -> Vec<(String, Value)> {
    let keys = stated.into_iter().flatten();
    keys.flat_map(|(key, value)| lacking(key, stored.get(key), value)).collect()
}

/// A figure of anybody's entry; what is none adds nothing.
fn whole(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| {
        let text = value.as_f64().filter(|figure| figure.fract() == 0.0)?.to_string();
        text.parse().ok()
    })
}
