//! The coverage gate: whether every node of the cluster is there, known, and told apart.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use inventory_common::node_id;
use serde_json::{Map, Value};

use super::state::{Member, Snapshot};

/// Where the page keeps what may be said beside.
const ADDITIONAL_INFO: &str = "additionalInfo";

/// The key below it under which a document says that it does not cover all.
const COVERAGE: &str = "inventoryCoverage";

/// How far the inventories cover a cluster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Coverage {
    /// Why they do not cover it, a line each; empty where they do.
    pub obstacles: Vec<String>,
    /// The names of the nodes that no document can hold, whatever one is ready to put up with:
    /// AIOS could not tell which they are.
    pub left_out: BTreeSet<String>,
    /// The nodes that a document can hold.
    pub kept: u64,
    /// The nodes of which all is known.
    pub whole: u64,
    /// The nodes that there should be.
    pub expected: u64,
}

impl fmt::Display for Coverage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {} nodes", self.whole, self.expected)
    }
}

/// Holds the nodes that are there against how many there should be; absent where nobody knows.
#[must_use]
pub fn judge(snapshot: &Snapshot, expected: Option<u64>) -> Coverage {
    let members = snapshot.members();
    let present = members.len() as u64;
    let mut by_id: BTreeMap<&str, Vec<&Member>> = BTreeMap::new();
    for member in members {
        by_id.entry(member.id()).or_default().push(member);
    }

    let mut coverage = Coverage {
        obstacles: attendance(present, expected).into_iter().collect(),
        left_out: BTreeSet::new(),
        kept: present,
        whole: 0,
        expected: present.max(expected.unwrap_or(0)),
    };
    for member in members {
        let namesakes = by_id.get(member.id()).map_or(&[][..], Vec::as_slice);
        if let Some(obstacle) = anonymity(member) {
            coverage.leave_out(member, Some(obstacle));
        } else if namesakes.len() > 1 {
            let is_first = namesakes.first().is_some_and(|first| first.name == member.name);
            coverage.leave_out(member, is_first.then(|| ambiguity(namesakes)));
        } else if member.report.troubles.is_empty() {
            coverage.whole += 1;
        } else {
            let troubles = member.report.troubles.iter();
            coverage
                .obstacles
                .extend(troubles.map(|trouble| format!("{}: {trouble}", called(member))));
        }
    }
    coverage
}

impl Coverage {
    /// Whether every node is there and known.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.obstacles.is_empty()
    }

    /// Says in a document's clusterMetadata how far it covers the cluster; of a complete one
    /// nothing is said, and what an earlier one said is taken away.
    pub fn note_in(&self, metadata: &mut Map<String, Value>) -> Result<(), NoPlace> {
        if self.is_complete() {
            if let Some(Value::Object(info)) = metadata.get_mut(ADDITIONAL_INFO) {
                info.remove(COVERAGE);
            }
            return Ok(());
        }
        let info = metadata.entry(ADDITIONAL_INFO).or_insert_with(|| Map::new().into());
        let info = info.as_object_mut().ok_or(NoPlace)?;
        info.insert(COVERAGE.to_owned(), self.to_string().into());
        Ok(())
    }

    fn leave_out(&mut self, member: &Member, obstacle: Option<String>) {
        self.left_out.insert(member.name.to_owned());
        self.kept -= 1;
        self.obstacles.extend(obstacle);
    }
}

/// A document that cannot say that it is partial.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "clusterMetadata.additionalInfo: is no object, so it cannot say that not all nodes are covered"
)]
pub struct NoPlace;

fn attendance(present: u64, expected: Option<u64>) -> Option<String> {
    let expected = expected.filter(|expected| *expected != present)?;
    Some(if present < expected {
        let missing = expected - present;
        format!(
            "{missing} of {expected} expected nodes have no inventory: run inventory-agent on each, and give its dump"
        )
    } else {
        format!(
            "{present} nodes have an inventory, and only {expected} are expected: leave out the others, or correct --expect-nodes"
        )
    })
}

/// Why AIOS could not find this node.
fn anonymity(member: &Member) -> Option<String> {
    let id = member.id();
    let what = match id {
        "" | node_id::UNKNOWN => "it has no id".to_owned(),
        id if node_id::is_valid(id) => return None,
        id => format!("its id '{id}' is no label value"),
    };
    Some(format!(
        "{}: {what}: give its agent NODE_NAME or --node-id, and its Node the same label nodeID",
        member.name
    ))
}

