//! A cluster that is judged again and again, as AIOS's copy and the nodes change.

use std::time::Duration;

use serde_json::{Value, json};

use super::*;
use crate::cluster::report::tests::node;

const AFTER: Duration = Duration::from_mins(10);

fn named(id: &str, memory_mib: u64) -> NodeData {
    NodeData { id: id.to_owned(), memory_mib, ..node() }
}

/// AIOS's copy with these nodes and their sums.
fn copy(nodes: &[NodeData]) -> Value {
    let entries: Vec<Value> =
        nodes.iter().map(|node| serde_json::to_value(node).unwrap()).collect();
    let mut copy = json!({ "id": "c", "nodes": { "nodeData": entries, "count": nodes.len() } });
    for (key, value) in [
        ("gpus", "count"),
        ("gpus", "memory"),
        ("vcpus", "count"),
        ("storage", "disks"),
        ("storage", "size"),
        ("network", "interfaces"),
        ("network", "txBandwidth"),
        ("network", "rxBandwidth"),
    ] {
        let sum: u64 = entries.iter().map(|entry| entry[key][value].as_u64().unwrap()).sum();
        copy[key][value] = sum.into();
    }
    for key in ["memory", "swap"] {
        let sum: u64 = entries.iter().map(|entry| entry[key].as_u64().unwrap()).sum();
        copy[key] = sum.into();
    }
    copy
}

/// A cluster that is judged again and again.
struct Play {
    memory: Memory,
    newcomers: BTreeMap<String, Newcomer>,
    now: Instant,
}

impl Play {
    fn new() -> Self {
        Self { memory: Memory::default(), newcomers: BTreeMap::new(), now: Instant::now() }
    }

    /// Judges nodes of which `None` are there and not known.
    fn judge(&mut self, stored: &Value, nodes: &[(&str, Option<NodeData>)]) -> Judgement {
        let standings: Vec<Standing> = nodes
            .iter()
            .map(|(id, figures)| Standing { name: id, id, figures: figures.as_ref() })
            .collect();
        let present = nodes.iter().map(|(id, _)| *id).collect();
        let scene = Scene {
            stored: &stored.clone().into(),
            nodes: &standings,
            present: &present,
            newcomers: &self.newcomers,
            bounds: Bounds { after: AFTER, allowed: 0 },
            now: self.now,
        };
        self.memory.judge(&scene).unwrap()
    }
}

fn wanted_ids(judgement: &Judgement) -> Vec<&str> {
    judgement.wanted.nodes.iter().filter_map(RawEntry::id).collect()
}

#[test]
fn a_node_that_is_not_known_keeps_what_aios_was_last_sent() {
    let (mut play, whole) = (Play::new(), named("a", 5));
    let nothing_sent = play.judge(&copy(&[named("a", 7)]), &[("a", None)]);
    assert!(nothing_sent.wanted.nodes.is_empty() && nothing_sent.differences.is_empty());
    let judgement = play.judge(&copy(std::slice::from_ref(&whole)), &[("a", Some(whole))]);
    assert_eq!(judgement.differences, []);
    play.memory.agrees(&judgement.wanted);
    let overwritten = play.judge(&copy(&[named("a", 0)]), &[("a", None)]);
    assert_eq!(overwritten.wanted.nodes[0].value()["memory"], 5);
    assert!(!overwritten.differences.is_empty());
}

#[test]
fn a_node_that_aios_lacks_is_found_out_about_first() {
    let mut play = Play::new();
    let nodes = [("a", Some(named("a", 1))), ("b", Some(named("b", 1))), ("c", None)];
    let stored = copy(&[named("a", 1)]);
    let judgement = play.judge(&stored, &nodes);
    assert_eq!(wanted_ids(&judgement), ["a"]);
    assert!(judgement.unknown.keys().eq(["b"]), "what is not known is no newcomer");
    play.newcomers.insert("b".to_owned(), Newcomer::StaysOut("cordoned".to_owned()));
    let judgement = play.judge(&stored, &nodes);
    assert_eq!((wanted_ids(&judgement), judgement.left_out["b"].as_str()), (vec!["a"], "cordoned"));
    play.newcomers.insert("b".to_owned(), Newcomer::Welcome);
    let judgement = play.judge(&stored, &nodes);
    assert_eq!(wanted_ids(&judgement), ["a", "b"]);
    // What AIOS drops of the others meanwhile is looked into like any newcomer.
    assert_eq!(judgement.wanted.added, Added::These(["b".to_owned()].into()));
}

#[test]
fn a_node_that_is_gone_goes_after_its_time_and_is_forgotten() {
    let mut play = Play::new();
    let (stored, nodes) = (copy(&[named("a", 1), named("b", 1)]), [("a", Some(named("a", 1)))]);
    let early = play.judge(&stored, &nodes);
    assert_eq!(
        (early.wanted.gone, early.next),
        (Gone::These(BTreeSet::new()), Some(play.now + AFTER))
    );
    play.now += AFTER;
    let late = play.judge(&stored, &nodes);
    assert_eq!(late.wanted.gone, Gone::These(["b".to_owned()].into()));
}

#[test]
fn a_node_that_was_seen_meanwhile_was_never_gone() {
    let mut play = Play::new();
    let (stored, nodes) = (copy(&[named("a", 1), named("b", 1)]), [("a", Some(named("a", 1)))]);
    play.judge(&stored, &nodes);
    play.memory.saw(&["b".to_owned()].into());
    play.now += AFTER;
    let judgement = play.judge(&stored, &nodes);
    assert_eq!(
        (judgement.wanted.gone, judgement.next),
        (Gone::These(BTreeSet::new()), Some(play.now + AFTER))
    );
}

