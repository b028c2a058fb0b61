//! Updates one after the other, against a stand-in that does with them what AIOS's database does.

mod properties;

use std::collections::BTreeSet;

use inventory_common::cluster::{RawDocument, RawEntry};
use serde_json::{Map, Value, json};

use super::*;

/// What an update takes of AIOS's database: paths into objects and lists, and gaps are nulls.
fn set(value: &mut Value, path: &str, new: Value) {
    let (key, rest) = path.split_once('.').map_or((path, None), |(key, rest)| (key, Some(rest)));
    let place = match value {
        Value::Array(list) => {
            let index: usize = key.parse().unwrap();
            list.resize(list.len().max(index + 1), Value::Null);
            &mut list[index]
        }
        Value::Object(object) => object.entry(key).or_insert_with(|| json!({})),
        other => panic!("{path} runs into {other}"),
    };
    match rest {
        Some(rest) => set(place, rest, new),
        None => *place = new,
    }
}

/// AIOS's copy as it is read.
fn raw(stored: &Value) -> RawDocument {
    stored.clone().into()
}

/// Updates until nothing is lacking, and answers with how many it took.
fn settle(stored: &mut Value, wanted: &Wanted, most: u64) -> usize {
    let mut cut = Cut::new();
    for round in 0..1000 {
        let raw = raw(stored);
        let target = Target::new(&raw, &cut, wanted);
        let Some(update) = next(&raw, &target, most).unwrap() else { return round };
        let bytes = inventory_common::cluster::size::of(&update.set).unwrap();
        assert!(bytes <= most, "{bytes} bytes");
        let before = raw.entries().len();
        for (path, value) in update.set {
            set(stored, &path, value);
        }
        let new = self::raw(stored);
        let mut new = new.entries().iter().skip(before);
        assert!(new.all(|entry| entry.id().is_some()), "there is a gap: {stored}");
        if !update.cut.is_empty() {
            cut = update.cut;
        }
        assert!(!update.is_last || differences(&self::raw(stored), wanted).is_empty());
    }
    panic!("it never ends");
}

fn entry(id: &str, memory: u64) -> Map<String, Value> {
    let entry = json!({
        "id": id, "gpus": { "count": 0, "memory": 0, "gpus": [], "features": [], "modelNames": [] },
        "vcpus": { "count": 4 }, "memory": memory, "swap": 5,
        "storage": { "disks": 2, "size": 900 },
        "network": { "interfaces": 1, "txBandwidth": 10, "rxBandwidth": 10 },
    });
    entry.as_object().unwrap().clone()
}

#[allow(clippy::needless_pass_by_value, reason = "so that a test can write its entries in place")]
fn cluster(entries: Vec<Value>) -> Value {
    let mut stored = json!({ "id": "c", "nodes": { "count": 0, "nodeData": entries },
        "config": { "urlMap": { "x": 1 } } });
    let sums = Target::new(&raw(&stored), &Cut::new(), &Wanted::default()).fields;
    for (path, value) in sums {
        set(&mut stored, &path, value);
    }
    stored
}

fn wanted(nodes: &[(&str, u64)]) -> Wanted {
    let nodes = nodes.iter().map(|(id, memory)| entry(id, *memory).into()).collect();
    Wanted { nodes, ..Wanted::default() }
}

fn ids(stored: &Value) -> Vec<String> {
    raw(stored).ids().map(str::to_owned).collect()
}

const MOST: u64 = 102_390;

fn update(stored: &Value, wanted: &Wanted) -> Update {
    let stored = raw(stored);
    next(&stored, &Target::new(&stored, &Cut::new(), wanted), MOST).unwrap().unwrap()
}

#[test]
fn what_is_so_already_is_not_sent() {
    let stored = raw(&cluster(vec![entry("a", 1).into()]));
    let wanted = wanted(&[("a", 1)]);
    let target = Target::new(&stored, &Cut::new(), &wanted);
    assert_eq!(next(&stored, &target, MOST), Ok(None));
}

