//! What the gate lets through, and what it says of the rest.

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
    let troubles = ["node 'node-1' (n.json): vcpus.count is 0: ", "node 'node-1' (n.json): memory"];
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
    let counted = |count| {
        let roll = Roll { count: Some(count), ..roll(&[("a", Agent::Ready), ("b", Agent::Ready)]) };
        judged(&[("a", "a"), ("b", "b")], roll)
    };
    assert!(counted(2).is_complete());
    for count in [1, 3] {
        let coverage = counted(count);
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
    let note =
        "not counted: 'w1', 'w2', 'w3', 'w4', 'w5' and 3 more: no Linux (label kubernetes.io/os)";
    assert_eq!(coverage.notes, [note]);
    assert!(coverage.is_complete());
}
