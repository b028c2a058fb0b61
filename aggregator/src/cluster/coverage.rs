//! The coverage gate: whether every node of the cluster is there, known, and told apart.

mod obstacle;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::ops::Range;

use serde_json::{Map, Value};

use super::additional_info::ADDITIONAL_INFO;
use super::expected::{Exclusion, Expected, ExpectedNode, Roll};
use super::state::{Member, Snapshot};

/// The key of `additionalInfo` under which a document says that it does not cover all.
const COVERAGE: &str = "inventoryCoverage";

/// How far the inventories cover a cluster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Coverage {
    /// Why they do not cover it, a line each; empty where they do.
    pub obstacles: Vec<String>,
    /// What a person should know and nothing waits for, a line each.
    pub notes: Vec<String>,
    /// The names of the nodes that no document can hold, whatever one is ready to put up with:
    /// AIOS could not tell which they are, or they are none of the cluster's.
    pub left_out: BTreeSet<String>,
    /// The ids of the nodes that a document can hold, and of which not all is known.
    pub tentative_ids: BTreeSet<String>,
    /// The nodes that a document can hold.
    pub kept: u64,
    /// The nodes of which all is known.
    pub whole: u64,
    /// The nodes that there should be.
    pub expected: u64,
    /// Which of the obstacles are about the node of this name.
    of_node: BTreeMap<String, Range<usize>>,
}

impl fmt::Display for Coverage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {} nodes", self.whole, self.expected)
    }
}

/// Holds the nodes that are there against those that there should be.
#[must_use]
pub fn judge(snapshot: &Snapshot, expected: &Expected) -> Coverage {
    let roll = expected.roll();
    let is_expected =
        |member: &&Member| roll.is_none_or(|roll| roll.expected.contains_key(member.name));
    let (members, strangers): (Vec<&Member>, Vec<&Member>) =
        snapshot.members().iter().partition(is_expected);
    let mut coverage = Coverage::begin(snapshot.members().len(), members.len(), expected);
    let mut by_id: BTreeMap<&str, Vec<&Member>> = BTreeMap::new();
    for member in &members {
        by_id.entry(member.id()).or_default().push(member);
    }
    for member in members {
        let namesakes = by_id.get(member.id()).map_or(&[][..], Vec::as_slice);
        let node = roll.and_then(|roll| roll.expected.get(member.name));
        let before = coverage.obstacles.len();
        coverage.judge(member, namesakes, node);
        coverage.mark(member.name, before, namesakes);
    }
    if let Some(roll) = roll {
        for stranger in strangers {
            let before = coverage.obstacles.len();
            coverage.turn_away(stranger, roll);
            coverage.mark(stranger.name, before, &[]);
        }
        coverage.call(snapshot, roll);
    }
    coverage
}

impl Coverage {
    fn begin(inventories: usize, members: usize, expected: &Expected) -> Self {
        let present = members as u64;
        let (obstacle, expected) = match expected {
            Expected::Unknown => (None, present),
            Expected::Count(count) => (obstacle::attendance(present, *count), present.max(*count)),
            Expected::Nodes(roll) => {
                let nodes = roll.expected.len() as u64;
                (obstacle::size(roll), nodes.max(roll.count.unwrap_or(0)))
            }
        };
        Self {
            obstacles: obstacle.into_iter().collect(),
            notes: Vec::new(),
            left_out: BTreeSet::new(),
            tentative_ids: BTreeSet::new(),
            kept: inventories as u64,
            whole: 0,
            expected,
            of_node: BTreeMap::new(),
        }
    }

    /// The obstacles that are about the node of this name.
    #[must_use]
    pub fn obstacles_of(&self, name: &str) -> &[String] {
        let range = self.of_node.get(name).cloned().unwrap_or_default();
        self.obstacles.get(range).unwrap_or_default()
    }

    /// The obstacles that are about no one node.
    #[must_use]
    pub fn general(&self) -> Vec<&str> {
        let of_nodes: BTreeSet<usize> = self.of_node.values().cloned().flatten().collect();
        let lines = self.obstacles.iter().enumerate();
        let general = lines.filter(|(index, _)| !of_nodes.contains(index));
        general.map(|(_, line)| line.as_str()).collect()
    }