#[test]
fn more_nodes_than_may_go_at_once_are_held() {
    let mut play = Play::new();
    let stored = copy(&["a", "b", "c"].map(|id| named(id, 1)));
    let judgement = play.judge(&stored, &[("a", Some(named("a", 1)))]);
    assert_eq!(judgement.held, Some(Held { gone: 2, of: 3, to_allow: 1 }));
}

#[test]
fn inventories_that_vanish_remove_nothing() {
    let mut play = Play::new();
    let nodes: Vec<NodeData> = (0..10).map(|n| named(&format!("n{n}"), 1)).collect();
    let unknown: Vec<(&str, Option<NodeData>)> =
        nodes.iter().map(|node| (node.id.as_str(), None)).collect();
    play.judge(&copy(&nodes), &unknown);
    play.now += AFTER * 10;
    let judgement = play.judge(&copy(&nodes), &unknown);
    assert_eq!(
        judgement.wanted,
        Wanted {
            gone: Gone::These(BTreeSet::new()),
            added: Added::These(BTreeSet::new()),
            ..Wanted::default()
        }
    );
}

#[test]
fn what_others_change_again_and_again_is_left_to_them_for_longer_each_time() {
    let mut play = Play::new();
    let nodes = [("a", Some(named("a", 5))), ("b", Some(named("b", 5)))];
    let first = play.judge(&copy(&[named("a", 1), named("b", 5)]), &nodes);
    assert!(first.put_back.is_empty(), "nothing was sent before");
    play.memory.wrote(&first, play.now);
    let theirs = copy(&[named("a", 1), named("b", 5)]);
    for times in 1..=2 {
        let again = play.judge(&theirs, &nodes);
        assert_eq!(wanted_ids(&again), ["a", "b"], "{times}");
        play.memory.wrote(&again, play.now);
    }
    let waiting = play.judge(&theirs, &nodes);
    assert_eq!(wanted_ids(&waiting), ["b"]);
    assert!(waiting.given_way.contains(&Part::Node("a".to_owned())) && waiting.next.is_some());
    play.now = waiting.next.unwrap();
    let again = play.judge(&theirs, &nodes);
    assert_eq!(wanted_ids(&again), ["a", "b"]);
    play.memory.wrote(&again, play.now);
    assert!(play.memory.contested().eq([&Part::Node("a".to_owned())]));
}

#[test]
fn sums_are_not_fought_over_while_a_node_is_given_way_to() {
    let mut play = Play::new();
    let nodes = [("a", Some(named("a", 5)))];
    let right = play.judge(&copy(&[named("a", 5)]), &nodes);
    play.memory.agrees(&right.wanted);
    let mut theirs = copy(&[named("a", 1)]);
    theirs["swap"] = json!(99);
    let mut left = Vec::new();
    for _ in 0..6 {
        let judgement = play.judge(&theirs, &nodes);
        left.push((judgement.given_way.len(), judgement.wanted.left.len()));
        play.memory.wrote(&judgement, play.now);
    }
    // Twice the node, twice the sums, and then both are theirs for a while.
    assert_eq!(left, [(0, 0), (0, 0), (1, 0), (1, 0), (2, 1), (2, 1)]);
}

#[test]
fn a_change_of_our_own_is_no_put_back() {
    let mut play = Play::new();
    let stored = copy(&[named("a", 1)]);
    for memory in 2..9 {
        let judgement = play.judge(&stored, &[("a", Some(named("a", memory)))]);
        assert_eq!((wanted_ids(&judgement), judgement.put_back.len()), (vec!["a"], 0));
        play.memory.wrote(&judgement, play.now);
    }
}

#[test]
fn sums_are_put_back_only_where_they_were_right_and_are_not() {
    let mut play = Play::new();
    let nodes = [("a", Some(named("a", 5)))];
    let mut wrong = copy(&[named("a", 5)]);
    wrong["memory"] = json!(99);
    assert_eq!(play.judge(&wrong, &nodes).put_back, BTreeSet::new());
    let right = play.judge(&copy(&[named("a", 5)]), &nodes);
    play.memory.agrees(&right.wanted);
    assert_eq!(play.judge(&copy(&[named("a", 5)]), &nodes).put_back, BTreeSet::new());
    assert_eq!(play.judge(&wrong, &nodes).put_back, [Part::Cluster].into());
}

#[test]
fn sums_that_others_change_are_put_back_and_given_way_to_likewise() {
    let mut play = Play::new();
    let nodes = [("a", Some(named("a", 5)))];
    let right = play.judge(&copy(&[named("a", 5)]), &nodes);
    play.memory.agrees(&right.wanted);
    let mut theirs = copy(&[named("a", 5)]);
    theirs["memory"] = json!(99);
    for _ in 0..2 {
        let again = play.judge(&theirs, &nodes);
        assert!(again.wanted.left.is_empty() && again.put_back.contains(&Part::Cluster));
        play.memory.wrote(&again, play.now);
    }
    for _ in 0..2 {
        let waiting = play.judge(&theirs, &nodes);
        assert!(waiting.wanted.left.iter().eq(["memory"]));
        assert!(waiting.given_way.contains(&Part::Cluster));
        play.memory.agrees(&waiting.wanted);
    }
    // A change of our own is written nevertheless, with all sums.
    let changed = play.judge(&theirs, &[("a", Some(named("a", 6)))]);
    assert!(changed.wanted.left.is_empty() && changed.given_way.is_empty());
}