#[test]
fn only_what_differs_is_sent_and_never_a_whole_object() {
    let stored = cluster(vec![entry("a", 1).into(), entry("b", 2).into()]);
    let update = update(&stored, &wanted(&[("a", 1), ("b", 3)]));
    assert_eq!(Value::from(update.set), json!({ "nodes.nodeData.1.memory": 3, "memory": 4 }));
    assert!(update.is_last);
}

/// Without a list the database takes `nodes.nodeData.0` for a key, and there never is one.
#[test]
fn a_copy_without_a_list_of_nodes_gets_one() {
    for nodes in [json!({}), json!({ "count": 1 }), json!({ "nodeData": { "0": { "id": "a" } } })] {
        let mut stored = json!({ "id": "c", "nodes": nodes });
        assert_eq!(settle(&mut stored, &wanted(&[("a", 1), ("b", 2)]), MOST), 1);
        assert_eq!(ids(&stored), ["a", "b"]);
    }
    let mut stored = json!({ "id": "c" });
    settle(&mut stored, &Wanted::default(), MOST);
    assert_eq!(stored["nodes"].get("nodeData"), None, "nothing is made that nobody wants");
}

#[test]
fn a_new_node_is_appended_behind_those_that_are_there() {
    let stored = cluster(vec![entry("z", 1).into()]);
    let update = update(&stored, &wanted(&[("a", 1), ("z", 1)]));
    assert_eq!(update.set["nodes.nodeData.1"], Value::from(entry("a", 1)));
    assert_eq!(update.set["nodes.count"], 2);
}

#[test]
fn what_others_wrote_beside_the_figures_stays() {
    let mut stored = cluster(vec![entry("a", 1).into(), Value::Null, entry("b", 1).into()]);
    set(&mut stored, "nodes.nodeData.0.tags", json!(["theirs"]));
    set(&mut stored, "nodes.nodeData.2.nodeMetadata", json!({ "x": 1 }));
    settle(&mut stored, &wanted(&[("a", 2), ("b", 2)]), MOST);
    assert_eq!(ids(&stored), ["a", "b"]);
    assert_eq!(stored["nodes"]["nodeData"][0]["tags"], json!(["theirs"]));
    assert_eq!(stored["nodes"]["nodeData"][1]["nodeMetadata"], json!({ "x": 1 }));
    assert_eq!(stored["config"], json!({ "urlMap": { "x": 1 } }));
}

#[test]
fn two_entries_of_one_node_become_one() {
    let mut second = Value::from(entry("a", 9));
    second["tags"] = json!(["joined"]);
    let mut stored = cluster(vec![entry("a", 1).into(), entry("b", 1).into(), second]);
    settle(&mut stored, &wanted(&[("a", 1), ("b", 1)]), MOST);
    assert_eq!(ids(&stored), ["a", "b"]);
    assert_eq!(stored["nodes"]["nodeData"][0]["tags"], json!(["joined"]));
    assert_eq!(stored["memory"], 2);
}

#[test]
fn entries_that_nobody_here_knows_stay_unless_they_are_to_go() {
    let start = cluster(vec![entry("theirs", 1).into(), entry("a", 1).into()]);
    for (gone, left) in [
        (Gone::None, vec!["theirs", "a"]),
        (Gone::These(["a".to_owned()].into()), vec!["theirs", "a"]),
        (Gone::These(["theirs".to_owned()].into()), vec!["a"]),
        (Gone::Others, vec!["a"]),
    ] {
        let mut stored = start.clone();
        settle(&mut stored, &Wanted { gone, ..wanted(&[("a", 1)]) }, MOST);
        assert_eq!(ids(&stored), left);
        assert_eq!(stored["memory"], left.len());
    }
}