/// Nodes that AIOS would take for one.
fn ambiguity(namesakes: &[&Member]) -> String {
    let names: Vec<&str> = namesakes.iter().map(|member| member.name).collect();
    let id = namesakes.first().map_or("", |member| member.id());
    format!(
        "the id '{id}' is there {} times, in {}: give each node its own label nodeID, and each inventory once",
        names.len(),
        names.join(", ")
    )
}

/// What a node is called, with where it comes from where that says more.
fn called(member: &Member) -> String {
    let (id, name) = (member.id(), member.name);
    if id == name { format!("node '{id}'") } else { format!("node '{id}' ({name})") }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::cluster::report::tests::node;
    use crate::cluster::state::ClusterState;

    fn state(nodes: &[(&str, &str)]) -> ClusterState {
        let mut state = ClusterState::default();
        for (name, id) in nodes {
            let mut node = node();
            (*id).clone_into(&mut node.id);
            state.apply(name, node.into());
        }
        state
    }

    fn coverage(nodes: &[(&str, &str)], expected: Option<u64>) -> Coverage {
        judge(&state(nodes).snapshot(), expected)
    }

    fn starts(coverage: &Coverage, starts: &[&str]) {
        assert_eq!(coverage.obstacles.len(), starts.len(), "{coverage:#?}");
        for (obstacle, start) in coverage.obstacles.iter().zip(starts) {
            assert!(obstacle.starts_with(start), "{obstacle}");
        }
    }

    #[test]
    fn nodes_that_are_all_there_and_known_are_complete() {
        for expected in [None, Some(2)] {
            let coverage = coverage(&[("a", "a"), ("b.json", "b")], expected);
            assert!(coverage.is_complete(), "{coverage:?}");
            assert_eq!(coverage.to_string(), "2 of 2 nodes");
        }
    }

    #[test]
    fn nodes_that_are_not_there_or_not_expected_are_obstacles() {
        let few = coverage(&[("a", "a")], Some(3));
        starts(&few, &["2 of 3 expected nodes have no inventory: "]);
        assert_eq!(few.to_string(), "1 of 3 nodes");
        let many = coverage(&[("a", "a"), ("b", "b")], Some(1));
        starts(&many, &["2 nodes have an inventory, and only 1 are expected: "]);
        assert!(many.left_out.is_empty());
    }

    #[test]
    fn an_id_that_is_there_twice_is_one_obstacle_and_nobody_s() {
        let twice = coverage(&[("a.json", "x"), ("b.json", "x"), ("c.json", "y")], None);
        starts(&twice, &["the id 'x' is there 2 times, in a.json, b.json: "]);
        assert!(twice.left_out.iter().eq(["a.json", "b.json"]));
        assert_eq!(twice.to_string(), "1 of 3 nodes");
    }

    #[test]
    fn a_node_without_a_usable_id_is_left_out() {
        let nameless = coverage(&[("a", ""), ("b", "unknown"), ("c", "not a label")], None);
        let no_label = "c: its id 'not a label' is no label value: ";
        starts(&nameless, &["a: it has no id: ", no_label, "b: it has no id: "]);
        assert_eq!(nameless.left_out.len(), 3);
    }

    #[test]
    fn every_trouble_of_a_node_is_an_obstacle_and_the_node_stays() {
        let mut state = state(&[("a", "a")]);
        let mut node = node();
        (node.memory_mib, node.vcpus.count) = (0, 0);
        state.apply("n.json", node.into());
        let coverage = judge(&state.snapshot(), None);
        let troubles =
            ["node 'node-1' (n.json): vcpus.count is 0: ", "node 'node-1' (n.json): memory"];
        starts(&coverage, &troubles);
        assert!(coverage.left_out.is_empty());
        assert_eq!(coverage.to_string(), "1 of 2 nodes");
    }

    #[test]
    fn metadata_says_what_is_covered_only_where_that_is_not_all() {
        let object = |value: Value| value.as_object().unwrap().clone();
        let noted = |coverage: &Coverage, metadata: Value| {
            let mut metadata = object(metadata);
            coverage.note_in(&mut metadata).map(|()| Value::from(metadata))
        };
        let part = coverage(&[("a", "a")], Some(2));
        let words = json!({ "additionalInfo": { "inventoryCoverage": "1 of 2 nodes" } });
        assert_eq!(noted(&part, json!({})), Ok(words.clone()));
        assert_eq!(noted(&part, json!({ "additionalInfo": "x" })), Err(NoPlace));
        let whole = coverage(&[("a", "a")], None);
        assert_eq!(noted(&whole, json!({})), Ok(json!({})));
        assert_eq!(noted(&whole, words), Ok(json!({ "additionalInfo": {} })));
    }
}
