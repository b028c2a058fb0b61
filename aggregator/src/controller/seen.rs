//! What is kept of a node's inventory beside its figures: thousands must stay small.

use inventory_common::cluster::FIGURES;
use k8s_openapi::jiff::Timestamp;
use kube::api::DynamicObject;
use serde_json::Value;

use super::transition::{Conditions, Transition};
use crate::report::Brief;

/// What is kept of an inventory.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Seen {
    conditions: Conditions,
    /// The figures, by their paths, that are less than the truth.
    lacking: Box<[&'static str]>,
    born: Option<Timestamp>,
}

impl Seen {
    /// What is kept of this one, which anybody may have written.
    pub fn of(object: &DynamicObject) -> Self {
        let unknowns = object.data.pointer("/status/unknowns").and_then(Value::as_array);
        let unknowns: Vec<&str> =
            unknowns.into_iter().flatten().filter_map(Value::as_str).collect();
        let paths = FIGURES.iter().map(|figure| figure.path);
        Self {
            conditions: Conditions::of(object),
            lacking: paths.filter(|path| unknowns.contains(path)).collect(),
            born: object.metadata.creation_timestamp.as_ref().map(|time| time.0),
        }
    }

    /// How its conditions as they are now differ from these.
    pub fn changes(&self, object: &DynamicObject) -> impl Iterator<Item = Transition> {
        self.conditions.changes(object)
    }

    /// The same for a page.
    pub fn brief(&self) -> Brief {
        Brief { lacking: self.lacking.to_vec(), unwell: self.conditions.unwell(), born: self.born }
    }
}