#[test]
fn a_figure_that_is_not_known_changes_no_figure_that_is() {
    let mut stored = cluster(vec![entry("a", 7).into()]);
    let tentative = BTreeSet::from(["a".to_owned(), "b".to_owned()]);
    let wanted = Wanted { tentative, ..wanted(&[("a", 0), ("b", 0)]) };
    settle(&mut stored, &wanted, MOST);
    assert_eq!(stored["nodes"]["nodeData"][0]["memory"], 7);
    assert_eq!(ids(&stored), ["a", "b"]);
}

#[test]
fn what_a_person_states_is_set_key_by_key() {
    let stored = cluster(vec![entry("a", 1).into()]);
    let stated = json!({ "regionId": "r", "tags": ["t"], "config": { "useGateway": true } });
    let stated = stated.as_object().cloned();
    let update = update(&stored, &Wanted { stated, ..wanted(&[("a", 1)]) });
    let set = json!({ "regionId": "r", "tags": ["t"], "config.useGateway": true });
    assert_eq!(Value::from(update.set), set);
}

#[test]
fn a_path_that_is_left_is_not_set() {
    let mut stored = cluster(vec![entry("a", 1).into()]);
    stored["memory"] = json!(99);
    let (stored, left) = (raw(&stored), BTreeSet::from(["memory".to_owned()]));
    let wanted = Wanted { left, ..wanted(&[("a", 1)]) };
    assert_eq!(next(&stored, &Target::new(&stored, &Cut::new(), &wanted), MOST), Ok(None));
}

#[test]
fn a_document_states_what_may_change_later_and_nothing_else() {
    let document = json!({ "id": "c", "regionId": "r", "status": "live", "reputation": 3,
        "nodes": { "count": 1, "nodeData": [entry("a", 1)] }, "memory": 1 });
    let wanted = Wanted::document(&raw(&document));
    assert_eq!(
        wanted.stated.unwrap().into_iter().map(|(key, _)| key).collect::<Vec<_>>(),
        ["regionId"]
    );
    assert_eq!(wanted.nodes, [RawEntry::from(entry("a", 1))]);
}

#[test]
fn a_document_of_other_nodes_is_foreign() {
    let stored = raw(&cluster(vec![entry("theirs", 1).into()]));
    assert!(wanted(&[("a", 1)]).is_foreign_to(&stored));
    assert!(!wanted(&[("a", 1), ("theirs", 2)]).is_foreign_to(&stored));
    assert!(!wanted(&[("a", 1)]).is_foreign_to(&raw(&cluster(vec![]))));
}

#[test]
fn what_fits_in_no_update_is_named() {
    let mut large = entry("a", 1);
    large.insert("tags".to_owned(), json!(["x".repeat(200)]));
    let wanted = Wanted { nodes: vec![large.into()], ..Wanted::default() };
    for entries in [vec![], vec![Value::Null]] {
        let stored = raw(&cluster(entries));
        let target = Target::new(&stored, &Cut::new(), &wanted);
        assert_eq!(next(&stored, &target, 300).unwrap_err().path, "nodes.nodeData.0");
    }
}

/// How many entries the next update brings a copy with this list, where it may have so many bytes.
fn brought(list: &Value, target: &Target, most: u64) -> Option<usize> {
    let stored = raw(&json!({ "nodes": { "nodeData": list } }));
    let update = next(&stored, target, most).ok()??;
    Some(match update.set.get("nodes.nodeData") {
        Some(list) => list.as_array().unwrap().len(),
        None => update.set.len(),
    })
}

#[test]
fn an_update_brings_as_much_as_it_may_and_not_a_byte_more() {
    let entries: Vec<Value> = ["a", "bb", "ccc"].map(|id| entry(id, 1).into()).into();
    let target = Target {
        entries: entries.iter().cloned().map(RawEntry::from).collect(),
        fields: Vec::new(),
        wanted: &Wanted::default(),
    };
    for count in 1..=entries.len() {
        let anew = json!({ "nodes.nodeData": entries[..count] });
        let places = (0..count).map(|index| format!("nodes.nodeData.{index}"));
        let one_by_one: Map<String, Value> = places.zip(entries.iter().cloned()).collect();
        for (list, set) in [(json!([null]), anew), (json!([]), one_by_one.into())] {
            let bytes = inventory_common::cluster::size::of(&set).unwrap();
            assert_eq!(brought(&list, &target, bytes), Some(count), "{list}");
            let fewer = Some(count - 1).filter(|fewer| *fewer > 0);
            assert_eq!(brought(&list, &target, bytes - 1), fewer, "{list}");
        }
    }
}