    /// Notes that the obstacles from `before` on are about this node. Of those that share an id only
    /// the first brings one, and it is about all of them.
    fn mark(&mut self, name: &str, before: usize, namesakes: &[&Member]) {
        let after = self.obstacles.len();
        let first = namesakes.first().and_then(|first| self.of_node.get(first.name)).cloned();
        let range = if after > before { Some(before..after) } else { first };
        if let Some(range) = range {
            self.of_node.insert(name.to_owned(), range);
        }
    }

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

    /// Judges a node by itself; `node` is what the cluster says of it, absent where nobody asked.
    fn judge(&mut self, member: &Member, namesakes: &[&Member], node: Option<&ExpectedNode>) {
        self.notes.extend(obstacle::notes(member));
        if let Some(obstacle) = obstacle::anonymity(member) {
            return self.leave_out(member, Some(obstacle));
        }
        if namesakes.len() > 1 {
            let is_first = namesakes.first().is_some_and(|first| first.name == member.name);
            return self.leave_out(member, is_first.then(|| obstacle::ambiguity(namesakes)));
        }
        if let Some(obstacle) = node.and_then(|node| obstacle::mismatch(member, node)) {
            return self.leave_out(member, Some(obstacle));
        }
        let before = self.obstacles.len();
        self.obstacles.extend(node.and_then(|node| obstacle::no_label(member, node)));
        self.obstacles.extend(node.and_then(|node| obstacle::staleness(member, node)));
        self.obstacles.extend(obstacle::troubles(member));
        if self.obstacles.len() == before {
            self.whole += 1;
        } else {
            self.tentative_ids.insert(member.id().to_owned());
        }
    }

    /// Leaves out what is none of the nodes that count. That a person did not select it is no
    /// obstacle.
    fn turn_away(&mut self, stranger: &Member, roll: &Roll) {
        let exclusion = roll.not_counted.get(stranger.name).copied();
        let is_obstacle = exclusion != Some(Exclusion::NotSelected);
        self.leave_out(stranger, is_obstacle.then(|| obstacle::stranger(stranger, exclusion)));
    }

    /// Says which nodes did not report, and which need not.
    fn call(&mut self, snapshot: &Snapshot, roll: &Roll) {
        let present: BTreeSet<&str> = snapshot.members().iter().map(|member| member.name).collect();
        for (name, reason) in &roll.malformed {
            self.add(name, obstacle::malformed(name, reason));
        }
        let absent = roll
            .expected
            .iter()
            .filter(|(name, _)| !present.contains(&***name) && !roll.malformed.contains_key(*name));
        for (name, node) in absent {
            self.add(name, obstacle::absence(name, node.agent));
        }
        self.notes.extend(obstacle::not_counted(roll));
    }

