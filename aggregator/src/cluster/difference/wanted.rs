//! What AIOS's copy of a cluster should say.

use std::collections::{BTreeSet, HashMap};

use inventory_common::cluster::{RawDocument, RawEntry};
use serde_json::{Map, Value};

/// What AIOS's copy of a cluster should say, as far as this project has a say in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// The nodes' entries, each with its id, in canonical order.
    pub nodes: Vec<RawEntry>,
    /// Ids of nodes of which not all is known: they are added where they are missing, and never
    /// change an entry that is there.
    pub tentative: BTreeSet<String>,
    /// Which of the nodes are added where AIOS's copy lacks them.
    pub added: Added,
    /// The entries that are to go.
    pub gone: Gone,
    /// What a person states, by the document's keys; absent where that is not to be changed.
    pub stated: Option<Map<String, Value>>,
    /// Paths outside of the nodes that are left as they are, although they say otherwise.
    pub left: BTreeSet<String>,
}

/// Which nodes are added where AIOS's copy lacks them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Added {
    /// All.
    #[default]
    All,
    /// Those with these ids: what AIOS drops of the others meanwhile, it may have drained.
    These(BTreeSet<String>),
}

impl Added {
    /// Whether the node of this id is added.
    pub(super) fn has(&self, id: &str) -> bool {
        match self {
            Self::All => true,
            Self::These(ids) => ids.contains(id),
        }
    }
}

/// Which of AIOS's entries are to go.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Gone {
    /// None: an entry that nobody here knows is somebody's all the same.
    #[default]
    None,
    /// Those with these ids.
    These(BTreeSet<String>),
    /// All that are not wanted.
    Others,
}

impl Gone {
    /// Whether the entry of this id, which is not wanted, is to go.
    pub(super) fn has(&self, id: &str) -> bool {
        match self {
            Self::None => false,
            Self::These(ids) => ids.contains(id),
            Self::Others => true,
        }
    }
}

/// What a person states and may change later. `reputation` is AIOS's once the cluster is there,
/// `status` is never stored, and an id stays.
const STATED: [&str; 4] = ["regionId", "config", "tags", "clusterMetadata"];

impl Wanted {
    /// What a whole document says.
    #[must_use]
    pub fn document(document: &RawDocument) -> Self {
        let nodes = document.entries().iter().filter(|entry| entry.id().is_some()).cloned();
        let stated = |key: &str| Some((key.to_owned(), document.rest().get(key)?.clone()));
        let stated = STATED.into_iter().filter_map(stated).collect();
        Self { nodes: nodes.collect(), stated: Some(stated), ..Self::default() }
    }

    /// Lets what somebody else's entry said be so again.
    pub fn restore(&mut self, id: &str, said: Map<String, Value>) {
        let is_it = |node: &RawEntry| node.id() == Some(id);
        if self.tentative.remove(id) {
            self.nodes.retain(|node| !is_it(node));
        }
        if !self.nodes.iter().any(is_it) {
            self.nodes.push(said.into());
        }
    }

    /// The nodes' entries by their ids.
    pub(super) fn by_id(&self) -> HashMap<&str, &RawEntry> {
        self.nodes.iter().filter_map(|node| Some((node.id()?, node))).collect()
    }

    /// Whether AIOS's copy is another cluster's, by all that its nodes say.
    #[must_use]
    pub fn is_foreign_to(&self, stored: &RawDocument) -> bool {
        let ours = self.by_id();
        shares_no_node(stored, !ours.is_empty(), |id| ours.contains_key(id))
    }
}

/// Whether none of AIOS's entries is ours, although both have some: it may be another cluster's
/// document under the same id.
pub fn shares_no_node(
    stored: &RawDocument,
    have_some: bool,
    is_ours: impl Fn(&str) -> bool,
) -> bool {
    have_some && !stored.entries().is_empty() && !stored.ids().any(is_ours)
}