#[test]
fn a_whole_figure_of_others_counts_however_it_is_written() {
    let mut entries = [entry("a", 1), entry("b", 1), entry("c", 1)].map(Value::from);
    entries[1]["memory"] = json!(8.0);
    entries[2]["memory"] = json!(0.5);
    assert_eq!(cluster(entries.into())["memory"], 9);
}

#[test]
fn what_an_entry_said_takes_the_place_of_what_is_not_known() {
    let tentative = BTreeSet::from(["a".to_owned()]);
    let mut wanted = Wanted { tentative, ..wanted(&[("a", 0), ("b", 2)]) };
    for id in ["a", "b", "theirs"] {
        wanted.restore(id, entry(id, 7));
    }
    let said = [entry("b", 2), entry("a", 7), entry("theirs", 7)].map(RawEntry::from);
    assert_eq!((wanted.nodes, wanted.tentative), (said.into(), BTreeSet::new()));
}

#[test]
fn differences_are_told_with_their_node_and_what_they_are() {
    let mut placeholder = Value::from(entry("a", 1));
    for (path, value) in [("swap", 0), ("storage.disks", 1), ("storage.size", 512_000)] {
        set(&mut placeholder, path, value.into());
    }
    set(
        &mut placeholder,
        "network",
        json!({ "interfaces": 1, "txBandwidth": 10_000, "rxBandwidth": 10_000 }),
    );
    let stored = vec![
        placeholder,
        entry("b", 1).into(),
        entry("b", 1).into(),
        entry("c", 1).into(),
        json!({}),
    ];
    let wanted = Wanted { gone: Gone::Others, ..wanted(&[("a", 1), ("b", 2), ("d", 1)]) };
    let told = differences(&raw(&cluster(stored)), &wanted);
    let told: Vec<String> = told
        .iter()
        .filter(|it| it.node.is_some() || it.kind == Kind::NoEntry)
        .map(ToString::to_string)
        .collect();
    let made_up = "(a placeholder of AIOS's membership service)";
    assert_eq!(
        told,
        [
            &format!("node 'a': network.rxBandwidth: 10000 instead of 10 {made_up}"),
            &format!("node 'a': network.txBandwidth: 10000 instead of 10 {made_up}"),
            &format!("node 'a': storage.disks: 1 instead of 2 {made_up}"),
            &format!("node 'a': storage.size: 512000 instead of 900 {made_up}"),
            &format!("node 'a': swap: 0 instead of 5 {made_up}"),
            "node 'b': memory: 1 instead of 2",
            "node 'b': AIOS has a second entry of this node",
            "node 'c': AIOS has this node, and it is not here",
            ": not a node's entry",
            "node 'd': AIOS lacks this node",
        ]
    );
}

#[test]
fn the_join_command_is_never_shown() {
    let secret = json!({ "additionalInfo": { "joinCommand": "kubeadm join --token s3cret" } });
    for (stored, stated) in [
        (json!({}), secret.clone()),
        (secret.clone(), json!({ "additionalInfo": { "joinCommand": "s3cret2" } })),
    ] {
        let mut cluster = cluster(vec![]);
        cluster["clusterMetadata"] = stored;
        let stated = json!({ "clusterMetadata": stated }).as_object().cloned();
        let told = differences(&raw(&cluster), &Wanted { stated, ..Wanted::default() });
        assert_eq!(told.len(), 1);
        assert!(!serde_json::to_string(&told).unwrap().contains("s3cret"), "{told:?}");
    }
    assert!(!without_secrets(&json!([secret])).to_string().contains("s3cret"));
}