    /// Adds an obstacle that is about the node of this name.
    fn add(&mut self, name: &str, obstacle: String) {
        let before = self.obstacles.len();
        self.obstacles.push(obstacle);
        self.mark(name, before, &[]);
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::cluster::expected::Agent;
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
        judge(&state(nodes).snapshot(), &Expected::count(expected))
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
        let coverage = judge(&state.snapshot(), &Expected::Unknown);
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

    fn expected(id: Option<&str>, agent: Agent) -> ExpectedNode {
        ExpectedNode { node_id: id.map(Into::into), agent }
    }

    /// What a cluster says of itself, where each node has its name as its label.
    fn roll(nodes: &[(&str, Agent)]) -> Roll {
        let node = |(name, agent): &(&str, Agent)| ((*name).into(), expected(Some(name), *agent));
        Roll { expected: nodes.iter().map(node).collect(), ..Roll::default() }
    }

    fn judged(nodes: &[(&str, &str)], roll: Roll) -> Coverage {
        judge(&state(nodes).snapshot(), &Expected::Nodes(roll))
    }

    #[test]
    fn every_node_that_there_should_be_must_have_reported() {
        let nodes = [("a", Agent::Ready), ("b", Agent::NotReady), ("c", Agent::Ready)];
        let coverage = judged(&[("a", "a")], roll(&nodes));
        let starts_ = [
            "node 'b' has no inventory, its agent's pod is not ready: see ",
            "node 'c' has no inventory, though its agent's pod is ready: see ",
        ];
        starts(&coverage, &starts_);
        assert_eq!((coverage.to_string().as_str(), coverage.kept), ("1 of 3 nodes", 1));
        let whole = judged(&[("a", "a")], roll(&[("a", Agent::Ready)]));
        assert!(whole.is_complete(), "{whole:?}");
    }

    #[test]
    fn a_stale_node_is_not_whole_and_stays() {
        let nodes = [("a", Agent::Absent), ("b", Agent::Ending), ("c", Agent::NotReady)];
        let coverage = judged(&[("a", "a"), ("b", "b"), ("c", "c")], roll(&nodes));
        let stale = |name: &str, why: &str| {
            format!("node '{name}': its inventory may be outdated, {why}: see ")
        };
        let stale = [
            stale("a", "no agent's pod is on it"),
            stale("b", "its agent's pod has ended"),
            stale("c", "its agent's pod is not ready"),
        ];
        starts(&coverage, &stale.each_ref().map(String::as_str));
        assert!(coverage.left_out.is_empty());
        assert!(coverage.tentative_ids.iter().eq(["a", "b", "c"]));
        assert_eq!((coverage.kept, coverage.whole), (3, 0));
    }

    #[test]
    fn the_label_is_what_a_node_is_known_by() {
        let mut roll = roll(&[]);
        roll.expected.insert("a".into(), expected(None, Agent::Ready));
        roll.expected.insert("b".into(), expected(Some("rack-7"), Agent::Ready));
        let coverage = judged(&[("a", "a"), ("b", "b")], roll);
        let starts_ = [
            "node 'a': its Node has no label nodeID: ",
            "node 'b': its inventory has the id 'b', and its Node the label nodeID 'rack-7': ",
        ];
        starts(&coverage, &starts_);
        assert!(coverage.tentative_ids.iter().eq(["a"]));
        assert!(coverage.left_out.iter().eq(["b"]));
    }

    #[test]
    fn an_inventory_of_no_node_that_counts_is_left_out() {
        let mut roll = roll(&[("a", Agent::Ready)]);
        roll.not_counted.insert("b".into(), Exclusion::NoAgent);
        roll.not_counted.insert("c".into(), Exclusion::NotSelected);
        // An id is not there twice because somebody who does not count has it too.
        let coverage = judged(&[("a", "a"), ("b", "a"), ("c", "a"), ("d", "a")], roll);
        let starts_ = [
            "node 'b' has an inventory, and does not count, being wanted by none of ",
            "there is an inventory of 'd' and no such Node: kubectl delete nodeinventory d",
        ];
        starts(&coverage, &starts_);
        assert!(coverage.left_out.iter().eq(["b", "c", "d"]));
        assert_eq!((coverage.to_string().as_str(), coverage.kept), ("1 of 1 nodes", 1));
        let notes = [
            "not counted: 'c': not among the nodes that were selected by their labels",
            "not counted: 'b': wanted by none of the agents' DaemonSets",
        ];
        assert_eq!(coverage.notes, notes);
    }

    #[test]
    fn an_inventory_that_makes_no_sense_is_told_and_not_called_missing() {
        let mut roll = roll(&[("a", Agent::Ready), ("b", Agent::Ready)]);
        roll.malformed.insert("b".into(), "status: x".to_owned());
        let coverage = judged(&[("a", "a")], roll);
        starts(&coverage, &["the NodeInventory 'b' makes no sense, status: x: "]);
        assert_eq!(coverage.to_string(), "1 of 2 nodes");
    }

    #[test]
    fn a_cluster_without_nodes_or_with_another_number_of_them_is_not_covered() {
        starts(&judged(&[], roll(&[])), &["the cluster has no node that counts: "]);
        for count in [1, 3] {
            let roll =
                Roll { count: Some(count), ..roll(&[("a", Agent::Ready), ("b", Agent::Ready)]) };
            let coverage = judged(&[("a", "a"), ("b", "b")], roll);
            let start = format!("the cluster has 2 nodes that count, and {count} are expected: ");
            starts(&coverage, &[&start]);
            assert_eq!(coverage.to_string(), format!("2 of {} nodes", count.max(2)));
        }
    }

    #[test]
    fn of_many_nodes_that_do_not_count_a_few_are_named() {
        let mut roll = roll(&[("a", Agent::Ready)]);
        let names = (1..=8).map(|n| format!("w{n}"));
        roll.not_counted.extend(names.map(|name| (name.into(), Exclusion::NotLinux)));
        let coverage = judged(&[("a", "a")], roll);
        let note = "not counted: 'w1', 'w2', 'w3', 'w4', 'w5' and 3 more: no Linux (label kubernetes.io/os)";
        assert_eq!(coverage.notes, [note]);
        assert!(coverage.is_complete());
    }
}
